"""Messages that came back, as servers of several kinds write them; all of them made up."""

from __future__ import annotations

LETTER = """\
Return-Path: <bounces@example.org>
Message-ID: <letter-1@example.org>
List-Unsubscribe: <https://digest.example.org/unsubscribe/none>
From: Riverbank <digest@example.org>
To: <ada@example.net>
Subject: The Riverbank Weekly
Date: Mon, 23 Nov 2026 07:30:00 +0000

A river finds its way.
"""


def a_report(
    *,
    to: str = "bounces@example.org",
    address: str = "ada@example.net",
    action: str = "failed",
    status: str = "5.1.1",
    said: str = "smtp; 550 5.1.1 <ada@example.net>: no such user here",
    letter: str = LETTER,
    head: str = "",
) -> bytes:
    """A delivery status notification (RFC 3464)."""
    return f"""\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: <{to}>
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
{head}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

--=_b
Content-Type: text/plain; charset=us-ascii

I am sorry to have to tell you that your message could not be delivered.

--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: {said}

--=_b
Content-Type: message/rfc822

{letter}
--=_b--
""".encode()


def a_notice(
    text: str,
    *,
    subject: str = "failure notice",
    from_: str = "MAILER-DAEMON@mx.example.net",
    to: str = "bounces@example.org",
    head: str = "",
) -> bytes:
    """A bounce in plain text, as mail servers wrote before there was a standard."""
    return (
        f"Return-Path: <>\nFrom: {from_}\nTo: <{to}>\nSubject: {subject}\n{head}\n{text}"
    ).encode()


def a_complaint(
    *, to: str = "bounces@example.org", letter: str = LETTER, kind: str = "abuse", fields: str = ""
) -> bytes:
    """A provider's report of a complaint (RFC 5965), the recipient blacked out."""
    return f"""\
From: <feedback@provider.example.net>
To: <{to}>
Subject: FW: The Riverbank Weekly
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="=_c"

--=_c
Content-Type: text/plain

This is an email abuse report.

--=_c
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: ProviderFBL/1.0
Version: 1
{fields}
--=_c
Content-Type: message/rfc822

{letter}
--=_c--
""".encode()


def an_automatic_answer(*, to: str = "bounces@example.org", head: str = "") -> bytes:
    """What a program answers for somebody who is away; it quotes the letter."""
    return f"""\
Return-Path: <>
From: Ada <ada@example.net>
To: <{to}>
Subject: Out of office: The Riverbank Weekly
Auto-Submitted: auto-replied
{head}
I am away until 550 pages are written; for urgent matters write to <grace@example.net>.

> From: Riverbank <digest@example.org>
> To: <ada@example.net>
> Subject: The Riverbank Weekly
> Message-ID: <letter-1@example.org>
""".encode()
