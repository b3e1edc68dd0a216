"""A world with the whole roster in it, on SQLite."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.cast import STAFF, World, playing


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def world(sqlite_url: Callable[[], str], tmp_path: Path) -> AsyncIterator[World]:
    """Nobody has come in yet; the roster is known."""
    async with playing(sqlite_url(), tmp_path) as world:
        await world.roster(*STAFF)
        yield world
