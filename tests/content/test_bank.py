"""What the bank of our own content has to hold, so that a skill is asked where it is needed."""

from collections import Counter

import pytest

from bot.content import load
from bot.rules.curriculum import Content, Item, ItemType
from bot.shipped import content_root

TASKS: tuple[ItemType, ...] = ("ordering", "numeric", "red-flags")
TRACKS = ("new-hire", "all-staff-annual", "role-manager", "role-customer-service")
PROCEDURES = ("first-day-security-habits", "already-paid-first-hour", "report-it-fast", "govern-the-risk")


@pytest.fixture(scope="module")
def content() -> Content:
    return load(content_root())


def asked(content: Content) -> list[Item]:
    return [item for unit in content.units.values() for item in unit.items]


def test_every_type_is_asked_at_least_twice(content: Content) -> None:
    counted = Counter(item.type for item in asked(content))
    assert set(counted) == {*TASKS, "single", "multiple", "true-false"}
    assert min(counted.values()) >= 2, counted


@pytest.mark.parametrize("track", TRACKS)
def test_a_track_asks_for_three_tasks_at_least(content: Content, track: str) -> None:
    units = {entry.unit for entry in content.tracks[track].units}
    tasks = [item.id for slug in units for item in content.units[slug].items if item.type in TASKS]
    assert len(tasks) >= 3, tasks


@pytest.mark.parametrize("lesson", PROCEDURES)
def test_a_procedure_is_asked_in_its_order(content: Content, lesson: str) -> None:
    assert [item for item in content.units[lesson].items if item.type == "ordering"]


def test_practice_messages_come_by_every_road_and_some_are_genuine(content: Content) -> None:
    messages = [item for item in asked(content) if item.type == "red-flags"]
    assert {item.channel for item in messages} == {"sms", "chat", "e-mail", "call", "web-page"}
    genuine = {item.unit for item in messages if not item.answer}
    assert genuine == {"phishing-in-work-chat", "unfreeze-fee-loan"}  # one for employees, one for borrowers
