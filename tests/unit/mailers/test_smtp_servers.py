"""Which server gets the next connection, and how much of it is asked."""

from __future__ import annotations

from digest.config import MailServerSettings
from digest.core.outbox import Outcome, Receipt
from digest.errors import DeliveryError
from digest.mailers.smtp_replies import Reply
from digest.mailers.smtp_servers import Server, Servers
from digest.ports import unlimited

_YES = Receipt(Outcome.ACCEPTED, "250 ok")
_LATER = Receipt(Outcome.DEFERRED, "451 later")
_NEVER = Receipt(Outcome.REFUSED, "550 no")


class Hours:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def a_server(clock: Hours, *, alone: bool = True) -> Server:
    return Server(MailServerSettings(), 16, unlimited, alone=alone, clock=clock)


def opened(server: Server, count: int) -> Server:
    for _ in range(count):
        server.dialled()
    return server


def test_421_halves_and_letters_earn_connections_back() -> None:
    """Half at once, one more for each twenty letters, never more than at first."""
    clock = Hours()
    server = opened(a_server(clock), 16)
    server.pushed_back()
    assert (server.allowed, server.is_crowded) == (8, True)
    for _ in range(40):
        server.judged(_YES)
    assert server.allowed == 10
    for _ in range(400):
        server.judged(_YES)
    assert server.allowed == 16


def test_many_421_at_once_are_one() -> None:
    """A server that restarts says it on each connection."""
    clock = Hours()
    server = a_server(clock)
    for _ in range(9):
        server.pushed_back()
    assert server.allowed == 8
    clock.now += 2
    server.pushed_back()
    assert server.allowed == 4


def test_one_connection_is_always_allowed() -> None:
    """Less than one would be none."""
    clock = Hours()
    server = a_server(clock)
    for _ in range(9):
        clock.now += 2
        server.pushed_back()
    assert server.room(clock()) == 1


def test_a_server_that_cannot_be_dialled_is_tried_less_and_less_often() -> None:
    """Five seconds, ten, twenty, with one connection, until it takes a letter."""
    clock = Hours()
    server = a_server(clock)
    waits = []
    for _ in range(8):
        server.failed(DeliveryError("down"))
        waits.append(server.rests_until - clock())
        assert server.room(clock()) == 0
        clock.now = server.rests_until
        assert server.room(clock()) == 1
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300]
    server.judged(_YES)
    server.failed(DeliveryError("down again"))
    assert server.rests_until - clock() == 5


def test_a_server_that_gives_fewer_connections_is_used_over_those() -> None:
    """What could be opened stays in use and is opened anew."""
    clock = Hours()
    server = opened(a_server(clock), 3)
    server.failed(DeliveryError("too many"))
    assert (server.is_crowded, server.room(clock())) == (False, 0)
    server.left()
    assert server.room(clock()) == 1


def test_twenty_deferrals_in_a_row_send_letters_elsewhere() -> None:
    """Where there is an elsewhere; a yes or a clear no between them shows that it works."""
    clock = Hours()
    for alone in (True, False):
        server = opened(a_server(clock, alone=alone), 1)
        for receipt in [*[_LATER] * 19, _NEVER, *[_LATER] * 19, _YES, *[_LATER] * 19]:
            server.judged(receipt)
        assert not server.is_crowded
        server.judged(_LATER)
        assert server.is_crowded is not alone


def test_a_server_that_wants_a_user_says_which_keys() -> None:
    """The sentence names what to set."""
    error = a_server(Hours()).wants_a_user(Reply(530, "5.7.0 who?"))
    assert "mail.username, mail.password or mail.tls" in str(error)


def test_connections_follow_weights_and_limits() -> None:
    """Three to one, each at most what it may have, all at most what is wanted."""
    clock = Hours()
    light, heavy = MailServerSettings(port=1), MailServerSettings(port=2, weight=3)
    servers = Servers([light, heavy], 8, unlimited, clock)
    picked = []
    while servers.room(clock()):
        server = servers.pick(clock())
        assert server
        server.dialled()
        picked.append(server.settings.port)
    assert (picked.count(1), picked.count(2)) == (2, 6)
    limited = Servers([MailServerSettings(connections=3)], 8, unlimited, clock)
    assert limited.room(clock()) == 3
