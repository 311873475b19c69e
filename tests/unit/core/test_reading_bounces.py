"""Reading what came back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.bounce import MOST, Permanence, Report, Severity, Sort, of_reply, read, severity
from tests.returned import LETTER, a_complaint, a_notice, a_report, an_automatic_answer


def _addresses(report: Report) -> list[str]:
    return [failure.address for failure in report.failures]


def test_a_report_tells_address_status_and_words() -> None:
    """The machine-readable part says who, why, and for how long; it is believed first."""
    report = read(a_report())

    (failure,) = report.failures
    assert report.sort is Sort.BOUNCE
    assert (failure.address, failure.status) == ("ada@example.net", "5.1.1")
    assert failure.permanence is Permanence.PERMANENT
    assert failure.said == "550 5.1.1 <ada@example.net>: no such user here"


@pytest.mark.parametrize("end", [b"\r\n", b"\r", b"\n"])
def test_line_ends_do_not_matter(end: bytes) -> None:
    """DOS, the old Mac and Unix end lines in their own ways; a bounce reads alike in all."""
    assert read(a_report().replace(b"\n", end)) == read(a_report())


@pytest.mark.parametrize(
    ("action", "status", "permanence"),
    [
        ("failed", "5.1.1", Permanence.PERMANENT),
        ("failed", "4.4.7", Permanence.TEMPORARY),
        ("delayed", "4.4.1", Permanence.TEMPORARY),
        ("delayed", "5.0.0", Permanence.TEMPORARY),
    ],
)
def test_permanence_is_of_action_and_status(
    action: str, status: str, permanence: Permanence
) -> None:
    """Who gave up after many tries says *failed*, and by the status that it may come right."""
    (failure,) = read(a_report(action=action, status=status, said="smtp; no more said")).failures

    assert failure.permanence is permanence


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_report_of_good_news_is_no_bounce(action: str) -> None:
    """Reports also tell of letters that arrived."""
    assert read(a_report(action=action, status="2.0.0", said="")).sort is Sort.OTHER


def test_a_vague_status_is_bettered_by_the_words() -> None:
    """5.0.0 says nothing; the quoted reply has the code."""
    (failure,) = read(a_report(status="5.0.0", said="smtp; 552 5.2.2 mailbox full")).failures

    assert failure.status == "5.2.2"


def test_two_recipients_without_an_empty_line_between_are_two() -> None:
    """Some servers put the blocks of a report one right behind the other."""
    second = "\nFinal-Recipient: rfc822; grace@example.net\nAction: failed\nStatus: 4.2.2"

    report = read(a_report(said=f"smtp; 550 no such user{second}"))

    assert _addresses(report) == ["ada@example.net", "grace@example.net"]


@pytest.mark.parametrize(
    "text",
    [
        "This is the program at mx.example.net.\n\n<ada@example.net>:\nno mailbox (#5.1.1)\n",
        "These addresses had permanent errors:\n\n  ada@example.net\n    550 user unknown\n",
        "Your message to ada@example.net could not be delivered: 550 no such user\n",
        "----- Transcript follows -----\n550 5.1.1 <ada@example.net>... User unknown\n",
        "Recipient: [ada@example.net]\nReason: unknown user\n",
        "did not reach the following recipient(s):\n\nada@example.net on Mon, 23 Nov 2026 07:31\n",
    ],
)
def test_plain_text_names_who_was_not_reached(text: str) -> None:
    """Almost half of real bounces have no machine-readable part; people's words do."""
    report = read(a_notice(text))

    assert report.sort is Sort.BOUNCE
    assert _addresses(report) == ["ada@example.net"]


def test_a_header_names_who_was_not_reached() -> None:
    """X-Failed-Recipients is surer than the text."""
    raw = a_notice("write to help@example.com", head="X-Failed-Recipients: ada@example.net\n")

    assert _addresses(read(raw)) == ["ada@example.net"]


def test_the_returned_letter_names_who_was_not_reached() -> None:
    """Where the text names nobody, the letter says whom it was for."""
    assert _addresses(read(a_notice(f"Undeliverable: mailbox full.\n\n{LETTER}"))) == [
        "ada@example.net"
    ]


def test_a_broken_boundary_does_not_hide_the_report() -> None:
    """Where the parts are not parted as announced, all of it is read as text."""
    assert _addresses(read(a_report().replace(b'"=_b"', b'"other"'))) == ["ada@example.net"]


def test_an_html_notice_is_read_without_its_markup() -> None:
    """Some servers write to people in HTML only."""
    text = "<p>Delivery to <b>ada@example.net</b><br>failed: 550 user unknown</p>"
    raw = a_notice(text, head="MIME-Version: 1.0\nContent-Type: text/html\n")

    assert _addresses(read(raw)) == ["ada@example.net"]


def test_a_warning_that_a_letter_waits_is_a_delay() -> None:
    """Nobody gave up, so it counts against nobody."""
    raw = a_notice(
        "Delivery to ada@example.net has been delayed.\n", subject="Warning: message delayed"
    )

    (failure,) = read(raw).failures
    assert (failure.is_delay, severity(failure)) == (True, Severity.DELAY)


@pytest.mark.parametrize("head", ["", "Precedence: bulk\n", "X-Autoreply: yes\n"])
def test_an_automatic_answer_is_no_bounce(head: str) -> None:
    """Who is away has a good address, though the answer comes from nobody and quotes the letter."""
    assert read(an_automatic_answer(head=head)).sort is Sort.AUTO_REPLY


