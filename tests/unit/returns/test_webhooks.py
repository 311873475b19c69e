"""Reports of providers: signed by whom they should be, and read alike."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from digest.core.bounce import Report, Severity, Sort, severity
from digest.errors import ForgedError, ParseError
from digest.ports import Webhook
from digest.returns.mailgun import MailgunOptions, MailgunWebhook
from digest.returns.postmark import PostmarkOptions, PostmarkWebhook
from digest.returns.sendgrid import SendGridOptions, SendGridWebhook
from digest.returns.ses import SesOptions, SesWebhook
from tests.builders import MONDAY

Sent = tuple[Mapping[str, str], bytes]
SECRET = "s3cret"
TOPIC = "arn:aws:sns:eu-west-1:1:bounces"
CERTIFICATE = "https://sns.eu-west-1.amazonaws.com/key.pem"
CURVE = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(public_exponent=65_537, key_size=2048)


def _pem() -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns")])
    builder = x509.CertificateBuilder(name, name, RSA.public_key(), 1, MONDAY, MONDAY)
    return builder.sign(RSA, hashes.SHA256()).public_bytes(Encoding.PEM)


class _Web:
    """Knows one certificate, and notes what was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, url: str) -> bytes:
        self.asked.append(url)
        return _pem() if url == CERTIFICATE else b""


def _ses(web: _Web | None = None) -> Webhook:
    return SesWebhook(SesOptions(topic=TOPIC), web or _Web())


def _sns(notice: object, **over: str) -> Sent:
    message = {
        "Type": "Notification",
        "MessageId": "m-1",
        "TopicArn": TOPIC,
        "Message": json.dumps(notice),
        "Timestamp": f"{MONDAY:%Y-%m-%dT%H:%M:%S.000Z}",
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE,
        **over,
    }
    names = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
    words = "".join(f"{name}\n{message[name]}\n" for name in names if name in message)
    signature = RSA.sign(words.encode(), PKCS1v15(), hashes.SHA256())
    message.setdefault("Signature", base64.b64encode(signature).decode())
    return {}, json.dumps(message).encode()


def _mailgun(event: object, at: datetime = MONDAY) -> Sent:
    stamp = str(int(at.timestamp()))
    signature = hmac.digest(SECRET.encode(), f"{stamp}t0ken".encode(), "sha256").hex()
    signed = {"timestamp": stamp, "token": "t0ken", "signature": signature}
    return {}, json.dumps({"signature": signed, "event-data": event}).encode()


def _sendgrid(events: object, at: datetime = MONDAY) -> Sent:
    stamp, body = str(int(at.timestamp())), json.dumps(events).encode()
    signature = CURVE.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    prefix = "x-twilio-email-event-webhook"
    signed = {f"{prefix}-signature": base64.b64encode(signature).decode()}
    return {**signed, f"{prefix}-timestamp": stamp}, body


def _postmark(event: object, password: str = SECRET) -> Sent:
    login = base64.b64encode(f"hook:{password}".encode()).decode()
    return {"authorization": f"Basic {login}"}, json.dumps(event).encode()


def _hooks() -> dict[str, Webhook]:
    public = CURVE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    key = base64.b64encode(public).decode()
    secret = SecretStr(SECRET)
    return {
        "ses": _ses(),
        "mailgun": MailgunWebhook(MailgunOptions(signing_key=secret), _Web()),
        "sendgrid": SendGridWebhook(SendGridOptions(verification_key=key), _Web()),
        "postmark": PostmarkWebhook(PostmarkOptions(username="hook", password=secret), _Web()),
    }


