"""``digest serve``, and its parts for several machines."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from digest.cli.session import Command, open_house

if TYPE_CHECKING:
    from digest.wiring import House


@click.command(cls=Command)
@click.option("--host", help="Listen on this address.  [default: that of the web table]")
@click.option("--port", type=click.IntRange(0, 65535), help="Listen on this port.")
def serve(host: str | None, port: int | None) -> None:
    """Run the web pages, the schedule and the delivery until stopped.

    Whatever fell due while it was stopped is made up for at the start, once.
    """
    from digest.web import serving

    with open_house(talkative=True) as house:
        web = house.settings.web
        host, port = host or web.host, web.port if port is None else port
        click.echo(f"Pages, feeds and readers' links at http://{host}:{port}/ (stop with Ctrl-C)")
        _tell_way_in(house, host, port)
        serving.serve(house, host, port)


def _tell_way_in(house: House, host: str, port: int) -> None:
    """Let whoever starts the program at their own machine in, while nobody has a password."""
    secret = house.seats.first_link() if is_loopback(host) else ""
    if secret:
        path = urlsplit(house.site.url).path
        click.echo(f"Editors' desk, once: http://{_named(host)}:{port}{path}/editor/link/{secret}")
    else:
        click.echo(f"Editors' desk: {house.site.url}/editor/")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _named(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@click.command(cls=Command)
@click.option("--host", help="Listen on this address.  [default: that of the web table]")
@click.option("--port", type=click.IntRange(0, 65535), help="Listen on this port.")
def web(host: str | None, port: int | None) -> None:
    """Run the web pages only; the schedule runs elsewhere."""
    from digest.web import serving

    with open_house(talkative=True) as house:
        settings = house.settings.web
        serving.web(house, host or settings.host, settings.port if port is None else port)


@click.command(cls=Command)
def scheduler() -> None:
    """Look for what is due, and have it done.

    With the engine procrastinate, workers do it; otherwise this process does. Two beside each
    other do no harm.
    """
    from digest.web import background

    with open_house(talkative=True) as house:
        background.scheduling(house).stay(house)


@click.command(cls=Command)
@click.option("--queues", metavar="NAMES", default="", help="Only these, with commas between.")
@click.option(
    "--concurrency",
    type=click.IntRange(1, 100),
    help="Jobs at a time of each queue.  [default: as fits its kind]",
)
def worker(queues: str, concurrency: int | None) -> None:
    """Run the jobs that are due, on any number of machines.

    Queues: sources (collect), editions (compose), pages (publish), letters (hand off). With the
    engine embedded a worker hands off letters only.
    """
    from digest.web import background

    with open_house(talkative=True) as house:
        names = [name.strip() for name in queues.split(",") if name.strip()]
        background.working(house, names, concurrency).stay(house)
