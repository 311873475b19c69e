"""What kind of message it is, by what people and programs put into it."""

from __future__ import annotations

import re

from digest.core.bounce.opened import Opened, field, fields
from digest.core.bounce.status import has_reply

_DAEMON = re.compile(
    r"mailer[-_. ]?daemon|post[ _-]?master"
    r"|mail[-_ ]?(?:er|daemon|delivery|system|admin|gateway|server)"
    r"|mdaemon|delivery (?:sub)?system|bounces?[@+-]|undeliver|<>",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"undeliver|un(?:able|successful).{0,20}deliver|returned? (?:mail|to sender|message)"
    r"|(?:mail|message|delivery).{0,30}(?:fail|error|problem|status|return|delay|reject|warning)"
    r"|(?:failed|failure).{0,30}(?:mail|message|deliver|notice|send)|failure notice|bounce"
    r"|could not (?:be )?(?:deliver|sen[dt])|not (?:be )?deliver|non[- ]?(?:remis|delivery)"
    r"|rejected"
    r"|nicht (?:zustellbar|zugestellt)|unzustellbar|zustell|mailserver|no se (?:puede|pudo)"
    r"|non (?:consegn|recapit)|niet (?:bezorg|afgelev)|não (?:foi )?entreg|недостав|не доставл"
    r"|配信|送信|届|エラー|不達|退信|无法投递|系统退信|user unknown|warning: could not send",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"^\s*(?:auto(?:matic|mated)?[ -:]|auto\w*(?: reply|response)"
    r"|out of (?:the )?office"
    r"|vacation|away|holiday|abwesen|automatische|réponse automatique|absence|respuesta autom"
    r"|risposta autom|fuori sede|自動|自动|thank you for)",
    re.IGNORECASE,
)
_DELAY = re.compile(
    r"delay|warning: (?:could not send|message)|still (?:being|trying)|not yet been delivered"
    r"|will (?:be retried|keep trying|continue)|verzöger|no action is required on your part",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"complaint about (?:message|a message|your)|abuse report|spam report|email feedback report"
    r"|feedback loop|is a spam report",
    re.IGNORECASE,
)
_ANSWERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-response-suppress")
_NO_COMPLAINTS = frozenset({"not-spam", "auth-failure", "virus", "dmarc"})


def is_complaint(opened: Opened) -> bool:
    """A provider's report that a reader calls a letter spam, of the standard or older."""
    if opened.feedback:
        return _feedback_type(opened) not in _NO_COMPLAINTS
    return bool(opened.returned.keys() and _CLAIM.search(field(opened.head, "subject")))


def is_about_us(opened: Opened) -> bool:
    """A report that says something of the sender's domain and nothing of a reader (RFC 6591)."""
    return bool(opened.feedback) and _feedback_type(opened) in _NO_COMPLAINTS


def _feedback_type(opened: Opened) -> str:
    kind = re.search(r"(?im)^feedback-type[ \t]*:[ \t]*([\w-]+)", opened.feedback)
    return kind[1].lower() if kind else "abuse"


def went_well(opened: Opened) -> bool:
    """A report of a letter that arrived, was passed on, or was read."""
    actions = re.findall(r"(?im)^[ >]*action[ \t]*:[ \t]*(\w+)", opened.status)
    return bool(actions) and all(a.lower() in {"delivered", "relayed", "expanded"} for a in actions)


def is_auto_reply(opened: Opened) -> bool:
    """A program answers for a person.

    Auto-Submitted alone says nothing: a third of real bounces say *auto-replied* too. But where
    no server speaks, nothing is called a failure, and no refusal is quoted, it is one.
    """
    head, subject = opened.head, field(opened.head, "subject")
    if _is_from_server(opened) or head.get("x-failed-recipients") or _SUBJECT.search(subject):
        return False
    if _AWAY.match(subject):
        return True
    says_so = (
        any(head.get(name) for name in _ANSWERS)
        or field(head, "auto-submitted").lower().startswith("auto-")
        or field(head, "precedence").lower() in {"auto_reply", "junk", "bulk"}
    )
    return says_so and not (has_reply(opened.text) and opened.returned.keys())


def is_bounce(opened: Opened) -> bool:
    """A server that could not deliver speaks: two signs at least, one of them of what it says.

    That nobody is to answer (an empty return path) and that a letter is quoted are true of many
    automatic answers too.
    """
    head = opened.head
    if head.get("x-failed-recipients"):
        return True
    says = (
        _is_from_server(opened),
        bool(_SUBJECT.search(field(head, "subject"))),
        has_reply(opened.text),
    )
    path = field(head, "return-path")
    shows = (path == "<>" or bool(_DAEMON.search(path)), bool(opened.returned.keys()))
    return any(says) and sum(says) + sum(shows) > 1


def _is_from_server(opened: Opened) -> bool:
    head = opened.head
    if head.get_content_type() == "multipart/report" or not head.get("from"):
        return True
    return any(_DAEMON.search(value) for value in fields(head, "from"))


def is_delay(opened: Opened) -> bool:
    """Nobody gave up: the letter still waits somewhere."""
    return bool(_DELAY.search(field(opened.head, "subject")))
