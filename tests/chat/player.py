"""Somebody who reads the screen and answers what stands there, rightly or not."""

import json
import re

from sqlalchemy import select

from bot.rules.curriculum import Case, Item, Lesson
from bot.store import tables
from tests.cast import Chat, our_content, our_lesson

MARK = re.compile(r"^([☐☑]|[1-6] ·|(🚩 )?[①-⑧]) ")
"""What stands before a choice that can be taken back."""


def lesson_of(slug: str) -> Lesson:
    lesson = our_content().units[slug]
    assert isinstance(lesson, Lesson)
    return lesson


def previewed(chat: Chat) -> bool:
    """Whether the screen is one of a trainer's preview."""
    return chat.first_line.startswith("Preview · ")


def asked_item(chat: Chat) -> Item:
    """The item that the learner's newest attempt waits for."""
    a = tables.attempts
    learner = chat.world.learner(chat.who)
    if previewed(chat):
        body = json.loads(chat.world.all_of("previews", learner.id)[0]["body"])
        unit = chat.world.app.room.library.version(body["unit"], body["content_version"])
        item_id = json.loads(body["queue"])[body["number"]]
        return (
            next(item for item in unit.items if item.id == item_id) if unit else our_content().items[item_id]
        )
    row = chat.world.rows(select(a).where(a.c.learner_id == learner.id).order_by(a.c.id.desc()).limit(1))[0]
    return our_content().items[json.loads(row.queue)[row.number]]


def shown(chat: Chat, key: str) -> str:
    """The label on the button of a choice: its words, or the letter that stands beside them in the text."""
    item = asked_item(chat)
    words = item.words[chat.world.learner(chat.who).language].choices[key].label
    for label in chat.buttons:
        if MARK.sub("", label) == words:
            return label
    line = next(line for line in chat.text.split("\n") if line[2:] == words)
    return next(label for label in chat.buttons if label[-1] == line[0] and len(label) <= 3)


def held(chat: Chat, kind: str) -> str:
    """The data of the button of this kind, whatever its words."""
    return next(
        str(button["callback_data"])
        for row in chat.last.keyboard or []
        for button in row
        if button.get("callback_data", "").startswith(f"{kind}.")
    )


async def give(chat: Chat, *, right: bool) -> Item:
    """Answer the question that stands there, whatever its type; the verdict is shown then."""
    item = asked_item(chat)
    if item.type == "numeric":
        await chat.say(item.answer[0] if right else "123456789")
    elif item.type == "red-flags":
        for key in item.answer if right else item.choices:
            await chat.tap(shown(chat, key))
        await chat.tap(chat.labels[-3 if previewed(chat) else -2][-1])
    elif item.type == "multiple":
        keys = item.answer if right else tuple(key for key in item.choices if key not in item.answer)
        for key in keys:
            await chat.tap(shown(chat, key))
        await chat.tap_data(held(chat, "k"))
    elif item.type == "ordering":
        for key in item.answer if right else (*item.answer[1:], item.answer[0]):
            await chat.tap(shown(chat, key))
        await chat.tap("Check")
    elif item.type == "true-false":
        verdict, reason = item.answer
        await chat.tap(shown(chat, verdict if right else {"t": "f", "f": "t"}[verdict]))
        await chat.tap(shown(chat, reason))
    else:
        await chat.tap(
            shown(chat, item.answer[0] if right else next(k for k in item.choices if k not in item.answer))
        )
    return item


async def to_the_questions(chat: Chat, slug: str) -> None:
    """From the card that stands there to the first question."""
    words = our_lesson(slug)
    for _ in range(len(words.cards) - 1):
        await chat.tap("Next ›")
    await chat.tap("Question ›")


def roads(case: Case) -> list[tuple[tuple[tuple[str, str], ...], str]]:
    """Every road through a story: the decisions taken, and the ending they lead to."""
    found = []
    waiting: list[tuple[tuple[tuple[str, str], ...], str]] = [((), case.opening)]
    while waiting:
        road, node = waiting.pop()
        if node in case.endings:
            found.append((road, node))
        else:
            waiting += [((*road, (node, choice)), goes) for choice, goes in case.decisions[node].items()]
    return sorted(found)
