"""A question and a verdict of our size, for sides that have no content of their own."""

from typing import Any

QUESTION = (
    "<b>📝 2/5</b> · A business owner calls you: an hour ago she transferred a release fee to a lender she "
    "found online, and now the person no longer answers. What does she do first?\n\n"
    "<b>A</b> Write to the person again and ask for the money back\n"
    "<b>B</b> Call her bank at the number on her card and ask them to stop the transfer\n"
    "<b>C</b> Wait until tomorrow, the loan may still arrive\n"
)
VERDICT = (
    "<b>✅ Right: Call her bank at the number on her card and ask them to stop the transfer</b>\n"
    "In the first hours a bank can sometimes still hold what was sent. The number on the card is the one "
    "that nobody can have swapped; a number in a message may be theirs."
)
MAC = "q7Yx0aV-Kf3_Zt9b"
Rows = list[list[dict[str, str]]]


def screen(number: int) -> tuple[str, Rows]:
    """Question and verdict in turn, with the keyboards that ours have."""
    row = 1_234_567_890_123_456_789
    bottom = [_button("✋ Get help", f"x.0.0.0.{MAC}"), _button("Leave", f"v.{row}.0.0.{MAC}")]
    if number % 2:
        return VERDICT, [[_button("Next question ›", f"g.{row}.{number % 7}.0.{MAC}")], bottom]
    choices = [_button(letter, f"a.{row}.{number % 7}.{place}.{MAC}") for place, letter in enumerate("ABC")]
    return QUESTION, [choices, bottom]


def step_of(data: str) -> int:
    """The number of the screen that follows a tap on this button."""
    return 1 if data.startswith("a.") else 0


def _button(text: str, data: str) -> dict[str, str]:
    return {"text": text, "callback_data": data}


def params(chat_id: int, number: int) -> dict[str, Any]:
    """As sendMessage takes it."""
    text, rows = screen(number)
    return {
        "chat_id": chat_id, "text": text, "parse_mode": "HTML", "reply_markup": {"inline_keyboard": rows},
        "link_preview_options": {"is_disabled": True},
    }  # fmt: skip
