"""The whole service, on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cast import STAFF, World, playing


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Nobody has come in yet; the roster is known."""
    async with playing(database_url, tmp_path) as it:
        await it.roster(*STAFF)
        yield it
