"""A whole day in the log: what went wrong stands there, and of the people not a word, a name or a number."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.store import tables
from tests.cast import TOKEN, Someone, World, playing, until
from tests.chat.player import give, to_the_questions
from tests.web.logs import logging_to

BOSS = Someone(7_302_111_222, "Xenia Quennell", staff_number="ZQ-44710", department="Vault Nine")
STAFF = Someone(
    7_302_111_333, "Yolanda Quimby", staff_number="ZQ-44720", department="Vault Nine", manager="ZQ-44710"
)
HEAD = Someone(
    7_302_111_444, "Zebedee Quist", staff_number="ZQ-44730", department="Vault Nine", right="administrator"
)
SICK = Someone(
    7_302_111_555, "Wilhelmina Quirke", staff_number="ZQ-44740", department="Vault Nine", manager="ZQ-44710"
)
OWNER = Someone(7_302_111_666, "Ulrika Quorn", code="zh-hans")
EVERYBODY = (BOSS, STAFF, HEAD, SICK, OWNER)
TYPED = (
    "I have just paid zorblatt 48,750",
    "qwertzuiop",
    "+86 138 4477 9911",
    "/zorblatt secretword",
    "482913",
    "报告 祖布拉特",
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@contextmanager
def nothing_but_ours() -> Iterator[None]:
    """The lines of this test only."""
    with logging_to("DEBUG", "json", [TOKEN]):
        yield


async def a_day(world: World) -> list[str]:
    """What people do in a day, and what goes wrong; the invitations that were used."""
    for someone in EVERYBODY:
        world.telegram.add_person(someone.account, someone.name, language_code=someone.code)
    await world.roster(BOSS, STAFF, HEAD, SICK)
    tokens = [await world.invite(someone) for someone in (BOSS, STAFF, HEAD, SICK)]
    for someone, token in zip((BOSS, STAFF, HEAD, SICK), tokens, strict=True):
        world.telegram.start(someone.account, token)
    world.telegram.start(OWNER.account, tokens[0])  # it is used
    await world.settle()
    chat = world.chat(STAFF)
    await chat.tap("Start · 2 minutes")
    await to_the_questions(chat, "report-it-fast")
    await give(chat, right=True)
    for someone in (STAFF, OWNER):
        for words in TYPED:
            await world.chat(someone).say(words)
    await world.chat(BOSS).say("/export")
    await world.chat(BOSS).tap("CSV")
    head = world.chat(HEAD)
    await head.say("/invite")
    await head.say(str(STAFF.staff_number))
    tokens.append(head.text.split("/start ")[1].split("\n")[0])
    await world.carry_out()
    return tokens


async def what_goes_wrong(world: World) -> None:
    """A row that no journey can read, whose every error would quote it; and lessons that do not go out."""
    world.dead_letters_are_expected = True
    row = tables.learners.c.account_id == SICK.account
    broken = {"language": SICK.name.split()[0], "time_zone": f"Nowhere/{SICK.staff_number}"}
    sick = world.learner(SICK)
    await world.write(lambda c: c.execute(update(tables.learners).where(row).values(broken)))
    world.telegram.write(SICK.account, "/settings")
    world.telegram.write(SICK.account, "/zorblatt")
    await world.settle()
    owed = {"chat_id": SICK.account, "learner_id": sick.id, "due_at": world.clock()}
    await world.write(lambda c: _owe(c, owed))
    await world.settle()
    logging.getLogger("asyncio").error(
        "Task exception was never retrieved\nfuture: <Task exception=%r>", KeyError(SICK.name)
    )
    try:
        raise LookupError(f"{SICK.name} {TYPED[0]}")
    except LookupError:
        logging.getLogger("library").exception("A library gave up")
    world.app.clock.strike()
    world.clock.at = world.clock.at.replace(hour=23)
    world.app.clock.watch()
    await until(lambda: world.all_of("marks"), "the alarm is on")


def _owe(connection: Any, owed: dict[str, Any]) -> None:
    empty: dict[str, Any] = {column.name: None for column in tables.outbox.c}
    row = {
        "id": 1,
        "lane": 0,
        "care": "resend",
        "state": "owed",
        "sealed": False,
        "made_at": owed["due_at"],
        "sends": 0,
    }
    connection.execute(tables.outbox.insert(), {**empty, **row, **owed, "wish": "my_data", "wish_args": "{}"})


def told_of(tokens: list[str]) -> list[str]:
    """What must not stand in a log: of people everything, of us the token."""
    names = [part for someone in EVERYBODY for part in someone.name.split()]
    numbers = [str(someone.staff_number) for someone in EVERYBODY if someone.staff_number]
    accounts = [str(someone.account) for someone in EVERYBODY]
    words = [word for typed in TYPED for word in typed.strip("/").split() if len(word) > 4]
    return [*names, *numbers, *accounts, *words, *tokens, "138 4477", "Vault Nine", TOKEN.split(":")[1]]


@pytest.mark.anyio
async def test_nothing_of_anybody_stands_in_the_log_of_a_day(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with nothing_but_ours():
        async with playing(database_url, tmp_path) as world:
            tokens = await a_day(world)
            await what_goes_wrong(world)
            internal = [str(row["id"]) for row in world.all_of("learners")]
    lines = capsys.readouterr().err.splitlines()
    said = [json.loads(line) for line in lines]
    events = {line["event"] for line in said}
    assert {"journey_failed", "sending_failed", "lessons_do_not_go_out", "A library gave up"} <= events, (
        events
    )
    everything = "\n".join(lines)
    assert [secret for secret in [*told_of(tokens), *internal] if secret.lower() in everything.lower()] == []
    assert all({"timestamp", "level", "logger"} <= set(line) for line in said)


def test_the_day_would_be_found_if_it_were_there(capsys: pytest.CaptureFixture[str]) -> None:
    with nothing_but_ours():
        logging.getLogger("library").info("Hello %s", replace(STAFF, code="en").name)
    said = capsys.readouterr().err
    assert [secret for secret in told_of([]) if secret in said] == ["Yolanda", "Quimby"]
