"""How much one account may ask: nobody meets it by tapping fast, and a flood never costs anybody help."""

from collections import Counter

import pytest

from bot.chat.telegram import Heard, Kind
from bot.chat.turnstile import CRIES_A_MINUTE, MANY, Turnstile
from tests.cast import FEN, MEI, TAN, World

PER_MINUTE = 300


class Time:
    """Moves when it is told to."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


class Door:
    """A turnstile and whoever stands before it."""

    def __init__(self, per_minute: int = PER_MINUTE) -> None:
        self.time = Time()
        self.turnstile = Turnstile(per_minute, self.time)

    def come(
        self, kind: Kind = "tap", account: int = 1, words: str = "", tap: str = "a.1.2.3.x", command: str = ""
    ) -> str:
        return self.turnstile.passage(
            Heard(1, account, account, kind, words=words, tap=tap if kind == "tap" else "", command=command)
        )

    def many(self, times: int, every: float = 0.0, account: int = 1) -> Counter[str]:
        """What became of so many taps, one every so many seconds."""
        seen = Counter[str]()
        for _ in range(times):
            seen[self.come(account=account)] += 1
            self.time.at += every
        return seen


@pytest.mark.parametrize(("a_second", "seconds"), [(4, 600), (8, 39), (20, 7), (100, 1)])
def test_nobody_meets_it_by_tapping_fast(a_second: int, seconds: int) -> None:
    door = Door()
    assert door.many(a_second * seconds, 1 / a_second) == {"in": a_second * seconds}


def test_a_flood_is_let_in_at_a_few_a_second_and_told_once_a_minute() -> None:
    door = Door()
    seen = door.many(2_000 * 180, 1 / 2_000)
    assert seen["told"] == 3
    assert 120 + 180 * 5 - 1 <= seen["in"] <= 120 + 180 * 5
    door.time.at += 30
    assert door.come() == "in", "whoever stops is let in again"


def test_a_flood_of_one_takes_nothing_from_another() -> None:
    door = Door()
    door.many(1_000)
    assert door.many(100, account=2) == {"in": 100}


@pytest.mark.parametrize(
    "cry",
    [
        {"kind": "tap", "tap": "x.0.0.0.mac"},
        {"kind": "command", "command": "report"},
        {"kind": "command", "command": "help"},
        {"kind": "words", "words": "Help!"},
        {"kind": "words", "words": "举报"},
        {"kind": "words", "words": "我被骗了"},
        {"kind": "words", "words": "I just paid them 4,000"},
    ],
    ids=str,
)
def test_words_for_help_come_in_through_any_other_flood(cry: dict[str, str]) -> None:
    door = Door()
    door.many(1_000)
    for _ in range(CRIES_A_MINUTE):
        assert door.come(**cry) == "in"  # type: ignore[arg-type]
    assert door.come(**cry) == "shed", "thirty in a minute are all answered by the same card"  # type: ignore[arg-type]
    door.time.at += 2
    door.many(100)
    assert door.come(**cry) == "in"  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["blocked", "unblocked", "nothing"])
def test_what_nobody_could_send_again_comes_in(kind: Kind) -> None:
    door = Door()
    door.many(1_000)
    unread = Heard(1, 1, 0, kind) if kind == "nothing" else Heard(1, 1, 1, kind)
    assert door.turnstile.passage(unread) == "in"


def test_it_can_be_left_open() -> None:
    assert Door(0).many(10_000) == {"in": 10_000}


def test_it_remembers_no_more_people_than_came_lately() -> None:
    door = Door()
    for account in range(3 * MANY):
        door.come(account=account)
        door.time.at += 0.1
    assert len(door.turnstile._visitors) <= MANY + 1


SAID = {
    MEI: "That was a lot in one go.",
    TAN: "That was a lot in one go.",
    FEN: "一下子来得太多了。",
}


@pytest.mark.anyio
async def test_whoever_floods_is_told_in_their_language_and_what_they_did_stands(world: World) -> None:
    await world.arrive(MEI, TAN, FEN)
    time = Time()
    world.app.turnstile = Turnstile(PER_MINUTE, time)
    for someone, first_line in SAID.items():
        chat = world.chat(someone)
        for _ in range(150):
            world.telegram.write(someone.account, "hm")
        await world.settle()
        told = [
            message for message in chat.messages if message.by_bot and message.text.startswith(first_line)
        ]
        assert len(told) == 1
        world.telegram.write(someone.account, "/report")
        await world.settle()
        assert "lot in one go" not in chat.text
        assert "来得太多" not in chat.text


@pytest.mark.anyio
async def test_what_was_shed_is_counted_and_leaves_no_row(world: World) -> None:
    await world.arrive(TAN)
    before = len(world.all_of("updates"))
    world.app.turnstile = Turnstile(PER_MINUTE, Time())
    for _ in range(150):
        world.telegram.write(TAN.account, "hm")
    await world.settle()
    assert len(world.all_of("updates")) - before == 121, "what came in, and the one that made the message"
    assert b'fraudwise_updates_total{outcome="shed"} 30.0' in world.app.metrics.page()
