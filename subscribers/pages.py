"""The pages of people: rendered on the server, no cookie, and no script but against attacks.

GET and HEAD show and change nothing, whoever opens the link: mail scanners do. POST acts.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from subscribers import joining, owning, preferences
from subscribers.answers import HEADERS, Answers, Render
from subscribers.cells import clean
from subscribers.errors import BadAddressError, BadTokenError, PeopleError, TooManyError
from subscribers.explaining import reasons
from subscribers.forms import fields
from subscribers.model import State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.requests import Request

    from subscribers.desk import Desk
    from subscribers.forms import Fields
    from subscribers.model import Offer, Subscriber
    from subscribers.preferences import Choice
    from subscribers.service import People
    from subscribers.tokens import Links

_ONE_CLICK = "List-Unsubscribe"
_LONGEST_PAUSE = timedelta(days=400)


def routes(
    people: People,
    render: Render,
    offers: Sequence[Offer],
    desk: Desk,
    links: Links,
    languages: Sequence[tuple[str, str]] = (),
) -> list[Route]:
    """Give every route of this house.

    Args:
        people: who they are about.
        render: knows the templates ``page/*.html`` and ``script/proof.js``.
        offers: the newsletters readers may choose, in the order to show them.
        desk: takes what strangers ask for.
        links: the addresses that stand in letters.
        languages: (tag, name) of those that letters may be in.
    """
    answers = Answers(render)
    pages = Pages(people, answers, offers, desk, languages)
    return [
        *joining.routes(desk, answers, offers, links),
        *owning.routes(people, answers),
        _route("/preferences/{token}", pages.preferences, pages.save_preferences),
        _route("/unsubscribe/{token}", pages.unsubscribe, pages.leave),
    ]


def _route(
    path: str, show: Callable[[str], Response], act: Callable[[str, Fields, str], Response]
) -> Route:
    async def endpoint(request: Request) -> Response:
        token = request.path_params["token"]
        if request.method == "POST":
            host = request.client.host if request.client else ""
            return await run_in_threadpool(act, token, await fields(request), host)
        return await run_in_threadpool(show, token)

    return Route(path, endpoint, methods=["GET", "POST"], name=path.split("/")[1])


class Pages:
    """Makes the pages behind the links in letters."""

    def __init__(
        self,
        people: People,
        answers: Answers,
        offers: Sequence[Offer],
        desk: Desk,
        languages: Sequence[tuple[str, str]],
    ) -> None:
        self._readers = people.self_service
        self._counter = desk.counter
        self._answers = answers
        self._offers = tuple(offers)
        self._languages = tuple(languages)
        self._titles = {offer.newsletter: offer.title for offer in offers}

    def preferences(self, token: str) -> Response:
        """Show what is followed, what may be, and why letters come."""
        try:
            reader = self._readers.subscriber(token)
        except BadTokenError as error:
            return self._answers.refusal(error)
        choices = preferences.shown(self._offers, reader.subscriptions)
        return self._form(token, reader, choices)

    def save_preferences(self, token: str, sent: Fields, host: str) -> Response:
        """Do what the button says that was pressed; without one, keep the choice."""
        form = dict(sent)
        acts = {
            "pause": self._pause,
            "resume": self._resume,
            "move": self._move,
            "speak": self._speak,
        }
        act = next((acts[name] for name in acts if name in form), None)
        try:
            return act(token, form, host) if act else self._choose(token, sent)
        except (BadTokenError, TooManyError) as error:
            return self._answers.refusal(error)
        except PeopleError as error:
            return self._again(token, str(error))

    def unsubscribe(self, token: str) -> Response:
        """Show a button; change nothing, whoever opens the link."""
        try:
            newsletter = self._readers.newsletter(token)
        except BadTokenError as error:
            return self._answers.refusal(error)
        return self._leaving(newsletter, "ask")

    def leave(self, token: str, sent: Fields, _host: str) -> Response:
        """Leave, whatever the body holds; come back where it asks for nothing but that.

        A mail program's one-click POST (RFC 8058 §3.1) gets a plain answer, a person a page.
        """
        form = dict(sent)
        try:
            newsletter = self._readers.newsletter(token)
            if "undo" in form and _ONE_CLICK not in form:
                back = self._readers.undo(token, how="undo on the unsubscribe page")
                return self._leaving(newsletter, "back" if back else "too-late")
            by_person = "leave" in form
            self._readers.leave(token, how=_how(form) if by_person else "one-click unsubscribe")
        except BadTokenError as error:
            return self._answers.refusal(error)
        return self._leaving(newsletter, "left") if by_person else _plain()

    def _choose(self, token: str, sent: Fields) -> Response:
        choices = preferences.read(self._offers, sent)
        wanted = {choice.offer.newsletter: choice.wanted for choice in choices if choice.follows}
        if any(choice.missing for choice in choices):
            return self._form(token, self._readers.subscriber(token), choices)
        self._readers.choose(token, wanted, self._titles, how="preferences page")
        if wanted:
            return self._told("Saved", "Your next letters hold what you chose.")
        return self._told("Saved", "You follow no newsletter now and get no more letters.")

    def _pause(self, token: str, form: Mapping[str, str], _host: str) -> Response:
        until = _day(form.get("until", ""), self._readers.now())
        catch_up = "catch-up" in form
        self._readers.pause(token, until=until, catch_up=catch_up, how="preferences page")
        when = f"until {until:%d %B %Y}" if until else "until you say otherwise"
        later = "What comes meanwhile is sent in one letter when you are back."
        return self._told(
            "Paused",
            f"You get no letters {when}.",
            later if catch_up else "What comes meanwhile is on the web pages.",
        )

    def _resume(self, token: str, _form: Mapping[str, str], _host: str) -> Response:
        self._readers.resume(token, how="preferences page")
        return self._told("Welcome back", "You get the next letter again.")

    def _move(self, token: str, form: Mapping[str, str], host: str) -> Response:
        reader = self._readers.subscriber(token)
        address = form.get("address", "").strip()
        try:
            self._counter.move(address, reader.id, host=host)
        except BadAddressError:
            return self._again(token, "No mail can reach the new address as it is written.")
        return self._told(
            "Please look into your new mailbox",
            f"A letter is on its way to {address}. Your letters go there once its button is "
            "pressed; until then nothing changes.",
        )

    def _speak(self, token: str, form: Mapping[str, str], _host: str) -> Response:
        language = form.get("language", "")
        if language in dict(self._languages):
            self._readers.subscriber(token)
            self._readers.speak(token, language)
        return self._told("Saved", "Letters to you alone are in that language.")

    def _told(self, title: str, *paragraphs: str) -> Response:
        return self._answers.notice(title, *paragraphs, may_return=True)

    def _again(self, token: str, problem: str) -> Response:
        reader = self._readers.subscriber(token)
        choices = preferences.shown(self._offers, reader.subscriptions)
        return self._form(token, reader, choices, problem)

    def _form(
        self, token: str, reader: Subscriber, choices: list[Choice], problem: str = ""
    ) -> Response:
        wrong = bool(problem) or any(choice.missing for choice in choices)
        return self._answers.page(
            "preferences",
            422 if wrong else 200,
            address=reader.address,
            choices=choices,
            problem=problem,
            paused=[one for one in reader.subscriptions if one.state is State.PAUSED],
            active=any(one.state is State.ACTIVE for one in reader.subscriptions),
            why=reasons(self._readers.dossier(token), self._titles),
            spoken=reader.language,
            languages=self._languages,
            data_url=f"{token}/data.json",
            erase_url=f"../erase/{self._readers.erase_token(token)}",
        )

    def _leaving(self, newsletter: str, step: str) -> Response:
        title = self._titles.get(newsletter, newsletter)
        return self._answers.page("unsubscribe", newsletter=title, step=step)


def _how(form: Mapping[str, str]) -> str:
    reason = clean(form.get("reason", ""))
    return f"unsubscribe page; because: {reason}" if reason else "unsubscribe page"


def _day(text: str, now: datetime) -> datetime | None:
    """Read a day; ``None``: none was named.

    Raises:
        PeopleError: it is no day, or not one of the next year.
    """
    if not text:
        return None
    try:
        found = datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        raise PeopleError("Please give the day as YYYY-MM-DD, or none.") from None
    if not now < found < now + _LONGEST_PAUSE:
        raise PeopleError("Please name a day to come, within a year.")
    return found


def _plain() -> Response:
    return PlainTextResponse("Unsubscribed.\n", headers=HEADERS)
