"""What one letter costs when it is put together from encoded parts.

Prints microseconds per letter of about 30 KB, whole message with all its headers, beside
``email.message.EmailMessage`` made anew for each person in the same run.

    python benchmarks/personalise.py [LETTERS]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from statistics import median

from digest.core.artifact import EmailBody
from digest.core.letter import Addressee, LetterPress, Mailing, personal_tokens
from digest.core.sender import Sender

BUDGET = 30.0
ROUNDS = 5
KEY = b"k" * 32
TOKENS = personal_tokens(KEY, "benchmark")
CARD = (
    "<tr><td><p>Guidance, Riverbank Library, 20 November 2026</p>\n"
    '<a href="https://library.example.org/items/1">How a river finds its way</a>\n'
    "<p>A field guide to bends and bars follows the water downhill to the sea, and shows"
    " where a weir may go and where it may not.</p></td></tr>\n"
)
LINE = "* How a river finds its way: a field guide to bends and bars.\n"
FOOT = (
    f"{TOKENS.preferences_url} {TOKENS.unsubscribe_url} {TOKENS.email} since {TOKENS.since}\n",
    f'<a href="{TOKENS.preferences_url}">yours</a> <a href="{TOKENS.unsubscribe_url}">leave</a>\n',
)
BODY = EmailBody(
    subject="The Riverbank Weekly: 12 new — and a sponge street",
    preheader="",
    text=(*(f"Theme {n}\n" + LINE * 14 for n in range(6)), FOOT[0]),
    html=(*(f"<h2>Theme {n}</h2>\n" + CARD * 12 for n in range(6)), FOOT[1]),
)


def reader(number: int) -> Addressee:
    """Somebody."""
    return Addressee(
        delivery=number,
        subscriber=number,
        email=f"reader{number}@example.net",
        since="4 May 2026",
        preferences_url=f"https://digest.example.org/preferences/{number:032x}",
        unsubscribe_url=f"https://digest.example.org/unsubscribe/{number:032x}.weekly",
    )


def press() -> Callable[[Addressee, datetime], bytes]:
    """Our way."""
    sender = Sender("Riverbank", "digest@example.org", "bounces@example.org", KEY)
    archive = "https://digest.example.org/weekly/"
    mailing = Mailing(7, "weekly", "The Riverbank Weekly", "2026-11-23", archive)
    form = LetterPress(sender, mailing, TOKENS).form(BODY)
    return lambda to, now: form.letter(to, now).content


def message(to: Addressee, now: datetime) -> bytes:
    """The standard library's way: a message per person."""
    made = EmailMessage(policy=policy.SMTP.clone(max_line_length=998))
    made["From"] = "Riverbank <digest@example.org>"
    made["To"] = to.email
    made["Date"] = format_datetime(now)
    made["Message-ID"] = f"<{to.subscriber}@example.org>"
    made["Subject"] = BODY.subject
    made["List-Id"] = "The Riverbank Weekly <weekly.example.org>"
    made["List-Unsubscribe"] = f"<{to.unsubscribe_url}>"
    made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    text, html = "".join(BODY.text), "".join(BODY.html)
    for name in ("email", "since", "preferences_url", "unsubscribe_url"):
        text = text.replace(getattr(TOKENS, name), getattr(to, name))
        html = html.replace(getattr(TOKENS, name), getattr(to, name))
    made.set_content(text, cte="quoted-printable")
    made.add_alternative(html, subtype="html", cte="quoted-printable")
    return made.as_bytes()


def cost(make: Callable[[Addressee, datetime], bytes], letters: int) -> float:
    """Microseconds of CPU per letter, the median of some rounds."""
    now, readers = datetime.now(UTC), [reader(n) for n in range(letters)]
    rounds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for to in readers:
            make(to, now)
        rounds.append((time.process_time() - start) / letters * 1e6)
    return median(rounds)


def main() -> int:
    """Print the figures."""
    letters = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    ours = press()
    size = len(ours(reader(1), datetime.now(UTC))) / 1024
    fast, slow = cost(ours, letters), cost(message, max(letters // 100, 10))
    print(f"personalise     {fast:8.1f} µs a letter of {size:.0f} KB (budget {BUDGET:.0f})")
    print(f"EmailMessage    {slow:8.1f} µs a letter, {slow / fast:.0f} times as much (yardstick)")
    return 0 if fast <= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
