"""One turn: who spoke, what was said, and everything a journey may read or answer with."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from bot.chat import menu
from bot.chat.library import Library, audiences
from bot.chat.say import Speaker, Spoken, plain
from bot.chat.telegram import Heard
from bot.rules import delivery
from bot.rules.attempt import Attempt
from bot.rules.curriculum import CHANNEL_NAMED, Hotline, Unit
from bot.rules.days import Days
from bot.rules.languages import HANT
from bot.rules.people import Learner
from bot.rules.sending import CARD
from bot.rules.tracks import DayCount
from bot.sealing.keys import Letters
from bot.store import ids
from bot.store.turn import TurnStore
from bot.words import Words
from bot.words.looking import Index

TOAST_LIMIT = 200
"""Bot API, answerCallbackQuery."""


@dataclass(slots=True)
class Bot:
    """Who we are at Telegram, once it has told us."""

    username: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """What every turn may use; put together once by `app.py`."""

    library: Library
    words: Words
    speaker: Speaker
    dice: random.Random
    organisation: str
    organisation_zone: str
    default_language: str

    letters: Letters
    bot: Bot

    def link(self, token: str) -> str:
        """What opens an invitation: a link, or what to type while Telegram has not told us our name."""
        name = self.bot.username
        return f"https://t.me/{name}?start={token}" if name else f"/start {token}"

    def days(self) -> Days:
        """On which days things come to whom: the calendar as it stands."""
        return Days(self.library.content.calendar, self.words.territory)

    def shuffle(self, keys: Sequence[str]) -> list[str]:
        shuffled = list(keys)
        self.dice.shuffle(shuffled)
        return shuffled


@dataclass(frozen=True, slots=True)
class Tap:
    """A button of ours, verified: its kind and three numbers."""

    kind: str
    row: int
    number: int
    choice: int


class Turn:
    """Loads through `store`, answers through `show` and `toast`; sends nothing itself."""

    def __init__(
        self, heard: Heard, store: TurnStore, room: Room, learner: Learner, tap: Tap | None, now: datetime
    ) -> None:
        self.heard = heard
        self.store = store
        self.room = room
        self.learner = learner
        self.tap = tap or Tap("", 0, 0, 0)
        self.now = now
        self.is_new = store.learner is None
        """Whether nothing was known of this account when it spoke."""
        self.answer: dict[str, Any] | None = None
        if heard.kind == "tap":
            self.answer = {"method": "answerCallbackQuery", "callback_query_id": heard.query_id}

    @property
    def is_stranger(self) -> bool:
        """Whether nothing is known of this account yet."""
        return self.store.learner is None

    def settle(self) -> None:
        """Remember a stranger as a business owner, so that buttons can be made for them."""
        if self.is_stranger:
            self.store.add_learner(self.learner)
            self.store.wake(self.learner.id, delivery.next_wake(self.learner, self.now), known=False)
            self.event("joined", audience="borrower")
            if self.learner.language != menu.default_language(self.heard.language_code):
                self.menu()

    @property
    def library(self) -> Library:
        return self.room.library

    @property
    def today(self) -> date:
        return delivery.local(self.now, self.learner.time_zone).date()

    @property
    def manager_name(self) -> str:
        """First name of this employee's manager, or nothing."""
        manager = self.store.learner_by_id(self.learner.manager_id) if self.learner.manager_id else None
        return manager.first_name if manager else ""

    @property
    def days(self) -> Days:
        return self.room.days()

    @property
    def place(self) -> str | None:
        """The territory whose hotlines are shown first: chosen, else that of the time zone.

        None where that would be a poor guess: somebody who reads 繁體 and was only ever given the
        organisation's zone on the mainland is asked, for Taipei and Hong Kong ring other numbers.
        """
        if self.learner.place is not None:
            return self.learner.place if self.learner.place in self.library.content.hotlines else None
        place = self.room.words.territory(self.learner.time_zone)
        given = self.learner.time_zone == self.room.organisation_zone
        if given and place == "CN" and self.learner.language == HANT and self.learner.audience == "borrower":
            return None
        return place if place in self.library.content.hotlines else None

    @property
    def day_count(self) -> DayCount:
        """How days count for this learner when something is assigned or falls due."""
        place = self.learner.place or self.room.words.territory(self.learner.time_zone)
        return DayCount.of(self.learner, self.library.content.calendar, place)

    @property
    def handbook(self) -> Index:
        """The pages that this learner may look up."""
        return self.library.handbooks[self.learner.audience]

    def new_id(self) -> int:
        return ids.new()

    def unit_of(self, attempt: Attempt) -> Unit | None:
        """The lesson or case as the attempt began with it; a quiz or a review has none."""
        if not attempt.is_of_unit:
            return None
        return self.library.version(attempt.unit, attempt.content_version)

    def unit_title(self, unit: Unit | None) -> str:
        return unit.words[self.learner.language].title if unit is not None else ""

    def done_late(self, attempt: Attempt) -> bool:
        """Whether this attempt has just done what was due earlier, so that reminders stop here."""
        return any(
            one.unit == attempt.unit and one.due_on and one.completed_at == attempt.finished_at and one.due_on < self.today
            for one in self.store.assignments
        )  # fmt: skip

    def may_meet(self, unit: Unit) -> bool:
        """Whether this unit is made for people like this learner."""
        return self.learner.audience in audiences(unit)

    def is_stale(self, hotline: Hotline) -> bool:
        return delivery.is_stale(hotline.checked_on, self.today)

    def filled(self, html: str) -> str:
        """Our own html with the hotline of the reader's place in it, and the names of channels."""
        html = CHANNEL_NAMED.sub(lambda dress: self._channel(dress[1]), html)
        if "{hotline}" not in html:
            return html
        hotline = self.library.content.hotlines.get(self.place or "")
        known = hotline is not None and not self.is_stale(hotline)
        said = self.room.speaker.say(
            "hotline", self.learner, {"number": hotline.copy if known and hotline else ""}
        )
        return self.room.words.fill(html, self.learner.language, hotline=said.text)

    def _channel(self, channel: str) -> str:
        return self.room.speaker.say("channel", self.learner, {"channel": channel}).text

    def said(self, name: str, **context: Any) -> str:
        """A template's words as people read them, for what is no message: a line in a picture."""
        return plain(Markup(self.room.speaker.say(name, self.learner, {**self._context(), **context}).text))

    # answering
    def show(
        self, name: str, *, screen: str | None = None, new: bool = False, sealed: bool = False,
        under_picture: bool = False, **context: Any,
    ) -> None:  # fmt: skip
        """Answer with a message: a tap edits the one it stands on, everything else is answered below.

        With ``screen`` the message is the one live place of a thing; when it is sent anew, the
        one before it loses its keyboard and points below. What must not be passed on moves out
        of a message that can be: no edit changes that of a message. What is ``sealed`` is kept
        only until it is sent. A tap below a picture is answered apart from it, unless the answer
        belongs ``under_picture`` and is short enough for that.
        """
        spoken = self._say(name, context)
        if self.heard.kind == "tap" and not new:
            stays = not self.heard.is_picture or (under_picture and spoken.fits_a_picture)
            if (spoken.protected and not self.heard.is_protected) or not stays:
                self._apart(spoken, screen)
                return
            if self.heard.is_picture:
                edit = spoken.edit_caption(self.heard.chat_id, self.heard.message_id)
                self._reply("editMessageCaption", edit, screen)
                return
            self._reply("editMessageText", spoken.edit(self.heard.chat_id, self.heard.message_id), screen)
            return
        if screen is not None:
            self.retire(screen)
        self._reply("sendMessage", spoken.params(self.heard.chat_id), screen, sealed)

    def below(self, name: str, *, screen: str, **context: Any) -> None:
        """Answer typed words below the message that asked for them, which keeps its words and loses its buttons."""
        earlier = self.store.last_message(self.learner.id, self.heard.chat_id, screen)
        if earlier is not None:
            self._take_buttons(earlier.id)
        self._reply("sendMessage", self._say(name, context).params(self.heard.chat_id), screen)

    def move(self, name: str, *, screen: str | None = None, **context: Any) -> None:
        """After a tap whose answer has to be a message of its own: the old one keeps its words only."""
        self._apart(self._say(name, context), screen)

    def _say(self, name: str, context: Mapping[str, Any]) -> Spoken:
        """What a template says; of a preview, in the frame that tells it from what counts."""
        spoken = self.room.speaker.say(name, self.learner, {**self._context(), **context})
        attempt = context.get("attempt")
        if attempt is None or not attempt.preview:
            return spoken
        return spoken.framed(self.room.speaker.say("preview_frame", self.learner, {"attempt": attempt}))

    def _apart(self, spoken: Spoken, screen: str | None) -> None:
        if self.heard.kind == "tap":
            self._take_buttons(self.heard.message_id)
        self._reply("sendMessage", spoken.params(self.heard.chat_id), screen)

    def show_picture(self, name: str, picture: Mapping[str, Any], *, screen: str, **context: Any) -> None:
        """Answer with a picture and its words below it, in a message of its own; the words alone for who wants none.

        The picture is drawn when it is sent; if it cannot be, the words go without it.
        """
        if self.learner.pictures == "none":
            self.show(name, screen=screen, **context)
            return
        if self.heard.kind == "tap":
            self._take_buttons(self.heard.message_id)
        self.retire(screen)
        params = self._say(name, context).params(self.heard.chat_id)
        drawn = {**picture, "language": self.learner.language, "look": self.learner.pictures}
        self.owe("picture", {"params": params, "picture": drawn}, screen=screen)

    def _take_buttons(self, message_id: int) -> None:
        """Leave a message its words only."""
        self._reply("editMessageReplyMarkup", {"chat_id": self.heard.chat_id, "message_id": message_id}, None)

    def toast(self, name: str, *, alert: bool = False, **context: Any) -> None:
        """A small word above the chat, never the only place of something that matters."""
        if self.answer is None:
            return
        spoken = self.room.speaker.say(name, self.learner, {**self._context(), **context})
        self.answer |= {"text": spoken.text[:TOAST_LIMIT], "show_alert": alert}

    def spent(self) -> None:
        """A button that opens nothing: old, foreign or forged, one text for all; the audit log tells them apart."""
        if self.heard.kind == "tap":
            self.toast("button_spent")
            actor = "stranger" if self.is_stranger else f"learner:{self.learner.id}"
            which = (
                f"button {self.tap.kind} of row {self.tap.row}"
                if self.tap.kind
                else "button not given to them"
            )
            self.store.audit(actor, "tap refused", which)
        else:
            self.nothing_here()

    def nothing_here(self) -> None:
        """Not yours, or not there: one text for both."""
        self.settle()
        self.show("nothing_here", new=True)

    def menu(self) -> None:
        """Give this chat the menu of its person and language."""
        commands = menu.telegram_menu(self.room.words, self.learner)
        scope = {"type": "chat", "chat_id": self.heard.chat_id}
        self._reply("setMyCommands", {"commands": commands, "scope": scope}, None)

    def change_card(self) -> None:
        """Let the pinned card of somebody's training say what holds now; business owners have none."""
        if self.learner.audience == "employee":
            self.store.owe(
                self.heard.chat_id, CARD, {"only": "change"}, learner_id=self.learner.id, due_at=self.now,
                lane="broadcast", screen=CARD,
            )  # fmt: skip

    def take_out(self, message_id: int) -> None:
        """Delete something the person sent that ought not to stand in the chat."""
        self._reply("deleteMessage", {"chat_id": self.heard.chat_id, "message_id": message_id}, None)

    def owe(
        self, wish: str, args: Mapping[str, Any], *, due_at: datetime | None = None, screen: str | None = None
    ) -> None:
        """Owe a message that is made later, by whoever sends it."""
        self.store.owe(
            self.heard.chat_id,
            wish,
            dict(args),
            learner_id=self.learner.id,
            due_at=due_at or self.now,
            screen=screen,
        )

    def event(self, kind: str, content_version: str = "", /, **payload: Any) -> None:
        self.store.event(self.learner.id, kind, content_version, **payload)

    def audit(self, action: str, thing: str) -> None:
        self.store.audit(f"learner:{self.learner.id}", action, thing)

    def become(self, learner: Learner) -> None:
        """From here on the turn speaks with this person: their language, their rights."""
        self.learner = learner

    def retire(self, screen: str) -> None:
        """Take the buttons from the message that showed this screen, unless it is the one tapped."""
        earlier = self.store.last_message(self.learner.id, self.heard.chat_id, screen)
        if earlier is None or (self.heard.kind == "tap" and earlier.id == self.heard.message_id):
            return
        if earlier.is_picture:
            self._take_buttons(earlier.id)
            return
        below: Spoken = self.room.speaker.say("continues_below", self.learner, self._context())
        self._reply("editMessageText", below.edit(self.heard.chat_id, earlier.id), None)

    def _reply(self, method: str, params: dict[str, Any], screen: str | None, sealed: bool = False) -> None:
        self.store.reply(
            self.heard.chat_id, method, params, learner_id=self.learner.id, screen=screen,
            seal=self.room.letters.seal if sealed else None,
        )  # fmt: skip

    def _context(self) -> dict[str, Any]:
        return {"now": self.now, "today": self.today, "zone": self.learner.time_zone}
