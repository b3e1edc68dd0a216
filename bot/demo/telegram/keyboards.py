"""Inline keyboards: what Telegram accepts as ``reply_markup``, and how it keeps it."""

from typing import Any

from bot.demo.telegram import limits
from bot.demo.telegram.markup import checked_url
from bot.demo.telegram.refusals import bad
from bot.demo.telegram.text import clean

Keyboard = list[list[dict[str, Any]]]

# Bot API 9.4, InlineKeyboardButton: “danger”, “success” or “primary”.
STYLES = ("danger", "primary", "success")
_KINDS = (
    "url",
    "callback_data",
    "copy_text",
    "web_app",
    "switch_inline_query_current_chat",
    "switch_inline_query",
)
_KNOWN = {"text", "style", "icon_custom_emoji_id", *_KINDS}


def read(markup: Any) -> Keyboard | None:
    """The keyboard of a message; None where there is none, a refusal where Telegram has one."""
    if markup is None or markup == "":
        return None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" not in markup:
        # Telegram also takes reply keyboards and force_reply; this bot has only inline ones.
        raise bad("inline keyboard expected")
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list):
        raise bad('field "inline_keyboard" of the InlineKeyboardMarkup should be an Array of Arrays')
    keyboard: Keyboard = []
    for row in rows:
        if not isinstance(row, list):
            raise bad('field "inline_keyboard" of the InlineKeyboardMarkup should be an Array of Arrays')
        buttons = [_button(button) for button in row]
        if buttons:
            keyboard.append(buttons)
    # constants.InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER
    if sum(map(len, keyboard)) > limits.BUTTONS:
        raise bad("reply markup is too long")
    return keyboard or None


def _button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise _fault("expected an Object")
    text = button.get("text")
    if text is None:
        raise _fault('Can\'t find field "text"')
    if not isinstance(text, str):
        raise _fault('Field "text" must be of type String')
    unknown = button.keys() - _KNOWN
    if unknown:
        # Telegram ignores fields it does not know; a slip of the pen must not pass here.
        raise _fault(f'unknown field "{min(unknown)}"')
    text = clean(text).strip()
    if not text:
        # tdlib, ReplyMarkup.cpp, get_inline_keyboard_button.
        raise bad("inline keyboard button text must be non-empty")
    kept = {"text": text, **_deed(button)}
    for optional in ("style", "icon_custom_emoji_id"):
        if optional in button:
            kept[optional] = button[optional]
    if "style" in kept and kept["style"] not in STYLES:
        raise _fault("invalid button style specified")
    return kept


def _deed(button: dict[str, Any]) -> dict[str, Any]:
    """What the button does: exactly one of the fields that say so (Bot API, InlineKeyboardButton)."""
    deeds = [kind for kind in _KINDS if button.get(kind) not in (None, "")]
    if not deeds:
        raise _fault("Text buttons are unallowed in the inline keyboard")
    if len(deeds) > 1:
        # Telegram takes the first it finds; we want to hear of it.
        raise _fault("exactly one of the optional fields must be used")
    kind = deeds[0]
    value = button[kind]
    if kind == "callback_data":
        _check_callback_data(value)
    elif kind == "url":
        value = _checked_address(value)
    elif kind == "copy_text":
        _check_copy_text(value)
    elif kind == "web_app" and not (isinstance(value, dict) and str(value.get("url")).startswith("https://")):
        raise bad("inline keyboard button Web App URL must be HTTPS")
    return {kind: value}


def _check_callback_data(value: Any) -> None:
    if not isinstance(value, str):
        raise _fault('Field "callback_data" must be of type String')
    # constants.InlineKeyboardButtonLimit.MIN_CALLBACK_DATA, MAX_CALLBACK_DATA: 1 to 64 bytes
    if len(value.encode("utf-8", "surrogatepass")) > limits.CALLBACK_DATA:
        raise bad("BUTTON_DATA_INVALID")


def _checked_address(value: Any) -> str:
    if not isinstance(value, str):
        raise _fault('Field "url" must be of type String')
    if value.startswith("tg://user?id="):
        return value
    address = checked_url(value)
    if address is None:
        raise bad(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
    return address


def _check_copy_text(value: Any) -> None:
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        raise _fault('Field "copy_text" must be of type CopyTextButton')
    # constants.InlineKeyboardButtonLimit.MIN_COPY_TEXT, MAX_COPY_TEXT
    if not 1 <= len(value["text"]) <= limits.COPY_TEXT:
        raise bad("BUTTON_COPY_TEXT_INVALID")


def _fault(what: str) -> Exception:
    return bad(f"can't parse inline keyboard button: {what}")