_SES_BOUNCE: dict[str, Any] = {
    "notificationType": "Bounce",
    "mail": {
        "messageId": "0102",
        "source": "bounces+1-ab@example.org",
        "headers": [{"name": "Message-ID", "value": "<letter-1@example.org>"}],
    },
    "bounce": {
        "bounceType": "Permanent",
        "bouncedRecipients": [
            {
                "emailAddress": "ada@example.net",
                "status": "5.1.1",
                "diagnosticCode": "smtp; 550 5.1.1 no such user",
            }
        ],
    },
}
_SES_COMPLAINT = {
    "notificationType": "Complaint",
    "mail": _SES_BOUNCE["mail"],
    "complaint": {"complainedRecipients": [{"emailAddress": "ada@example.net"}]},
}
_MAILGUN_BOUNCE: dict[str, Any] = {
    "event": "failed",
    "severity": "permanent",
    "id": "e-1",
    "recipient": "ada@example.net",
    "message": {"headers": {"message-id": "letter-1@example.org"}},
    "delivery-status": {"code": 550, "message": "5.1.1 no such user", "enhanced-code": "5.1.1"},
}
_SENDGRID_BOUNCE: dict[str, Any] = {
    "event": "bounce",
    "type": "bounce",
    "email": "ada@example.net",
    "smtp-id": "<letter-1@example.org>",
    "status": "5.1.1",
    "reason": "550 5.1.1 no such user",
    "sg_event_id": "e-1",
}
_POSTMARK_BOUNCE: dict[str, Any] = {
    "RecordType": "Bounce",
    "Type": "HardBounce",
    "ID": 42,
    "Email": "ada@example.net",
    "Details": "smtp;550 no such user",
}

BOUNCES = {
    "ses": _sns(_SES_BOUNCE),
    "mailgun": _mailgun(_MAILGUN_BOUNCE),
    "sendgrid": _sendgrid([_SENDGRID_BOUNCE]),
    "postmark": _postmark(_POSTMARK_BOUNCE),
}
COMPLAINTS = {
    "ses": _sns(_SES_COMPLAINT),
    "mailgun": _mailgun({**_MAILGUN_BOUNCE, "event": "complained"}),
    "sendgrid": _sendgrid([{**_SENDGRID_BOUNCE, "event": "spamreport"}]),
    "postmark": _postmark({**_POSTMARK_BOUNCE, "RecordType": "SpamComplaint"}),
}
SOFT = {
    "ses": _sns({**_SES_BOUNCE, "bounce": {**_SES_BOUNCE["bounce"], "bounceType": "Transient"}}),
    "mailgun": _mailgun({**_MAILGUN_BOUNCE, "severity": "temporary"}),
    "sendgrid": _sendgrid([{**_SENDGRID_BOUNCE, "type": "blocked"}]),
    "postmark": _postmark({**_POSTMARK_BOUNCE, "Type": "SoftBounce"}),
}
GOOD_NEWS = {
    "ses": _sns({"notificationType": "Delivery", "mail": {}}),
    "mailgun": _mailgun({"event": "delivered"}),
    "sendgrid": _sendgrid([{"event": "open"}, {"event": "delivered"}]),
    "postmark": _postmark({"RecordType": "Delivery"}),
}
KINDS = tuple(BOUNCES)
_HOOKS = _hooks()


def _read(kind: str, sent: Sent) -> list[Report]:
    return list(_HOOKS[kind].reports(*sent, MONDAY))


@pytest.mark.parametrize("kind", KINDS)
def test_a_hard_bounce_is_read_alike_from_all(kind: str) -> None:
    """Whoever carries the letters, an address that nobody has is told as one."""
    (report,) = _read(kind, BOUNCES[kind])

    (failure,) = report.failures
    assert (report.sort, failure.address) == (Sort.BOUNCE, "ada@example.net")
    assert severity(failure) is Severity.HARD
    assert "no such user" in failure.said
    assert report.name


@pytest.mark.parametrize("kind", KINDS)
def test_a_complaint_is_read_alike_from_all(kind: str) -> None:
    """With the address of who complained."""
    (report,) = _read(kind, COMPLAINTS[kind])

    assert report.sort is Sort.COMPLAINT
    assert report.failures[0].address == "ada@example.net"


@pytest.mark.parametrize("kind", KINDS)
def test_what_may_come_right_is_soft(kind: str) -> None:
    """Providers say so in words of their own."""
    (report,) = _read(kind, SOFT[kind])

    assert severity(report.failures[0]) is Severity.SOFT


