"""Text as any spreadsheet takes it."""

from datetime import datetime

CELL_LIMIT = 32_767
"""UTF-16 units an Excel cell holds, as Excel counts characters; what is cut is marked."""
SURELY_FITS = CELL_LIMIT // 2
"""So many letters never take more, whatever they are."""
CUT = " …[cut]"


def readable(text: str) -> str:
    """Without the control characters that no cell may hold."""
    if text.isprintable():
        return text
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n\r")


def fitted(text: str) -> str:
    """No longer than a cell; what is cut says so."""
    if len(text) <= SURELY_FITS:
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * CELL_LIMIT:
        return text
    # half of a letter at the cut is left out
    return units[: 2 * (CELL_LIMIT - len(CUT))].decode("utf-16-le", "ignore") + CUT


def instant(at: datetime) -> str:
    """An instant with its offset, to the second."""
    return at.isoformat(timespec="seconds")
