"""Whatever else somebody sends: words, codes, pictures, stickers, groups; help is never far."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, update

from bot.rules.curriculum import Hotline
from bot.store.tables import learners
from tests.cast import FEN, MEI, STRANGER, TAN, Chat, World, our_content
from tests.chat.player import to_the_questions

pytestmark = pytest.mark.anyio


def hotline(place: str) -> Hotline:
    return our_content().hotlines[place]


async def tan_in(world: World) -> Chat:
    await world.arrive(TAN)
    return world.chat(TAN)


async def test_words_that_answer_no_question_get_a_way_on(world: World) -> None:
    tan = await tan_in(world)
    assert (await tan.say("is 0.6% a month a lot?")).startswith("I can't chat freely.")
    await tan.tap("All lessons")
    assert tan.first_line.startswith("📖 Lessons")


@pytest.mark.parametrize("words", ["123456", "code: 482913", "48 29 13", "8271-9921", "验证码 482913"])
async def test_what_looks_like_a_code_is_taken_out_and_not_kept(world: World, words: str) -> None:
    tan = await tan_in(world)
    sent = world.telegram.write(TAN.account, words)
    await world.settle()
    assert tan.first_line == "That looks like a one-time code."
    assert sent.message_id not in [message.message_id for message in tan.messages]
    kept = [json.loads(row["params"]).get("text", "") for row in world.all_of("outbox") if row["params"]]
    assert all("4829" not in text and "8271" not in text for text in kept)
    assert tan.labels == [["☎️ I gave it to someone"], ["No, all fine"]]
    await tan.tap("☎️ I gave it to someone")
    assert "Copy the words" in tan.buttons


@pytest.mark.parametrize("road", [["Time zone"], ["Hour", "Another hour"]])
async def test_a_code_is_taken_out_too_where_words_are_awaited(world: World, road: list[str]) -> None:
    tan = await tan_in(world)
    await tan.say("/settings")
    await tan.walk(*road)
    sent = world.telegram.write(TAN.account, "482913")
    await world.settle()
    assert tan.first_line == "That looks like a one-time code."
    assert sent.message_id not in [message.message_id for message in tan.messages]


@pytest.mark.parametrize("word", ["report", "Help", "HELP!", "举报", "求助", "通報", "報告", "檢舉"])
async def test_the_words_for_help_bring_help_in_any_state(world: World, word: str) -> None:
    tan = await tan_in(world)
    await tan.say("/settings")
    await tan.tap("Time zone")
    await tan.say(word)
    assert "Copy the words" in tan.buttons, tan.text


async def test_help_is_the_first_answer_to_somebody_nobody_knows(world: World) -> None:
    stranger = world.chat(STRANGER)
    await stranger.say("help")
    assert "Copy the words" in stranger.buttons
    assert world.learner(STRANGER).audience == "borrower"


async def test_any_other_first_word_of_a_stranger_gets_the_first_screen(world: World) -> None:
    assert (await world.chat(STRANGER).say("hi there")).startswith("Hello. I'm Fraudwise")


async def test_pictures_files_voices_and_forwards_are_asked_about_and_never_kept(world: World) -> None:
    tan = await tan_in(world)
    card = tan.last
    sendings: list[Callable[[], object]] = [
        lambda: world.telegram.send_file(TAN.account, "a.png", b"\x89PNG", "image/png", as_photo=True),
        lambda: world.telegram.send_file(
            TAN.account, "../../x.pdf", b"%PDF", "application/pdf", caption="secret words"
        ),
        lambda: world.telegram.send_voice(TAN.account),
        lambda: world.telegram.forward(TAN.account, TAN.account, card.message_id),
    ]
    for send in sendings:
        send()
        await world.settle()
        assert tan.first_line == "Is this something suspicious?"
    assert not any(call.method == "getFile" for call in world.telegram.ledger)
    assert all("secret words" not in str(row) for name in ("outbox", "events") for row in world.all_of(name))
    await tan.tap("No, all fine")
    assert tan.first_line == "Good. Asking was right all the same."


async def test_a_sticker_is_a_friendly_one(world: World) -> None:
    tan = await tan_in(world)
    world.telegram.send_sticker(TAN.account)
    await world.settle()
    assert tan.first_line == "That's a friendly one."


async def test_an_edited_message_is_not_answered_a_second_time(world: World) -> None:
    tan = await tan_in(world)
    sent = world.telegram.write(TAN.account, "hello")
    await world.settle()
    before = len(tan.messages)
    world.telegram.edit(TAN.account, sent.message_id, "hello again")
    await world.settle()
    assert len(tan.messages) == before


async def test_a_command_nobody_has_gets_the_answer_of_one_that_is_not_for_them(world: World) -> None:
    tan = await tan_in(world)
    assert await tan.say("/nosuchthing") == await tan.say("/export") == await tan.say("/triage")


async def test_added_to_a_group_the_bot_says_one_sentence_and_leaves(world: World) -> None:
    await tan_in(world)
    group = world.telegram.add_to_group(TAN.account, -100777, "Shop owners")
    await world.settle()
    said = [call.method for call in world.telegram.ledger if call.chat_id == -100777]
    assert said == ["sendMessage", "leaveChat"]
    assert group.state == "left"
    assert [row["learner_id"] for row in world.all_of("outbox") if row["chat_id"] == -100777] == [None, None]


async def test_advice_is_two_taps_from_the_first_word(world: World) -> None:
    tan = await tan_in(world)
    await tan.tap("☎️ I have just paid someone")
    assert "Copy the words" in tan.buttons
    assert f"Copy {hotline('CN').copy}" in tan.buttons, "the organisation's place, until another is chosen"
    assert len(tan.text.split("\n")) <= 12


async def test_somewhere_else_has_numbers_of_its_own_and_they_are_remembered(world: World) -> None:
    tan = await tan_in(world)
    await tan.walk("☎️ I have just paid someone", "Another place")
    await tan.tap(hotline("SG").words["en"].place)
    assert f"Copy {hotline('SG').copy}" in tan.buttons
    assert world.learner(TAN).place == "SG"
    await tan.say("/report")
    assert f"Copy {hotline('SG').copy}" in tan.buttons


async def test_where_the_place_is_unknown_it_is_asked_for_after_the_bank(world: World) -> None:
    await tan_in(world)
    tan = world.chat(TAN)

    def nowhere(connection: Connection) -> None:
        connection.execute(update(learners).values(time_zone="UTC"))

    await world.write(nowhere)
    await tan.say("/report")
    assert tan.first_line == "☎️ First call your bank: the number on your card or in its app."
    assert "‹ Back" not in tan.buttons
    await tan.tap(hotline("HK").words["en"].place)
    assert f"Copy {hotline('HK').copy}" in tan.buttons


async def test_a_number_not_checked_for_ninety_days_is_not_offered_for_copying(world: World) -> None:
    tan = await tan_in(world)
    await world.move(to=world.clock() + timedelta(days=100))
    await tan.say("/report")
    assert f"Copy {hotline('CN').copy}" not in tan.buttons
    assert f"Check it on the official site: {hotline('CN').official}" in tan.text
    assert "Copy the words" in tan.buttons


async def test_after_the_call_and_when_nobody_answers_there_is_a_next_step(world: World) -> None:
    tan = await tan_in(world)
    await tan.walk("☎️ I have just paid someone", "Can't reach it")
    assert tan.first_line == "Keep calling the bank, and use a second way at once:"
    await tan.tap(next(label for label in tan.buttons if label.startswith("I've called")))
    assert tan.first_line == "Good. You did the most important thing."
    assert "Copy 96110" in tan.buttons, "the next call is one tap away"
    await tan.tap("The steps again")
    assert "Copy the words" in tan.buttons


async def test_help_in_the_middle_of_a_question_leaves_the_question_where_it_was(world: World) -> None:
    tan = await tan_in(world)
    await tan.tap("See the first lesson")
    await to_the_questions(tan, "never-pay-before-you-receive")
    question = tan.last
    words = question.text
    await tan.tap("✋ Get help")
    assert "Copy the words" in tan.buttons and tan.last.message_id != question.message_id
    assert question.text == words
    await tan.tap(next(label for label in tan.buttons if label.startswith("I've called")))
    await tan.tap("Back to what was open")
    assert tan.text == words or tan.first_line == words.split("\n")[0]


async def test_no_screen_speaks_of_what_is_not_there_yet(world: World) -> None:
    await world.arrive(MEI, FEN, TAN)
    for who in (MEI, FEN, TAN):
        chat = world.chat(who)
        for words in (
            "/start",
            "/help",
            "/privacy",
            "/settings",
            "/report",
            "/lessons",
            "/cases",
            "/quiz",
            "/learn",
        ):
            said = (await chat.say(words)).lower()
            assert not [word for word in ("points", "积分", "case code") if word in said], said
