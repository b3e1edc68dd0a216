"""Who the bot is, what it knows of a chat, and how it says goodbye."""

from bot.demo.telegram import SmallTelegram
from tests.demo.conftest import MEI, STRANGER, Bot


def test_the_bot_knows_itself_by_its_name_and_token(bot: Bot) -> None:
    bot.ask("setMyName", name="Guide")
    me = bot.ask("getMe")

    assert (me["id"], me["is_bot"], me["first_name"]) == (110, True, "Guide")
    assert bot.refused("setMyName", name="") == "Bad Request: BOT_TITLE_INVALID"


def test_a_chat_is_known_once_somebody_wrote(bot: Bot) -> None:
    assert bot.ask("getChat", chat_id=MEI)["type"] == "private"
    assert bot.refused("getChat", chat_id=STRANGER) == "Bad Request: chat not found"


def test_after_logging_out_every_call_is_unauthorized(bot: Bot) -> None:
    assert bot.ask("close") is True
    assert bot.ask("getMe")
    assert bot.ask("logOut") is True
    assert bot.refused("getMe") == bot.refused("getUpdates") == "Unauthorized"


def test_an_unknown_method_is_not_found(bot: Bot, telegram: SmallTelegram) -> None:
    assert bot.refused("sendGame", chat_id=MEI) == "Not Found: method not found"
    assert telegram.ledger[-1].status == 404