@pytest.mark.parametrize("kind", KINDS)
def test_other_events_say_nothing(kind: str) -> None:
    """What was delivered or opened is nobody's fault, and we do not ask who opens letters."""
    assert _read(kind, GOOD_NEWS[kind]) == []


@pytest.mark.parametrize("kind", KINDS)
def test_who_signs_otherwise_is_refused(kind: str) -> None:
    """Another body under the same signature, a signature of nobody, or none at all."""
    headers, body = BOUNCES[kind]
    forged = [
        ({}, b"{}"),
        ({**headers, "authorization": "Basic aG9vazpub3Rl"}, body.replace(b"ada", b"eve")),
        (dict.fromkeys(headers, "AAAA"), body.replace(b'"s', b'"S').replace(b"ada", b"eve")),
    ]
    if kind == "mailgun":
        forged = [({}, body.replace(b"t0ken", b"t1ken")), ({}, b"{}"), ({}, b"[]")]

    for sent in forged:
        with pytest.raises(ForgedError):
            _HOOKS[kind].reports(*sent, MONDAY)


@pytest.mark.parametrize("kind", ["ses", "mailgun", "sendgrid"])
@pytest.mark.parametrize("days", [-1, 3])
def test_an_old_signature_is_refused(kind: str, days: int) -> None:
    """What was recorded once cannot be sent again for ever."""
    with pytest.raises(ForgedError, match="another time"):
        _HOOKS[kind].reports(*BOUNCES[kind], MONDAY + timedelta(days=days))


@pytest.mark.parametrize("kind", ["postmark"])
def test_what_is_no_json_is_told(kind: str) -> None:
    """From the right sender, in the wrong words."""
    headers, _ = BOUNCES[kind]

    with pytest.raises(ParseError):
        _HOOKS[kind].reports(headers, b"[" * 100_000, MONDAY)


def test_the_evidence_of_a_letter_is_kept() -> None:
    """Envelope and Message-ID tell which edition it was."""
    (ses,), (mailgun,) = _read("ses", BOUNCES["ses"]), _read("mailgun", BOUNCES["mailgun"])

    assert ses.evidence.envelopes == ("bounces+1-ab@example.org",)
    assert ses.evidence.message_ids == mailgun.evidence.message_ids == ("<letter-1@example.org>",)


@pytest.mark.parametrize(
    "over",
    [
        {"TopicArn": "arn:aws:sns:eu-west-1:2:other"},
        {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com.evil.example/key.pem"},
        {"SigningCertURL": "http://sns.eu-west-1.amazonaws.com/key.pem"},
        {"SigningCertURL": "https://evil.example/sns.eu-west-1.amazonaws.com/key.pem"},
        {"Timestamp": "yesterday"},
        {"Timestamp": "2026-11-23T07:30:00"},
        {"Signature": "no base64"},
        {"Type": "UnsubscribeConfirmation"},
    ],
)
def test_only_our_topic_signed_by_amazon_is_heard(over: dict[str, str]) -> None:
    """Nobody's certificate but Amazon's is asked for, and nobody else's topic believed."""
    web = _Web()

    with pytest.raises(ForgedError):
        _ses(web).reports(*_sns(_SES_BOUNCE, **over), MONDAY)
    assert [url for url in web.asked if "evil" in url] == []


def test_the_topic_is_confirmed_by_visiting_its_link() -> None:
    """SNS sends nothing before somebody has; the link must be Amazon's too."""
    link = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"
    confirm = {"Type": "SubscriptionConfirmation", "Token": "t", "SubscribeURL": link}
    web = _Web()

    assert _ses(web).reports(*_sns("", **confirm), MONDAY) == ()
    assert web.asked == [CERTIFICATE, link]
    with pytest.raises(ForgedError):
        _ses().reports(*_sns("", **{**confirm, "SubscribeURL": "https://evil.example/"}), MONDAY)