def test_an_automatic_submission_does_not_unmake_a_bounce() -> None:
    """A third of real bounces call themselves *auto-replied*."""
    assert read(a_report()).sort is Sort.BOUNCE
    assert read(
        a_notice("550 no: ada@example.net", head="Auto-Submitted: auto-replied\n")
    ).sort is (Sort.BOUNCE)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("A question", "Do you know who has ada@example.net?\n"),
        ("Re: The Riverbank Weekly", "Call me at 550 1234, ada@example.net\n"),
        ("unsubscribe", "Please.\n"),
        ("", ""),
    ],
)
def test_mail_from_people_is_no_bounce(subject: str, text: str) -> None:
    """People write to the address too."""
    raw = f"From: Grace <grace@example.com>\nSubject: {subject}\n\n{text}".encode()

    assert read(raw).sort is Sort.OTHER


def test_a_complaint_is_told_by_its_report() -> None:
    """The standard's report says so; whom it was for is mostly blacked out."""
    report = read(a_complaint())

    assert (report.sort, report.failures) == (Sort.COMPLAINT, ())
    assert report.evidence.message_ids == ("<letter-1@example.org>",)


def test_a_complaint_may_name_the_reader() -> None:
    """Original-Rcpt-To is there in two of five."""
    raw = a_complaint(fields="Original-Rcpt-To: <ada@example.net>\n")

    assert _addresses(read(raw)) == ["ada@example.net"]


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure"])
def test_other_feedback_is_no_complaint(kind: str) -> None:
    """A reader who says "no spam", or a report about DMARC, accuses nobody."""
    assert read(a_complaint(kind=kind)).sort is Sort.OTHER


def test_the_returned_letter_gives_the_evidence() -> None:
    """Envelope, name and link of the letter are what proves it ours."""
    evidence = read(a_report(to="bounces+7-ab@example.org")).evidence

    assert "bounces+7-ab@example.org" in evidence.envelopes
    assert evidence.message_ids == ("<letter-1@example.org>",)
    assert evidence.links == ("https://digest.example.org/unsubscribe/none",)


def test_quoted_headers_in_text_are_evidence_too() -> None:
    """Before MIME, servers put the letter behind their words."""
    report = read(a_notice(f"<ada@example.net>: unknown\n\n--- The letter ---\n\n{LETTER}"))

    assert report.evidence.message_ids == ("<letter-1@example.org>",)


@pytest.mark.parametrize(
    ("status", "said", "weight"),
    [
        ("5.1.1", "550 no such user", Severity.HARD),
        ("5.1.2", "550 no such domain", Severity.HARD),
        ("5.2.1", "550 mailbox closed", Severity.HARD),
        ("5.0.0", "550 user unknown", Severity.HARD),
        ("", "550 Requested action not taken: no such user", Severity.HARD),
        ("5.2.2", "552 mailbox full", Severity.SOFT),
        ("5.7.1", "550 rejected by policy", Severity.SOFT),
        ("4.1.1", "450 user unknown, greylisted", Severity.SOFT),
        ("5.7.26", "550 not authenticated", Severity.OURS),
        ("5.7.515", "550 access denied, domain does not meet the level", Severity.OURS),
        ("5.7.1", "554 listed at spamhaus", Severity.OURS),
    ],
)
def test_what_is_said_weighs_differently(status: str, said: str, weight: Severity) -> None:
    """An address that nobody has is one thing; a full mailbox, and our own fault, are others."""
    (failure,) = read(a_report(status=status or "5", said=f"smtp; {said}")).failures

    assert severity(failure) is weight


def test_a_reply_at_once_weighs_like_a_report() -> None:
    """What the server says at the hand-over is judged by the same rules."""
    refused = of_reply("550 5.1.1 no such user")
    full = of_reply("452 4.2.2 mailbox full")

    assert refused
    assert severity(refused) is Severity.HARD
    assert full
    assert severity(full) is Severity.SOFT
    assert of_reply("cannot be written: the address has a line break") is None


def test_only_the_start_of_a_huge_message_is_read() -> None:
    """A bounce of 50 MB says at its start what there is to say."""
    huge = a_report() + b"x" * 50_000_000

    assert _addresses(read(huge)) == ["ada@example.net"]
    assert read(huge) == read(huge[:MOST])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n\n",
        b"\xff\xfe" * 1_000,
        b"From: MAILER-DAEMON\nContent-Type: multipart/report; boundary=\n\n",
        b"Content-Type: text/plain; charset=\xff\nFrom: postmaster@x\n\n550 a@b.org",
        b"Content-Type: text/plain; charset=no-such\nFrom: postmaster@x\n\n550 a@b.org",
        b"Subject: =?utf-8?b?!!?= =?x?q?=\nFrom: postmaster@x\n\n550",
        b"Content-Transfer-Encoding: base64\nFrom: postmaster@x\n\n!!!!",
        b"Content-Type: message/rfc822\n\n" * 500,
        b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1_500)
        ),
    ],
    ids=range(10),
)
def test_broken_mime_is_read_all_the_same(raw: bytes) -> None:
    """What is made to hurt a reader of MIME comes to an answer, and never to an error."""
    assert isinstance(read(raw), Report)


@given(st.binary(max_size=2_000), st.integers(0, 1_200), st.integers(0, 200))
def test_no_bytes_stop_the_reader(junk: bytes, at: int, cut: int) -> None:
    """A report with anything in it, anywhere, is read to an end."""
    good = a_report()

    assert isinstance(read(good[:at] + junk + good[at + cut :]), Report)
    assert isinstance(read(junk), Report)
