"""Signing up: what a stranger sees, and what becomes of it."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from altcha import v1
from sqlalchemy import Engine, event
from starlette.testclient import TestClient

from subscribers import (
    Desk,
    Limit,
    Links,
    People,
    ProofError,
    Rules,
    State,
    Subscriber,
    TooManyError,
)
from tests.unit.subscribers.conftest import Clock, Letterbox, dump

NEW = "ada@example.org"
WISH = {"address": NEW, "newsletter": "weekly"}


def _confirm_url(letterbox: Letterbox, number: int = -1) -> str:
    return str(letterbox.letters[number][2]["url"])


@contextmanager
def _statements(engine: Engine) -> Iterator[list[str]]:
    """Every statement the database is asked, as long as the block runs."""
    seen: list[str] = []

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_a_stranger_signs_up_and_confirms(
    web: TestClient, desk: Desk, people: People, letterbox: Letterbox
) -> None:
    """Nothing is sent before the button behind the letter's link; then a welcome follows."""
    said = web.post("/subscribe", data={**WISH, "at": "/weekly/"})
    assert "Please look into your mailbox" in said.text
    assert people.find(NEW) is None
    assert desk.reception.answer() == 1
    assert [(kind, to) for kind, to, _ in letterbox.letters] == [("confirm", NEW)]

    shown = web.get(_confirm_url(letterbox)).text
    assert "The Weekly (all themes)" in shown
    assert people.find(NEW) is None
    assert "You are subscribed" in web.post(_confirm_url(letterbox)).text
    person = people.find(NEW)
    assert person
    assert person.state is State.ACTIVE
    assert letterbox.letters[-1][0] == "welcome"


def test_the_record_of_consent_says_when_how_and_which_words(
    web: TestClient, desk: Desk, people: People, letterbox: Letterbox
) -> None:
    """As the law wants it shown later."""
    web.post("/subscribe", data={**WISH, "at": "/weekly/"})
    desk.reception.answer()
    web.post(_confirm_url(letterbox))
    records = people.show(NEW).consents
    assert [record.what.value for record in records] == ["asked", "confirmed"]
    assert {record.how for record in records} == {
        "form on /weekly/, 2026-11-23 08:00 UTC; confirmed by letter"
    }
    assert records[-1].said.startswith("I want to get The Weekly (all themes) by email.")


def test_known_and_unknown_addresses_cannot_be_told_apart(
    web: TestClient, engine: Engine, jane: Subscriber
) -> None:
    """The same answer, and the same statements to the database: no clock tells them apart."""
    for path, more in (("/subscribe", {"newsletter": "weekly"}), ("/preferences", {})):
        answers = []
        for address in ("warm-up@example.org", jane.address, "nobody@example.org"):
            with _statements(engine) as statements:
                answer = web.post(path, data={"address": address, **more})
            text = answer.text.replace(address, "(address)")
            answers.append((answer.status_code, text, sorted(answer.headers), statements))
        assert answers[1] == answers[2]


def test_a_thousand_sign_ups_of_one_victim_make_one_letter(
    desk: Desk, letterbox: Letterbox, clock: Clock
) -> None:
    """From a thousand networks, in any spelling; a day later one more, and never a third kind."""
    for number in range(1_000):
        with suppress(ProofError, TooManyError):  # attacked, it may refuse; that is no letter
            desk.counter.subscribe(
                NEW.upper() if number % 2 else NEW,
                {"weekly": None},
                how="form",
                host=f"2001:db8:{number:x}::1",
            )
        if number % 100 == 0:
            desk.reception.answer()
    desk.reception.answer()
    assert [kind for kind, _, _ in letterbox.letters] == ["confirm"]


def test_what_is_asked_again_joins_the_letter_that_is_out(
    web: TestClient, desk: Desk, people: People, letterbox: Letterbox
) -> None:
    """Nobody has to wait a day to add a newsletter before confirming."""
    web.post("/subscribe", data=WISH)
    desk.reception.answer()
    web.post("/subscribe", data={**WISH, "newsletter": "alerts"})
    desk.reception.answer()
    web.post(_confirm_url(letterbox, 0))
    person = people.find(NEW)
    assert person
    assert {s.newsletter for s in person.subscriptions} == {"weekly", "alerts"}


