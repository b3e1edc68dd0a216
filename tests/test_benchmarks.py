"""The benchmark counts what it says it counts: taps that were answered and, of ours, stored."""

import json
import sqlite3
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import card, learning, report, stored
from benchmarks.crowd import Crowd
from benchmarks.lines import Line
from benchmarks.measuring import Load, Measured, measure
from benchmarks.programs import BARE_PTB, FLOOR, OURS, SOCKETS, STORING_PTB, Side
from bot import content
from bot.app import TEMPLATES
from bot.chat.say import Speaker
from bot.rules.reviewing import CAP
from bot.sealing.buttons import Signer
from bot.sealing.keys import Ring
from bot.shipped import content_root
from bot.words import Words

TINY = Load(learners=5, seconds=0.5)
ASKED = [[{"text": "A", "callback_data": "a.1.0.0.mac"}], [{"text": "Menu", "callback_data": "m.0.0.0.mac"}]]
ENDED = [[{"text": "Menu", "callback_data": "m.0.0.0.mac"}]]


@pytest.mark.slow
@pytest.mark.parametrize("side", [OURS, BARE_PTB, STORING_PTB, FLOOR, SOCKETS], ids=lambda side: side.name)
def test_each_side_answers_the_crowd_and_has_stored_what_it_says_it_stores_when_killed(side: Side) -> None:
    measured = measure(side, TINY)
    assert measured.taps > 0
    assert measured.p99_ms >= measured.p50_ms > 0
    assert (measured.stored is not None) == side.stores
    if measured.stored is not None:
        assert measured.answered <= measured.stored <= measured.answered + TINY.learners


def _crowd_at_a_question() -> tuple[Crowd, int]:
    crowd = Crowd()
    crowd.join(1)
    account = next(iter(crowd.learners))
    crowd.show(account, None, "hello", ENDED)
    crowd.show(account, None, "question", ASKED)
    return crowd, account


def _last(crowd: Crowd) -> dict[str, object]:
    update: dict[str, object] = json.loads(crowd.lot(crowd.updates, 1)[0])
    return update


def test_a_tap_counts_when_its_edit_arrives_and_not_before() -> None:
    crowd, account = _crowd_at_a_question()
    assert "callback_query" in _last(crowd)
    assert (crowd.learners[account].tapped, crowd.taps) == (1, 0)
    crowd.show(account, crowd.learners[account].message_id, "verdict", ASKED)
    assert (crowd.learners[account].tapped, crowd.taps) == (2, 1)


def test_an_edit_of_another_message_counts_for_no_tap() -> None:
    crowd, account = _crowd_at_a_question()
    crowd.show(account, crowd.learners[account].message_id + 100, "elsewhere", ASKED)
    assert crowd.taps == 0


def test_where_a_quiz_has_ended_a_new_one_is_asked_for() -> None:
    crowd, account = _crowd_at_a_question()
    crowd.show(account, crowd.learners[account].message_id, "result", ENDED)
    assert "message" in _last(crowd)


def test_updates_are_given_again_until_they_are_confirmed() -> None:
    crowd = Crowd()
    crowd.join(3)
    assert len(crowd.lot(0, 100)) == len(crowd.lot(1, 100)) == 3
    assert len(crowd.lot(3, 100)) == 1


def _database(file: Path, steps: int, answers: int) -> None:
    connection = sqlite3.connect(file)
    with connection:
        connection.execute("CREATE TABLE learners (id, account_id)")
        connection.execute("CREATE TABLE attempts (learner_id, kind, version, number)")
        connection.execute("CREATE TABLE answers (attempt_id)")
        connection.execute("CREATE TABLE events (kind)")
        connection.execute("INSERT INTO learners VALUES (1, 7)")
        connection.execute("INSERT INTO attempts VALUES (1, 'quiz', ?, 2)", (steps,))
        connection.executemany("INSERT INTO answers VALUES (?)", [(1,)] * answers)
        connection.executemany("INSERT INTO events VALUES (?)", [("answered",)] * 2)
    connection.close()


