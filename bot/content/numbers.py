"""Short numbers for slugs, so that button data need not carry names."""

from collections.abc import Iterable
from hashlib import sha256

from bot.content.places import Faults, Place


def number_of(slug: str) -> int:
    """First four bytes of the slug's SHA-256, unsigned."""
    return int.from_bytes(sha256(slug.encode()).digest()[:4], "big")


def refuse_collisions(places: Iterable[tuple[str, Place]], faults: Faults) -> None:
    """Two slugs with one number would answer to each other's buttons."""
    seen: dict[int, str] = {}
    for slug, place in places:
        twin = seen.setdefault(number_of(slug), slug)
        if twin != slug:
            faults.at(place, "number", f"“{slug}” and “{twin}” get the same number; give one another slug.")