def test_unconfirmed_is_forgotten_after_a_week(
    web: TestClient, engine: Engine, desk: Desk, clock: Clock, letterbox: Letterbox
) -> None:
    """The link says so, and no table holds the address any more."""
    web.post("/subscribe", data=WISH)
    desk.reception.answer()
    clock.pass_by(days=7)
    assert web.post(_confirm_url(letterbox)).status_code == 410
    assert desk.reception.purge() == 1
    assert NEW not in repr(dump(engine))


def test_a_confirmation_twice_is_one(
    web: TestClient, people: People, desk: Desk, letterbox: Letterbox
) -> None:
    """The second press of the button, and the link opened later, change nothing."""
    web.post("/subscribe", data=WISH)
    desk.reception.answer()
    for _ in range(2):
        assert "You are subscribed" in web.post(_confirm_url(letterbox, 0)).text
    assert "You are subscribed" in web.get(_confirm_url(letterbox, 0)).text
    assert len(people.show(NEW).consents) == 2
    assert [kind for kind, _, _ in letterbox.letters] == ["confirm", "welcome"]


def test_who_left_comes_back_by_the_form(
    web: TestClient,
    people: People,
    desk: Desk,
    letterbox: Letterbox,
    jane: Subscriber,
    links: Links,
) -> None:
    """It is their own word; themes they chose before are joined with those asked for."""
    web.post(links.unsubscribe(jane.handle, "weekly"))
    form = {"address": jane.address, "newsletter": "weekly", "scope:weekly": "some",
            "theme:weekly": "rivers"}  # fmt: skip
    web.post("/subscribe", data=form)
    desk.reception.answer()
    web.post(_confirm_url(letterbox))
    [recipient] = people.audience("weekly")
    assert recipient.themes == ("rivers",)


@pytest.mark.parametrize("address", ["", "ada", "ada@", "a" * 400, "a@b\r\nBcc: x@example.org"])
def test_what_is_no_address_is_said_at_once(web: TestClient, engine: Engine, address: str) -> None:
    """The form comes back with what was wrong, and nothing is kept of it."""
    answer = web.post("/subscribe", data={**WISH, "address": address})
    assert answer.status_code == 422
    assert "Please check the address" in answer.text or "too long" in answer.text
    assert "requests" not in {row[0] for row in dump(engine)}


def test_an_international_domain_signs_up(
    web: TestClient, desk: Desk, letterbox: Letterbox
) -> None:
    """As it is written by people."""
    web.post("/subscribe", data={**WISH, "address": "ada@bücher.example"})
    desk.reception.answer()
    assert letterbox.letters[0][1] == "ada@bücher.example"


def test_markup_in_names_stays_words(
    web: TestClient, desk: Desk, people: People, letterbox: Letterbox, links: Links
) -> None:
    """A name or address that is markup is text wherever it is shown."""
    hostile = "<script>alert(1)</script>"
    answer = web.post("/subscribe", data={**WISH, "name": hostile, "address": hostile})
    assert "<script>" not in answer.text
    web.post("/subscribe", data={**WISH, "name": hostile})
    desk.reception.answer()
    web.post(_confirm_url(letterbox))
    person = people.find(NEW)
    assert person
    assert "<script>" not in web.get(links.preferences(person.handle)).text


def test_a_trap_catches_programs(web: TestClient, engine: Engine) -> None:
    """Who fills in what nobody sees gets the same answer, and nothing is kept."""
    people_say = web.post("/subscribe", data=WISH).text
    assert web.post("/subscribe", data={**WISH, "website": "x"}).text == people_say
    assert len([row for row in dump(engine) if row[0] == "requests"]) == 1


class TestTightRules:
    """On a site that allows little."""

    @pytest.fixture
    def rules(self) -> Rules:
        return Rules(network=Limit(2), calm=Limit(100), overall=Limit(3))

    def test_a_network_may_not_ask_for_ever(self, desk: Desk, clock: Clock, engine: Engine) -> None:
        """Two an hour, then one each half hour; a /64 of IPv6 is one network, and none is named."""
        hosts = ["2001:db8:77::1", "2001:db8:77::ffff", "2001:db8:77::2"]
        for number, host in enumerate(hosts[:2]):
            desk.counter.link(f"a{number}@example.org", host=host)
        with pytest.raises(TooManyError):
            desk.counter.link("a2@example.org", host=hosts[2])
        clock.pass_by(minutes=31)
        desk.counter.link("late@example.org", host=hosts[0])
        assert "2001" not in repr(dump(engine))

    def test_there_is_a_ceiling_for_all(self, desk: Desk) -> None:
        """Whoever asks, from wherever."""
        for number in range(3):
            desk.counter.link(f"a{number}@example.org", host=f"10.0.0.{number}")
        with pytest.raises(TooManyError, match="Too many people"):
            desk.counter.link("a3@example.org", host="10.0.0.3")

    def test_too_many_is_said_with_when_to_come_back(self, web: TestClient) -> None:
        """429, as programs understand it."""
        answers = [web.post("/subscribe", data=WISH) for _ in range(3)]
        assert [a.status_code for a in answers] == [200, 200, 429]
        assert answers[-1].headers["retry-after"] == "3600"