@pytest.mark.parametrize(
    ("tapped", "answered", "answers"), [(5, 5, 2), (3, 3, 2), (4, 4, 1)],
    ids=["an answered tap is missing", "a tap that nobody made", "a step without its answer"],
)  # fmt: skip
def test_what_is_missing_in_the_database_is_found(
    tmp_path: Path, tapped: int, answered: int, answers: int
) -> None:
    _database(tmp_path / "kept.sqlite", steps=4, answers=answers)
    with pytest.raises(stored.NotStored):
        stored.check(tmp_path / "kept.sqlite", [(7, tapped, answered)])


def test_a_tap_under_way_may_be_stored_and_not_answered(tmp_path: Path) -> None:
    _database(tmp_path / "kept.sqlite", steps=4, answers=2)
    assert stored.check(tmp_path / "kept.sqlite", [(7, 4, 3)]) == 4


def test_a_part_that_fails_costs_its_own_lines_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_repeats: int) -> list[Line]:
        raise stored.NotStored("account 7")

    held = Line("it", "that", "×", (2.0, 4.0), 1.0, "at least")
    monkeypatch.setattr(command, "PARTS", {"broken": broken, "whole": lambda repeats: [held] * repeats})
    first, second = command.run(["broken", "whole"], 2)
    assert (first.lines, first.failed) == ((), "NotStored: account 7")
    assert second.lines == (held, held)
    assert second.as_json()["lines"][0]["values"] == [2.0, 4.0]


def _run(rate: float, cpu: float) -> Measured:
    return Measured("it", rate, cpu, 0.1, 5.0, 9.0, 10, 10, None)


def test_ratios_are_taken_between_neighbours_in_time() -> None:
    ours, other = (
        [_run(400, 1.0), _run(100, 2.0), _run(330, 1.0)],
        [_run(100, 3.0), _run(50, 4.0), _run(110, 5.0)],
    )
    assert report.ratios(ours, other) == {"median": 3.0, "least": 2.0, "most": 4.0, "cpu": 3.0}


def test_made_up_learners_live_the_same_life_twice_and_no_day_goes_beyond_the_cap() -> None:
    first, again = (learning.run(7, 12, learning.STRENGTHS["slow"]) for _ in range(2))
    assert first == again
    assert max(first["ours"].loads) <= CAP < max(first["3-10-30"].loads)
    assert first["none"].asked == [0] * 12
    known = {name: sum(seen.kept) for name, seen in first.items()}
    assert known["ours"] > known["none"]


def test_another_target_holds_only_where_it_is_asked_for() -> None:
    with learning.aiming_at(0.7):
        few = learning.run(7, 12, 20.0, ["ours"])["ours"]
    assert sum(few.asked) < sum(learning.run(7, 12, 20.0, ["ours"])["ours"].asked)


def test_a_screen_is_said_alike_with_and_without_its_buttons() -> None:
    root = content_root()
    words, loaded = Words(root / "locales", TEMPLATES), content.load(root)
    speaker = Speaker(words, Signer(Ring((b"k" * 32,))), "Acme Finance")
    first = {kind: next(s for s in card.screens(loaded) if s[0] == kind) for kind in card.KINDS}
    for screen in first.values():
        said = card._signed(speaker, *screen)
        assert card._apart(words, *screen) == said and len(said) > 40


def test_a_tap_whose_time_has_come_counts_its_wait_for_somebody_who_is_free() -> None:
    crowd, account = _crowd_at_a_question()
    crowd.is_paced = True
    crowd.tap(due=0.0)
    assert len(crowd.overdue) == 1
    crowd.show(account, crowd.learners[account].message_id, "verdict", ASKED)
    assert not crowd.overdue
    assert crowd.learners[account].since == 0.0
