"""The doctor names what is wrong, and only that."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import insert

from bot import doctor
from bot.settings import read
from bot.shipped import content_root
from bot.store import ids
from bot.store.engine import connect, create
from bot.store.tables import outbox
from tests.cast import MONDAY


def about(findings: list[doctor.Finding], how: str) -> list[str]:
    return [finding.about for finding in findings if finding.how == how]


def test_an_open_data_folder_is_worth_a_look(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert about(list(doctor.of_folder(read({"FRAUDWISE_DATA_DIR": str(tmp_path)}))), "look") == [
        "data folder"
    ]
    tmp_path.chmod(0o700)
    assert about(list(doctor.of_folder(read({"FRAUDWISE_DATA_DIR": str(tmp_path)}))), "look") == []


def test_old_hotlines_are_named(tmp_path: Path) -> None:
    young = list(doctor.of_content(content_root(), date(2026, 11, 25)))
    old = list(doctor.of_content(content_root(), date(2027, 11, 25)))
    assert about(young, "look") == []
    assert about(old, "look") == ["hotlines", *["holidays"] * 4]
    assert about(list(doctor.of_content(tmp_path, date(2026, 11, 25))), "wrong") == ["content"]


def test_messages_that_wait_too_long_are_wrong(new_url: Callable[[], str]) -> None:
    writing, reading = connect(new_url())
    assert "empty" in next(doctor.of_database(writing, reading, MONDAY)).sentence
    create(writing)
    assert about(list(doctor.of_database(writing, reading, MONDAY)), "wrong") == []
    row = {
        "id": ids.new(), "chat_id": 1, "lane": 0, "care": "resend", "state": "owed", "sealed": False,
        "made_at": MONDAY, "due_at": MONDAY, "sends": 0,
    }  # fmt: skip
    with writing.begin() as connection:
        connection.execute(insert(outbox), [row])
    later = MONDAY + timedelta(minutes=11)
    assert about(list(doctor.of_database(writing, reading, later)), "wrong") == ["sending"]
    writing.dispose()
    reading.dispose()
