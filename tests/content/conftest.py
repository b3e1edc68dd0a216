from pathlib import Path

import pytest

from tests.content.small import Small


@pytest.fixture
def small(tmp_path: Path) -> Small:
    """A folder without a fault, to be spoiled."""
    return Small(tmp_path)
