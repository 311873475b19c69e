"""What rendering costs: ``python benchmarks/render.py``.

Promise: an edition of 50 items, HTML and text, in at most 5 ms of CPU when warm; cost grows with
the number of items and no faster. Yardstick, measured in the same run: the same edition rendered
from the template as it was written and then given to premailer, as is usual.
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from premailer import Premailer

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import sample
from digest.core.artifact import PersonalTokens
from digest.renderers.email import TemplateEmailRenderer
from digest.renderers.links import edition_links
from digest.renderers.templating import environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.core.edition import Edition, Entry

PROMISE = 5.0
ITEMS = 50
SIZES = (10, 50, 100, 200, 500, 1000)
PERSONAL = PersonalTokens("benchmark")


def main() -> int:
    """Print the figures; exit code 1 when a promise is broken."""
    templates = environment(None, sample.SITE)
    renderer = TemplateEmailRenderer(templates, sample.SITE)
    renderer.body(sample.NEWSLETTER, sample.edition(), None, PERSONAL)

    def fresh(items: int) -> Callable[[int], object]:
        """Each call renders content never seen, so that nothing but the template is warm."""
        edition = sample.large(items)
        return lambda run: renderer.body(sample.NEWSLETTER, numbered(edition, run), None, PERSONAL)

    ours = milliseconds(fresh(ITEMS), 40)
    usual = milliseconds(lambda _: rendered_then_inlined(sample.large(ITEMS)), 5)
    body = renderer.body(sample.NEWSLETTER, sample.large(ITEMS), None, PERSONAL)
    size = sum(len(part.encode()) for part in body.html)
    print(f"{ITEMS} items, html + text, CPU, median: {ours:.2f} ms (promise {PROMISE:g} ms)")
    print(f"yardstick, html only, premailer after rendering: {usual:.1f} ms ({usual / ours:.0f} x)")
    print(f"html of {ITEMS} items: {size:,} bytes (Gmail clips at 102,000)")
    costs = {items: milliseconds(fresh(items), 5) for items in SIZES}
    for items, cost in costs.items():
        print(f"{items:5} items: {cost:7.2f} ms, {1000 * cost / items:5.0f} us an item")
    growth = (costs[1000] / costs[100]) / 10
    print(f"growth from 100 to 1,000 items: {growth:.2f} x linear (promise at most 1.5)")
    return int(ours > PROMISE or growth > 1.5)


def milliseconds(work: Callable[[int], object], runs: int) -> float:
    """Median CPU time of a piece of work; it is given the number of the run."""
    taken = []
    for run in range(runs):
        start = time.process_time()
        work(run)
        taken.append(time.process_time() - start)
    return 1000 * statistics.median(taken)


def numbered(edition: Edition, run: int) -> Edition:
    """The edition with titles, links and summaries that no cache has seen."""
    sections = (
        replace(section, entries=tuple(_renewed(entry, run) for entry in section.entries))
        for section in edition.sections
    )
    return replace(edition, sections=tuple(sections))


def _renewed(entry: Entry, run: int) -> Entry:
    return replace(
        entry,
        title=f"{entry.title} ({run})",
        url=f"{entry.url}?run={run}",
        summary=f"({run}) {entry.summary}",
    )


def rendered_then_inlined(edition: Edition) -> str:
    """The usual way."""
    document = environment(None, sample.SITE).render(
        "email/digest/body.html",
        newsletter=sample.NEWSLETTER,
        edition=edition,
        language="en",
        links=edition_links(sample.SITE, sample.NEWSLETTER, edition),
        personal=PERSONAL,
        subject="Subject",
        preheader="Preheader",
    )
    inlined: str = Premailer(document, disable_validation=True, allow_network=False).transform(
        pretty_print=False
    )
    return inlined


if __name__ == "__main__":
    raise SystemExit(main())
