"""Text as any spreadsheet takes it."""

from datetime import datetime

CELL_LIMIT = 32_767
"""Characters an Excel cell holds; what is cut is marked."""
CUT = " …[cut]"


def readable(text: str) -> str:
    """Without the control characters that no cell may hold."""
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n\r")


def fitted(text: str) -> str:
    """No longer than a cell; what is cut says so."""
    return text if len(text) <= CELL_LIMIT else text[: CELL_LIMIT - len(CUT)] + CUT


def instant(at: datetime) -> str:
    """An instant with its offset, to the second."""
    return at.isoformat(timespec="seconds")
