"""Groups: added, removed, gone, grown into a supergroup."""

from bot.demo.telegram import SmallTelegram
from tests.demo.conftest import MEI, Bot

GROUP, SUPERGROUP = -40, -1001234


def test_being_added_reaches_the_bot_and_it_may_write_and_leave(bot: Bot, telegram: SmallTelegram) -> None:
    telegram.add_to_group(MEI, GROUP, "Branch")
    told = [each.as_json() for each in telegram.world.updates.alive()][-1]["my_chat_member"]
    assert (told["chat"], told["new_chat_member"]["status"]) == (
        {"id": GROUP, "title": "Branch", "type": "group"},
        "member",
    )

    assert bot.ask("sendMessage", chat_id=GROUP, text="I only work in private")["chat"]["type"] == "group"
    assert bot.ask("leaveChat", chat_id=GROUP) is True
    assert (
        bot.refused("sendMessage", chat_id=GROUP, text="a")
        == "Forbidden: bot is not a member of the group chat"
    )
    assert bot.refused("leaveChat", chat_id=GROUP) == "Forbidden: bot is not a member of the group chat"
    assert bot.refused("leaveChat", chat_id=MEI).startswith("Bad Request")


def test_only_commands_and_answers_are_heard_in_a_group(bot: Bot, telegram: SmallTelegram) -> None:
    telegram.add_to_group(MEI, GROUP, "Branch")
    telegram.write(MEI, "lunch?", into=GROUP)
    telegram.write(MEI, "/learn", into=GROUP)

    told = [each.as_json() for each in telegram.world.updates.alive() if each.kind == "message"]
    assert [each["message"]["text"] for each in told] == ["/start", "/learn"]


def test_a_removed_bot_is_told_which_kind_of_group(bot: Bot, telegram: SmallTelegram) -> None:
    for group, kind in ((GROUP, "group"), (SUPERGROUP, "supergroup")):
        telegram.add_to_group(MEI, group, "Branch")
        telegram.remove_from_group(MEI, group)
        assert (
            bot.refused("sendMessage", chat_id=group, text="a")
            == f"Forbidden: bot was kicked from the {kind} chat"
        )


def test_a_deleted_group_is_gone(bot: Bot, telegram: SmallTelegram) -> None:
    telegram.add_to_group(MEI, GROUP, "Branch")
    telegram.delete_group(GROUP)

    assert bot.refused("sendMessage", chat_id=GROUP, text="a") == "Forbidden: the group chat was deleted"


def test_an_upgraded_group_names_its_new_id(bot: Bot, telegram: SmallTelegram) -> None:
    telegram.add_to_group(MEI, GROUP, "Branch")
    telegram.upgrade_group(GROUP, SUPERGROUP)
    status, answer = bot.call("sendMessage", chat_id=GROUP, text="a")

    assert (status, answer["parameters"]) == (400, {"migrate_to_chat_id": SUPERGROUP})
    assert answer["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert bot.ask("sendMessage", chat_id=SUPERGROUP, text="a")["message_id"] == 1
