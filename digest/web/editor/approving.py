"""Where a draft is looked at as a whole, tried out and let out, and where that is taken back."""

from __future__ import annotations

from starlette.responses import Response

from digest.core.account import Role
from digest.core.edition import Edition, EditionId, content_hash
from digest.core.outbox import Outcome
from digest.core.reach import Reach
from digest.core.signature import standing
from digest.ports import EditionRecord
from digest.web.editor.checking import looked_at
from digest.web.editor.routing import Page
from digest.web.editor.visit import Visit


def show(visit: Visit, record: EditionRecord) -> Response:
    """Show what stands between a draft and its readers."""
    house = visit.house
    plan = house.drafting.newsletter(record.newsletter)
    with house.store.read() as work:
        found = work.editions.get(record.id)
        edition = house.preview.edition(work, found or record)
        words = work.editions.signatures(record.id)
    name = content_hash(edition)
    stand = standing(words, name, plan.approvals)
    report, trouble = looked_at(visit, record, edition)
    return visit.page(
        "approve",
        record=record,
        plan=plan,
        edition=edition,
        hash=name,
        stand=stand,
        signed=stand.has(visit.by),
        report=report,
        trouble=trouble,
        reach=_reach(visit, edition),
        themes={section.theme: section for section in edition.sections},
    )


def _reach(visit: Visit, edition: Edition) -> Reach:
    return visit.house.reckon(edition)


def approve(visit: Visit) -> Response:
    """Sign for what was shown."""
    number = EditionId(visit.number("edition"))
    approval = visit.house.sign_off(
        number,
        by=visit.by,
        expecting=visit.form.text("hash"),
        despite=visit.form.text("despite"),
    )
    if approval.missing:
        said = f"Your approval is noted. {approval.missing} more to go."
    elif approval.hold_until:
        said = "Approved. It is held back for a while; until then it can be taken back."
    else:
        visit.house.publish()
        said = f"Approved for {approval.audience:,} readers. It is on its way."
    return visit.go(f"editions/{number}/", said)


def withdraw(visit: Visit) -> Response:
    """Take an approval back."""
    number = EditionId(visit.number("edition"))
    visit.house.approve.withdraw(number, by=visit.by)
    return visit.go(f"editions/{number}/", "Taken back. It is a draft again; nobody got a letter.")


def test(visit: Visit) -> Response:
    """Send one letter to one address."""
    number, address = EditionId(visit.number("edition")), visit.form.text("address")
    report = visit.house.trial(number, address, visit.form.all("theme") or None)
    if report.outcome is Outcome.ACCEPTED:
        said = f"A test is on its way to {report.address}."
    else:
        said = f"The mail server did not take the test: {report.reply}"
    return visit.go(f"editions/{number}/", said)


PAGES = (
    Page(
        "editions/{edition}/approve",
        Role.PUBLISHER,
        act=approve,
        deed="approved an edition",
        about="edition",
    ),
    Page(
        "editions/{edition}/withdraw",
        Role.PUBLISHER,
        act=withdraw,
        deed="took an approval back",
        about="edition",
    ),
    Page(
        "editions/{edition}/test",
        Role.EDITOR,
        act=test,
        deed="sent a test of an edition",
        about="edition",
    ),
)
