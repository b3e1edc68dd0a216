"""Commands by scope and language, names and descriptions."""

from typing import Any

import pytest

from bot.demo.telegram import SmallTelegram
from tests.demo.conftest import MEI, STRANGER, Bot


def command(name: str = "learn", description: str = "Go on") -> dict[str, str]:
    return {"command": name, "description": description}


def menu(telegram: SmallTelegram, person_id: int = MEI) -> list[str]:
    return [each["command"] for each in telegram.chat(person_id).menu]


def test_the_narrowest_scope_wins_and_in_it_the_language(bot: Bot, telegram: SmallTelegram) -> None:
    telegram.start(STRANGER)

    def put(name: str, scope: dict[str, Any] | None = None, language: str = "") -> None:
        bot.ask("setMyCommands", commands=[command(name)], scope=scope, language_code=language)

    put("default")
    assert (menu(telegram), menu(telegram, STRANGER)) == (["default"], ["default"])
    put("chinese", language="zh")
    assert (menu(telegram), menu(telegram, STRANGER)) == (["default"], ["chinese"])
    put("private", {"type": "all_private_chats"})
    assert (menu(telegram), menu(telegram, STRANGER)) == (["private"], ["private"])
    put("mine", {"type": "chat", "chat_id": MEI})
    put("mine_in_chinese", {"type": "chat", "chat_id": MEI}, "zh")
    assert (menu(telegram), menu(telegram, STRANGER)) == (["mine"], ["private"])

    bot.ask("deleteMyCommands", scope={"type": "chat", "chat_id": MEI})
    assert menu(telegram) == ["private"]
    bot.ask("setMyCommands", commands=[], scope={"type": "all_private_chats"})
    assert menu(telegram, STRANGER) == ["chinese"]


def test_a_list_is_read_back_from_its_own_scope_and_language(bot: Bot) -> None:
    bot.ask("setMyCommands", commands=[command("/learn")], language_code="en")

    assert bot.ask("getMyCommands", language_code="en") == [command("learn")]
    assert bot.ask("getMyCommands") == []


@pytest.mark.parametrize("language", ["zh-Hans", "zho", "ZH", "z"])
def test_a_language_has_two_letters_or_none(bot: Bot, language: str) -> None:
    refusal = "Bad Request: invalid language code specified"
    assert bot.refused("setMyCommands", commands=[command()], language_code=language) == refusal
    assert bot.refused("setMyDescription", description="a", language_code=language) == refusal
    assert bot.ask("setMyCommands", commands=[command()], language_code="zh") is True


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (command("Learn"), "BOT_COMMAND_INVALID"),
        (command("l-earn"), "BOT_COMMAND_INVALID"),
        (command("学"), "BOT_COMMAND_INVALID"),
        (command(""), "command must be non-empty"),
        (command("x" * 33), "command length must not exceed 32"),
        (command(description=""), "command description must be non-empty"),
        (command(description="x" * 257), "command description length must not exceed 256"),
        ({"command": "learn"}, "can't parse BotCommand: Can't find field \"description\""),
    ],
)
def test_a_command_out_of_bounds_is_refused(bot: Bot, given: dict[str, str], fault: str) -> None:
    assert bot.refused("setMyCommands", commands=[given]) == f"Bad Request: {fault}"


def test_a_command_within_bounds_is_taken(bot: Bot) -> None:
    assert bot.ask("setMyCommands", commands=[command("x" * 32, "学" * 256), command("a_1")]) is True
    assert bot.ask("setMyCommands", commands=[command(f"c{number}") for number in range(100)]) is True
    assert bot.refused("setMyCommands", commands=[command(f"c{number}") for number in range(101)]) == (
        "Bad Request: BOT_COMMANDS_TOO_MUCH"
    )
    assert bot.refused("setMyCommands", commands="[") == "Bad Request: can't parse commands JSON object"


@pytest.mark.parametrize(
    ("scope", "fault"),
    [
        ({"type": "chat", "chat_id": 99}, "chat not found"),
        ({"type": "chat", "chat_id": STRANGER}, "chat not found"),
        ({"type": "chat"}, "chat_id is empty"),
        ({"type": "everybody"}, "can't parse BotCommandScope: Unsupported type specified"),
        ({"type": "chat_administrators", "chat_id": MEI}, "can't use specified scope in private chats"),
        ({}, "can't parse BotCommandScope: Can't find field \"type\""),
    ],
)
def test_a_scope_that_is_none_is_refused(bot: Bot, scope: dict[str, Any], fault: str) -> None:
    assert bot.refused("setMyCommands", commands=[command()], scope=scope) == f"Bad Request: {fault}"


def test_the_menu_button_is_set_for_one_chat_or_all(bot: Bot) -> None:
    assert bot.ask("getChatMenuButton") == {"type": "commands"}
    bot.ask("setChatMenuButton", chat_id=MEI, menu_button={"type": "default"})
    assert bot.ask("getChatMenuButton", chat_id=MEI) == {"type": "default"}
    assert bot.ask("getChatMenuButton") == {"type": "commands"}
    assert bot.refused("setChatMenuButton", menu_button={"type": "big"}).startswith("Bad Request")


@pytest.mark.parametrize(
    ("method", "name", "longest", "fault"),
    [
        ("setMyName", "name", 64, "BOT_TITLE_INVALID"),
        ("setMyDescription", "description", 512, "BOT_DESCRIPTION_TOO_LONG"),
        ("setMyShortDescription", "short_description", 120, "BOT_SHORT_DESCRIPTION_TOO_LONG"),
    ],
)
def test_names_and_descriptions_have_limits(
    bot: Bot, method: str, name: str, longest: int, fault: str
) -> None:
    assert bot.ask(method, **{name: "学" * longest}) is True
    assert bot.refused(method, **{name: "学" * (longest + 1)}) == f"Bad Request: {fault}"
    assert bot.ask("g" + method[1:]) == {name: "学" * longest}


def test_an_empty_chat_shows_the_description_in_the_persons_language(
    bot: Bot, telegram: SmallTelegram
) -> None:
    bot.ask("setMyDescription", description="Press Start")
    bot.ask("setMyDescription", description="点“开始”", language_code="zh")

    assert telegram.chat(MEI).description == "Press Start"
    assert telegram.chat(STRANGER).description == "点“开始”"
