"""answerCallbackQuery: the toast or the sheet that follows a tap."""

from bot.demo.telegram import limits
from bot.demo.telegram.asked import Asked
from bot.demo.telegram.markup import units
from bot.demo.telegram.refusals import bad
from bot.demo.telegram.world import Change

# telegram-bot-api, Client.cpp, fail_query_with_error on QUERY_ID_INVALID.
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def answer_callback_query(asked: Asked) -> bool:
    """Answer a tap once: with nothing, a toast, or a sheet."""
    world = asked.world
    query = world.queries.get(asked.text("callback_query_id"))
    if query is None or query.answered or world.now() - query.at >= limits.LIFE_OF_TAP:
        raise bad(_TOO_OLD)
    asked.chat_id, asked.message_id = query.chat_id, query.message_id
    text = asked.text("text")
    # constants.CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH
    if units(text) > limits.ANSWER:
        raise bad("MESSAGE_TOO_LONG")
    if asked.text("url"):
        # Bot API: only for games and t.me/…?start= links; this bot has neither.
        raise bad("URL_INVALID")
    query.answered, query.text, query.is_sheet = True, text, asked.flag("show_alert")
    asked.effect = True
    kind = "sheet" if query.is_sheet and text else "toast"
    world.show(
        Change("sheet" if kind == "sheet" else "toast", query.chat_id, None, query.message_id, text, query.id)
    )
    return True
