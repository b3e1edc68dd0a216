"""The main job in real processes: invited, a lesson learned, a quiz, a story, a manager's file of completions.

By polling and by webhook, on SQLite and on PostgreSQL; people act at the small Telegram, and what counts is
what they see there, its ledger and a fresh read of the database.
"""

import csv
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.processes.far_end import Person
from tests.processes.stage import Stage

pytestmark = pytest.mark.slow
ROSTER = """\
staff_number,name,department,job,manager_staff_number,hire_date,language,time_zone
F001,Lin Ling,Risk,manager,,2020-01-06,en,Asia/Shanghai
F002,Chen Mei,Risk,credit-officer,F001,2020-01-06,en,Asia/Shanghai
F003,Omar Aziz,Sales,manager,,2020-01-06,en,Asia/Singapore
"""
LING, MEI, TAN = 101, 102, 103


class Player:
    """Plays one person: taps, and looks only when the bot has done all that it owed."""

    def __init__(self, stage: Stage, id: int, name: str) -> None:
        self.stage = stage
        self.person = Person(stage.telegram, id, name)

    def start(self, payload: str = "") -> None:
        self.person.start(payload)
        self.stage.settle()

    def write(self, words: str) -> None:
        self.person.write(words)
        self.stage.settle()

    def press(self, kind: str, number: int = 0) -> None:
        self.person.press(kind, number)
        self.stage.settle()

    def sees(self, *words: str) -> dict[str, Any]:
        screen = self.person.screen()
        assert all(word in screen["text"] for word in words), screen["text"]
        return screen

    def read_cards(self) -> int:
        """Turn the cards to the first question; how many there were."""
        cards = 1
        while not self.person.of_kind("a"):
            cards += 1
            self.press("c", -1)
        return cards - 1

    def answer_all(self) -> tuple[int, int]:
        """Answer each question with its first choice; (right, asked) as the verdicts said it."""
        right = asked = 0
        while True:
            first_time = "once more" not in self.person.screen()["text"]
            is_answer = False
            while not is_answer:
                (data, message), is_answer = self.person.next_tap()
                self.person.tap(message, data)
                self.stage.settle()
            asked += first_time
            right += first_time and "✅ Right" in self.person.screen()["text"]
            self.press("g")
            if not self.person.of_kind("a"):
                return right, asked

    def play_story(self) -> int:
        """Decide by the first choice each time until the story ends; how many decisions it took."""
        decisions = 0
        while self.person.of_kind("d"):
            self.press("d")
            self.press("f")
            decisions += 1
        return decisions


def invited(stage: Stage, staff_number: str) -> str:
    """The payload of a fresh invitation link."""
    return stage.command("invite", staff_number).strip().rsplit("start=", 1)[1]


def completions(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("way", ["polling", "webhook"])
def test_an_invited_employee_learns_and_their_manager_exports_the_score(
    stage: Stage, tmp_path: Path, way: str
) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(ROSTER, encoding="utf-8")
    assert "3 new" in stage.command("roster", "import", str(roster))
    bot = stage.bot(webhook=way == "webhook").ready()

    mei = Player(stage, MEI, "Mei")
    mei.start(invited(stage, "F002"))
    mei.sees("Hello", "Mei")
    mei.press("o")
    assert mei.read_cards() >= 3
    right, asked = mei.answer_all()
    assert asked == 3
    mei.sees(f"{right} of {asked}")

    mei.write("/quiz reporting")
    quiz_right, quiz_asked = mei.answer_all()
    assert quiz_asked == 5
    mei.sees(f"{quiz_right} of {quiz_asked}")

    mei.write("/cases")
    mei.press("u", 1)
    assert mei.play_story() == 4
    mei.sees("Stopped in time.")

    tan = Player(stage, TAN, "Mr Tan")
    tan.start()
    tan.press("j")
    mei.write("/export")
    assert not mei.person.of_kind("e"), "who manages nobody is shown no export"

    ling = Player(stage, LING, "Ling")
    ling.start(invited(stage, "F001"))
    ling.write("/export")
    ling.sees("People: 2")
    ling.press("e", 1)
    sent = ling.person.screen()["attachment"]
    assert sent["name"].startswith("completions-")
    in_chat = completions(stage.telegram.download(sent["file_id"]))

    out = tmp_path / "completions.csv"
    stage.command("export", "completions", "--out", str(out))
    everybody = completions(out.read_bytes())
    assert in_chat == [line for line in everybody if "Lin Ling" in (line["manager"], line["name"])]
    assert (
        {line["name"] for line in everybody} > {line["name"] for line in in_chat} == {"Chen Mei", "Lin Ling"}
    )
    by_unit = {line["unit"]: line for line in in_chat if line["name"] == "Chen Mei"}
    lesson, story = by_unit["report-it-fast"], by_unit["unfreeze-fee-loan"]
    assert (lesson["status"], lesson["score_percent"]) == ("completed", str(round(100 * right / asked)))
    assert (story["status"], story["score_percent"]) == ("completed", "")
    assert {line["organisation"] for line in everybody} == {"Qingchuan Credit"}

    events = [json.loads(row[0]) for row in stage.rows("SELECT payload FROM events WHERE kind = 'answered'")]
    answers = Counter((event["attempt"], event["number"]) for event in events)
    assert set(answers.values()) == {1}
    assert sum(event["first"] for event in events) == asked + quiz_asked

    code, seconds = bot.stop()
    assert code == 0, bot.log.read_text()
    assert seconds < 10
    nothing_was_repeated_or_refused(stage)


def nothing_was_repeated_or_refused(stage: Stage) -> None:
    """Every message arrived once and every call was one that Telegram takes."""
    calls = stage.telegram.calls()
    refused = [(call["method"], call["description"]) for call in calls if not call["ok"]]
    assert not [each for each in refused if each[0] != "getUpdates"]
    kept = {
        row[0]
        for row in stage.rows("SELECT message_id FROM outbox WHERE method LIKE 'send%' AND state = 'sent'")
    }
    arrived = [call["message_id"] for call in stage.telegram.sends()]
    assert sorted(kept) == sorted(arrived)
    assert stage.one("SELECT count(*) FROM dead_letters") == 0