class TestUnderAttack:
    """More sign-ups than is normal."""

    @pytest.fixture
    def rules(self) -> Rules:
        return Rules(calm=Limit(1))

    def test_visitors_prove_work_once(self, web: TestClient, engine: Engine) -> None:
        """The page with the task may run our script; a solution counts once, a forged one never."""
        web.post("/subscribe", data=WISH)
        asked = web.post("/subscribe", data=WISH)
        assert asked.status_code == 403
        assert "script-src 'self'" in asked.headers["content-security-policy"]
        task = json.loads(_unescaped(re.search(r'data-proof="([^"]+)"', asked.text)[1]))  # type: ignore[index] # it is there
        solved = v1.solve_challenge(
            task["challenge"], task["salt"], task["algorithm"], task["maxNumber"]
        )
        assert solved
        proof = {key: task[key] for key in ("algorithm", "challenge", "salt", "signature")}
        good = _coded({**proof, "number": solved.number})
        forged = _coded({**proof, "number": solved.number + 1})
        for sent, status in ((forged, 403), ("x", 403), (good, 200), (good, 403)):
            assert web.post("/subscribe", data={**WISH, "altcha": sent}).status_code == status

    def test_the_script_is_ours(self, web: TestClient) -> None:
        """It is served by this site."""
        answer = web.get("/subscribe/proof.js")
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "SHA-256" in answer.text


class TestOtherSites:
    """Forms elsewhere."""

    @pytest.fixture
    def rules(self) -> Rules:
        return Rules(origins=frozenset({"https://www.example.org"}))

    def test_scripts_of_named_sites_may_sign_people_up(self, web: TestClient) -> None:
        """They get an answer that they may read; others get none that they may."""
        ask = {"accept": "application/json", "origin": "https://www.example.org"}
        answer = web.post("/subscribe", data=WISH, headers=ask)
        assert answer.json()["ok"] is True
        assert answer.headers["access-control-allow-origin"] == "https://www.example.org"
        other = web.post("/subscribe", data=WISH, headers={**ask, "origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers


def test_disposable_mailboxes_are_refused(web: TestClient) -> None:
    """Also below such a domain; the sentence says what would do."""
    for domain in ("mailinator.com", "eu.mailinator.com"):
        answer = web.post("/subscribe", data={**WISH, "address": f"a@{domain}"})
        assert answer.status_code == 422
        assert "still have next week" in answer.text


def test_a_fresh_link_goes_to_those_who_are_here(
    web: TestClient, desk: Desk, letterbox: Letterbox, jane: Subscriber, links: Links
) -> None:
    """Others get no letter; asked again within the hour, no second one goes."""
    for address in (jane.address, "nobody@example.org", jane.address):
        web.post("/preferences", data={"address": address})
    desk.reception.answer()
    assert [(kind, to) for kind, to, _ in letterbox.letters] == [("link", jane.address)]
    assert _confirm_url(letterbox) == links.preferences(jane.handle)


def _unescaped(text: str) -> str:
    return text.replace("&#34;", '"').replace("&amp;", "&").replace("&quot;", '"')


def _coded(proof: dict[str, object]) -> str:
    return b64encode(json.dumps(proof).encode()).decode()


def test_a_limit_lets_through_what_it_says() -> None:
    """So many at once, then one whenever its share of the period is over."""
    limit, now, free = Limit(3, timedelta(minutes=3)), Clock().now, None
    for _ in range(3):
        free = limit.spend(free, now)
        assert free
    assert limit.spend(free, now) is None
    assert limit.spend(free, now + timedelta(minutes=1))
