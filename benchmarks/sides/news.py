"""What is broadcast, and to whom: every chat gets two messages, one after the other."""

from collections.abc import Iterator

FIRST = 10_000_000
TEXT = (
    "<b>News {number}</b>\n\nA caller who wants a fee before your loan is paid out is a fraudster. Hang up, and report "
    "it with /report: it takes a minute, and it may save somebody's savings. The number on our card is the only one we use."
)


def chats(count: int) -> Iterator[tuple[int, int]]:
    """(chat, number of the message)."""
    half = count // 2
    for number in (1, 2):
        for chat in range(FIRST, FIRST + half):
            yield chat, number


def words(number: int) -> str:
    """Two hundred and fifty characters, as a reminder has."""
    return TEXT.format(number=number)
