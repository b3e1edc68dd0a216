from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sending.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    it = Office(tmp_path)
    yield it
    it.close()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
