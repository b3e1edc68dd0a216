"""The clock itself: what it makes of a tick that could not be, and of one that is cut off."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bot.clock.ticks import Clock
from bot.store.group import Stale
from tests.rules.test_tracks import SCHOOL
from tests.store.conftest import Store, somebody
from tests.web.logs import logging_to

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def clock(store: Store, territory: Callable[[str], str | None] = lambda _: None) -> Clock:
    return Clock(
        store.writer(), b"key", lambda: NOW, lambda: None, content=lambda: SCHOOL, territory=territory
    )


def collides(_zone: str) -> str | None:
    """Asked in the middle of a step: as if somebody changed a row of it just then."""
    raise Stale("assignments")


def breaks(_zone: str) -> str | None:
    raise ZeroDivisionError


@pytest.mark.parametrize(("meanwhile", "said"), [(collides, 0), (breaks, 1)])
def test_a_collision_is_no_error_and_what_it_undid_is_done_at_the_next_tick(
    store: Store, capsys: pytest.CaptureFixture[str], meanwhile: Callable[[str], None], said: int
) -> None:
    store.add(somebody(1, audience="employee"))
    with logging_to("INFO", "json", []):
        assert clock(store, meanwhile).enrol() == 0
    assert capsys.readouterr().err.count("tick_failed") == said
    assert store.all_of("plans") == []
    assert clock(store).enrol() == 1
    assert [row["learner_id"] for row in store.all_of("plans")] == [1]
