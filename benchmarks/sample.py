"""An edition and a catalogue of invented content, for screenshots and measurements."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.core.catalogue import Catalogue, Issue, Shelf
from digest.core.edition import Edition, Entry, FiledResource, Filing, Section, content_hash
from digest.core.newsletter import Newsletter, Site, Theme
from digest.core.published import Published
from digest.core.reason import Reason
from digest.core.resource import Facts, Resource, ResourceId

BERLIN = ZoneInfo("Europe/Berlin")
DATE = datetime(2026, 10, 19, 5, 30, tzinfo=UTC)

SITE = Site(
    name="Riverbank",
    url="http://127.0.0.1:8000",
    language="en",
    timezone=BERLIN,
    contact="editors@riverbank.example.org",
    postal_address="Riverbank, 7 Weir Lane, 10115 Berlin, Germany",
    description="Healthy rivers and city water: what is new, by theme.",
)
NEWSLETTER = Newsletter(
    slug="weekly",
    title="The Riverbank Weekly",
    description="New work on healthy rivers and city water, every Monday morning.",
    schedule="30 7 * * 1",
    timezone=BERLIN,
    themes=("restoration", "flood", "drinking-water", "money-and-law"),
)
THEMES = (
    Theme("restoration", "River restoration", "Letting rivers move, and life return to them."),
    Theme("flood", "Living with floods", "Warning, making room, building back."),
    Theme("drinking-water", "Drinking water", "From the well to the tap."),
    Theme("money-and-law", "Money & law", "Who pays, who decides, who is liable."),
)

# Theme, title, summary, labels, tags, issuer, published.
_ITEMS = (
    (
        "flood",
        "The sponge street: a handbook for streets that drink",
        (
            "A handbook for planners and residents who want a street to hold the rain where "
            "it falls. It covers tree pits that store water, paving that lets it through "
            "and parking bays that may flood, with costs from eleven streets built since "
            "2019 and the maintenance that each one really needed."
        ),
        ("Handbook",),
        ("Cities", "Design"),
        "Office for Slow Water",
        "2026-10-18",
    ),
    (
        "restoration",
        "What it costs to remove a small dam",
        (
            "Forty removals, from first survey to last willow: half cost less than "
            "repairing the dam would have. The paper gives the figures per metre of height."
        ),
        ("Study",),
        ("Dams",),
        "Institute of Flow",
        "2026-10-17",
    ),
    (
        "restoration",
        "Beavers at the edge of town",
        (
            "How three towns live with beavers: drains that stay open, trees that stay "
            "standing, and one phone number to call."
        ),
        ("Guidance", "Case study"),
        ("Wildlife", "Towns"),
        "Catchment Commons",
        "2026-10",
    ),
    (
        "restoration",
        "Do fish use the pass? Counting what climbs",
        (
            "Two years of counters at fourteen fish passes. Nine work for salmon, four for "
            "anything smaller than a hand."
        ),
        ("Data",),
        (),
        "Water Watch",
        "2026-10-12",
    ),
    (
        "flood",
        "Flood memory: marks, plaques and what people do next",
        (
            "Where high-water marks are visible, households are twice as likely to have "
            "moved the fuse box upstairs."
        ),
        ("Study",),
        ("Behaviour",),
        "Flood Room",
        "2026",
    ),
    (
        "flood",
        "OpenGauge: a river level sensor for the price of a bicycle light",
        (
            "Plans, code and a year of readings for an ultrasonic gauge that a school can "
            "build in an afternoon."
        ),
        ("Tool",),
        ("Open hardware",),
        "OpenGauge",
        "2026-10-15",
    ),
    (
        "flood",
        "Counting night herons by sound",
        ("Microphones at twelve roosts tell breeding pairs from passers-by."),
        (),
        (),
        "",
        "2026-09-30",
    ),
    (
        "drinking-water",
        "Tracing PFAS to its source",
        (
            "A step-by-step method for a small laboratory: where to sample, which ratios "
            "speak for which factory, and when to stop."
        ),
        ("Guidance", "Standards & codes of practice"),
        ("Chemistry",),
        "Institute of Flow",
        "2026-10-16",
    ),
    (
        "drinking-water",
        "Who pays for the well? Tariffs in forty villages",
        ("Flat fees keep pumps running; fees by the bucket empty the savings box first."),
        ("Report",),
        ("Global",),
        "Catchment Commons",
        "2026-10-16",
    ),
    (
        "drinking-water",
        "Bathing-water forecasts that people trust",
        ("A forecast is believed when it says how often it was wrong last summer."),
        ("Study",),
        (),
        "Water Watch",
        "2026-10-11",
    ),
    (
        "money-and-law",
        "Nutrient credits after three years",
        ("Trading worked where the river was measured below every farm, and nowhere else."),
        ("Evaluation",),
        ("Markets",),
        "Office for Slow Water",
        "2026-09",
    ),
    (
        "money-and-law",
        "A model contract for giving land to a river",
        (
            "Clauses for buying, leasing or swapping a floodplain field, with notes on what "
            "notaries asked."
        ),
        ("Template",),
        ("Contracts",),
        "Riverbank Library",
        "2026-10-13",
    ),
)


def entries() -> tuple[Entry, ...]:
    """The items of the sample edition, the featured one first."""
    made = []
    for number, (theme, title, summary, labels, tags, issuer, published) in enumerate(_ITEMS, 1):
        made.append(
            Entry(
                resource=ResourceId(number),
                tag=f"tag:riverbank.example.org,2026:resource/{number:020x}",
                url=f"https://library.example.org/items/{number}",
                title=title,
                theme=theme,
                summary=summary,
                labels=labels,
                tags=tags,
                issuer=issuer,
                source="Riverbank Library",
                published=published,
                first_seen=(DATE - timedelta(hours=number)).isoformat(),
            )
        )
    made[0] = replace(
        made[0],
        why="Leads this week because three sources pointed to it.",
        download="https://library.example.org/files/sponge-street.pdf",
        also_in=("Drinking water",),
        also_at=("Flood Room", "Water Watch"),
    )
    made[2] = replace(made[2], note="The phone number is the part to copy.",
                      also_in=("Money & law",))  # fmt: skip
    return tuple(made)


def edition(number: int = 12, date: datetime = DATE) -> Edition:
    """The sample edition."""
    featured, *rest = entries()
    sections = tuple(
        Section(
            theme.slug,
            theme.title,
            theme.description,
            tuple(entry for entry in rest if entry.theme == theme.slug),
            shown=2 if theme.slug == "restoration" else 7,
            featured=theme.slug == featured.theme,
        )
        for theme in THEMES
    )
    return Edition(
        newsletter=NEWSLETTER.slug,
        title=NEWSLETTER.title,
        number=number,
        slug=f"{date:%Y-%m-%d}",
        date=date,
        sections=sections,
        featured=featured,
        letter="Rain all week, and our readers wrote about streets.\n\nThe handbook at the top is"
        " the one we would keep if we could keep only one: it tells what went wrong, too.",
    )


def large(items: int) -> Edition:
    """An edition of so many items in five themes, all of them shown."""
    pattern = entries()
    sections = []
    for position in range(5):
        some = tuple(
            replace(pattern[n % len(pattern)], resource=ResourceId(n), theme=f"theme-{position}",
                    title=f"{pattern[n % len(pattern)].title}, part {n}")
            for n in range(position, items, 5)
        )  # fmt: skip
        sections.append(
            Section(f"theme-{position}", f"Theme {position}", "About it.", some, shown=items)
        )
    return replace(edition(), sections=tuple(sections), featured=None, letter="")


def catalogue() -> Catalogue:
    """The public side of the sample site: a year of issues, twelve resources."""
    filed = tuple(_filed(entry) for entry in entries())
    issues = []
    for week in range(12):
        date = DATE - timedelta(weeks=week)
        issue = edition(12 - week, date)
        tag = f"tag:riverbank.example.org,2026:weekly/{issue.slug}"
        issues.append(Issue(issue, tag, date + timedelta(minutes=4), content_hash(issue)))
    return Catalogue(
        site=SITE,
        themes=THEMES,
        shelves=(Shelf(NEWSLETTER, tuple(issues)),),
        source_titles=(("library", "Riverbank Library"), ("watch", "Water Watch")),
        resources=filed,
        by_theme=tuple(
            (theme.slug, tuple(f for f in filed if f.filing.theme == theme.slug))
            for theme in THEMES
        ),
    )


def _filed(entry: Entry) -> FiledResource:
    seen = datetime.fromisoformat(entry.first_seen)
    facts = Facts(
        canonical=entry.url,
        url=entry.url,
        title=entry.title,
        summary=entry.summary,
        labels=entry.labels,
        tags=entry.tags,
        issuer=entry.issuer,
        published=Published.parse(entry.published),
        download=entry.download,
        sources=("library", "watch") if entry.also_at else ("library",),
    )
    resource = Resource(entry.resource, entry.tag, facts, first_seen=seen, changed_at=seen)
    return FiledResource(resource, Filing(entry.theme, Reason("tag", "the source tagged it")))
