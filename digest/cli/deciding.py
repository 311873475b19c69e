"""``digest editions decide``."""

from __future__ import annotations

import click

from digest.cli.naming import edition_of
from digest.cli.output import json_option
from digest.cli.person import by_option
from digest.cli.session import Command, open_house
from digest.cli.shaping import tell_noted
from digest.core.decision import OF_THE_WHOLE, Act
from digest.core.resource import ResourceId
from digest.errors import UsageError


@click.command("decide", cls=Command)
@click.argument("edition")
@click.argument("act", type=click.Choice([act.value for act in Act]), metavar="ACT")
@click.argument("words", nargs=-1, required=True, metavar="[RESOURCE] VALUE")
@click.option(
    "--seen",
    type=click.IntRange(0),
    metavar="VERSION",
    help="Refuse if somebody decided the same question otherwise since this version of the draft.",
)
@by_option
@json_option
def decide(
    edition: str, act: str, words: tuple[str, ...], seen: int | None, by: str, *, as_json: bool
) -> None:
    """Note a decision on a draft.

    It is replayed however often the draft is made anew.

    \b
    drop RESOURCE REASON      leave it out
    move RESOURCE THEME       put it under another theme
    pin RESOURCE              make it the featured item
    retitle RESOURCE TITLE    give it another title
    summarise RESOURCE TEXT   give it another summary
    reorder RESOURCE PLACE    N, up, down, first, last, or "before NUMBER", within its theme
    note RESOURCE TEXT        show a remark with it
    merge RESOURCE NUMBER     it is the same as that one, which stays and names both sources
    add RESOURCE THEME        bring in something known that this draft does not hold
    subject|preheader|letter TEXT   of the whole edition; the letter is Markdown
    undo NUMBER               take a decision back (see history)

    An empty VALUE ("") takes a decision back.
    """  # noqa: D301 - click itself reads the sign
    wanted = Act(act)
    resource, value = _about(wanted, words)
    with open_house() as house:
        with house.store.read() as work:
            record = edition_of(house, work, edition)
        noted = house.curate.decide(record.id, wanted, value, resource=resource, by=by, seen=seen)
        tell_noted(house, record, noted, as_json=as_json)


def _about(act: Act, words: tuple[str, ...]) -> tuple[ResourceId | None, str]:
    """The resource that a decision is about, and its value."""
    if act in OF_THE_WHOLE:
        if len(words) > 1:
            raise UsageError(f"expected {act.value} and one text; put it into quotes")
        return None, words[0]
    number, *rest = words
    if not (number.isascii() and number.isdigit()):
        raise UsageError(f'expected the number of a resource, not "{number}"')
    if len(rest) != 1 and not (act is Act.PIN and not rest):
        raise UsageError(f"expected {act.value}, the number of a resource and one value")
    return ResourceId(int(number)), rest[0] if rest else "yes"
