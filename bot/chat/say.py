"""One message: its template and its signed keyboard, as the Bot API takes it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup

from bot.rules.people import Learner
from bot.sealing.buttons import Signer
from bot.words import Words

CAPTION_LIMIT = 1024
"""Bot API, sendPhoto: UTF-16 units of a caption once its markup is read."""
_TAG = re.compile(r"<[^>]*>")
COPY_LIMIT = 256
"""Bot API, CopyTextButton."""
Button = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a template said: Telegram HTML, a keyboard, and how the message is to be sent."""

    text: str
    rows: list[list[Button]]
    protected: bool
    silent: bool

    def params(self, chat_id: int) -> dict[str, Any]:
        """For sendMessage."""
        params: dict[str, Any] = {
            "chat_id": chat_id, "text": self.text, "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        }  # fmt: skip
        if self.rows:
            params["reply_markup"] = {"inline_keyboard": self.rows}
        if self.protected:
            params["protect_content"] = True
        if self.silent:
            params["disable_notification"] = True
        return params

    def framed(self, frame: "Spoken") -> "Spoken":
        """The same with the words of a frame before its first line, and its buttons above the last row."""
        rows = [*self.rows[:-1], *frame.rows, *self.rows[-1:]]
        return replace(self, text=f"{frame.text} · {self.text}", rows=rows)

    def edit(self, chat_id: int, message_id: int) -> dict[str, Any]:
        """For editMessageText; protection stays as it was sent."""
        params = self.params(chat_id)
        params.pop("protect_content", None)
        params.pop("disable_notification", None)
        return {**params, "message_id": message_id}

    def edit_caption(self, chat_id: int, message_id: int) -> dict[str, Any]:
        """For editMessageCaption."""
        return as_caption(self.edit(chat_id, message_id))

    @property
    def fits_a_picture(self) -> bool:
        """Whether it is short enough to stand under a picture."""
        return fits_caption(self.text)


def as_caption(params: Mapping[str, Any]) -> dict[str, Any]:
    """What sendMessage takes, as the words under a picture."""
    kept = {name: value for name, value in params.items() if name not in ("text", "link_preview_options")}
    return {**kept, "caption": params["text"]}


def fits_caption(html: str) -> bool:
    """Whether Telegram takes this as the words under a picture."""
    return len(Markup(_TAG.sub("", html)).unescape().encode("utf-16-le")) // 2 <= CAPTION_LIMIT


@dataclass(slots=True)
class Keyboard:
    """What a template calls to lay out its buttons; each call leaves no text behind."""

    learner: Learner
    signer: Signer
    rows: list[list[Button]] = field(default_factory=list)
    protected: bool = False
    silent: bool = False

    def tap(
        self, label: str, kind: str, row: int = 0, number: int = 0, choice: int = 0, style: str | None = None
    ) -> Button:
        """A button that comes back to us, for this learner only."""
        button = {
            "text": plain(label),
            "callback_data": self.signer.sign(self.learner.id, kind, row, number, choice),
        }
        return {**button, "style": style} if style else button

    def copy(self, label: str, text: str) -> Button:
        return {"text": plain(label), "copy_text": {"text": plain(text)[:COPY_LIMIT]}}

    def row(self, *buttons: Button | None) -> Markup:
        if kept := [button for button in buttons if button]:
            self.rows.append(kept)
        return Markup("")

    def protect(self) -> Markup:
        """Keep the message from being forwarded out of its frame."""
        self.protected = True
        return Markup("")

    def quiet(self) -> Markup:
        self.silent = True
        return Markup("")


class Speaker:
    """Renders messages for a learner, in their language and form of address."""

    def __init__(self, words: Words, signer: Signer, organisation: str) -> None:
        self._words = words
        self._signer = signer
        self._organisation = organisation

    def verify(self, learner_id: int, callback_data: str) -> tuple[str, int, int, int] | None:
        """The four parts of a button made for this learner, or None."""
        return self._signer.verify(learner_id, callback_data)

    def say(self, name: str, learner: Learner, context: Mapping[str, Any]) -> Spoken:
        keyboard = Keyboard(learner, self._signer)
        text = self._words.render(
            f"{name}.html", learner.language, learner.audience, me=learner, organisation=self._organisation,
            tap=keyboard.tap, copy=keyboard.copy, row=keyboard.row, protect=keyboard.protect, quiet=keyboard.quiet,
            **context,
        )  # fmt: skip
        return Spoken(tidy(text), keyboard.rows, keyboard.protected, keyboard.silent)


def plain(label: str) -> str:
    """A label as people read it: buttons are no HTML."""
    return Markup(label).unescape() if isinstance(label, Markup) else str(label)


def tidy(text: str) -> str:
    """Template text without the blank lines that its calls leave: at most one empty line in a row."""
    lines: list[str] = []
    for line in text.strip().split("\n"):
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(lines)
