"""Places to send from, shared by the processes that have one token: who may start a call, and when.

A place holds one call in any `WINDOW`, and there are as many places as calls allowed a second: however late a
process fires within what it was given, no window holds more. Instants are whole microseconds of one clock
that all of them read; only the difference of two of its readings means anything.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

SECOND = 1_000_000
WINDOW = 1_013_000
"""In which at most so many calls may start: what is started together arrives up to some milliseconds apart. Of 40,000
calls at 1,000/s none was refused; with 1.012 s one was, with 1.009 s and `CATCH_UP` of 50 ms 52 of 10,000 (measured)."""
MOST = 50
"""Places given out at once."""
LIFE = SECOND * 15 // 100
"""How long a place stays usable, and how far ahead one is given out to lanes nobody waits for: a reply elsewhere waits
hardly longer. Who is answered slowly asks for more."""
CATCH_UP = SECOND // 100
"""What lanes sent at an even pace may take at once after somebody was late: posting it must not take longer than a window
is over a second."""
HOLD = 2 * SECOND
"""For how long a process that is alone holds every place; what it held is free so long after a kill."""
QUIET = 75 * SECOND
"""After so long without a word from another process, one is alone."""
STEP_BACK = SECOND
"""A clock that goes back further than this has been set, or belongs to another start of the machine."""


@dataclass(frozen=True, slots=True)
class Places:
    """What all processes know together."""

    free_at: tuple[int, ...]
    """When each place may be used again, as far as anybody knows."""
    even_at: int
    """Not before this may the next call start that nobody waits for."""
    paused_until: int
    seen_at: int
    """When somebody asked last, and who it was."""
    last: str
    mixed_at: int
    """When somebody else than the one before asked last."""
    holder: str
    """Who holds every place; empty when they are given out one by one."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What one process tells the others, and what it would like."""

    by: str
    many: int = 0
    is_reply: bool = False
    life: int = LIFE
    used: tuple[tuple[int, int], ...] = ()
    """Of places given out before: their mark, and when a call started there at the latest."""
    back: tuple[int, ...] | None = None
    """All places, given back by who held them: when each may be used again."""
    pause: int = 0
    """For so long Telegram wants nothing at all."""
    leaves: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """One call may start between `opens` and `closes`."""

    opens: int
    closes: int
    mark: int
    """By which its place is known when it is told of."""


@dataclass(frozen=True, slots=True)
class Grant:
    """The answer to an ask."""

    now: int
    paused_until: int
    slots: tuple[Slot, ...] = ()
    again_in: int = 0
    """Ask again after so long: nothing was free."""
    alone_until: int = 0
    """Until then every place is this process's own."""
    alone: tuple[int, ...] | None = None
    """When each of these may be used; None where it has held them all along."""
    is_wanted_back: bool = False
    """Others are about: stop, and give all places back."""


def opened(per_second: int, now: int) -> Places:
    """Places of which nothing is known: as if the window before had been used up evenly."""
    free = tuple(now + step * WINDOW // per_second for step in range(per_second))
    return Places(free, now, 0, now, "", 0, "")


def hand_out(places: Places, ask: Ask, per_second: int, now: int) -> tuple[Places, Grant]:
    """What this process may do now, and what all know afterwards."""
    if now < places.seen_at - STEP_BACK:
        free = (now + HOLD + WINDOW,) * per_second  # whoever holds some has lost them by then
        places = Places(free, now, 0, now, "", now, "")
    now = max(now, places.seen_at)
    is_other = places.last not in ("", ask.by)
    places = replace(
        places, free_at=_fitting(places.free_at, per_second, now), seen_at=now, last=ask.by,
        mixed_at=now if is_other else places.mixed_at,
    )  # fmt: skip
    places = _told(places, ask, per_second, now)
    if ask.leaves or not ask.many:
        return replace(places, last="") if ask.leaves else places, Grant(now, places.paused_until)
    if places.paused_until > now:
        is_wanted = places.holder == ask.by
        wait = min(places.paused_until - now, SECOND // 2)
        return places, Grant(now, places.paused_until, again_in=wait, is_wanted_back=is_wanted)
    if now - places.mixed_at > QUIET and places.holder in ("", ask.by):
        return _alone(places, ask, now)
    if places.holder == ask.by:
        return places, Grant(now, 0, is_wanted_back=True)
    return _some(places, ask, per_second, now)


def _fitting(free: tuple[int, ...], per_second: int, now: int) -> tuple[int, ...]:
    """As many places as the limit says; new ones are free after a window, of too many the latest stay."""
    if len(free) == per_second:
        return free
    return (*sorted(free)[-per_second:], *[now + WINDOW] * (per_second - len(free)))


def _told(places: Places, ask: Ask, per_second: int, now: int) -> Places:
    """With what this process tells of the places that it had."""
    free: Sequence[int] = places.free_at
    if ask.used:
        used: dict[int, list[int]] = defaultdict(list)
        for mark, at in ask.used:
            used[mark].append(at)
        free = [told.pop() + WINDOW if (told := used.get(at)) else at for at in free]
    if ask.back is not None and places.holder == ask.by:
        places = replace(places, holder="")
        free = _fitting(ask.back, per_second, now)
    if ask.pause:
        places = replace(places, paused_until=max(places.paused_until, now + ask.pause))
    if ask.pause or ask.back is not None:
        start = places.paused_until
        gap = WINDOW / per_second
        free = [max(at, start + int(step * gap)) for step, at in enumerate(sorted(free))]
    return replace(places, free_at=tuple(free))


def _alone(places: Places, ask: Ask, now: int) -> tuple[Places, Grant]:
    """Everything, for a while."""
    until = now + HOLD
    known = None if places.holder == ask.by else places.free_at
    held = replace(places, holder=ask.by, free_at=(until + WINDOW,) * len(places.free_at))
    return held, Grant(now, 0, alone_until=until, alone=known)


def _some(places: Places, ask: Ask, per_second: int, now: int) -> tuple[Places, Grant]:
    """The places that are free first."""
    free = sorted(places.free_at)
    edge = now + ask.life * (2 if ask.is_reply else 1)
    even, gap = places.even_at, WINDOW // per_second
    slots: list[Slot] = []
    again_in = 0
    for at in free[: min(ask.many, MOST)]:
        opens = max(at, now) if ask.is_reply else max(at, now, even)
        if opens > edge:
            again_in = min(opens - edge, ask.life)  # somebody may give theirs back
            break
        closes = opens + ask.life
        slots.append(Slot(opens, closes, closes + WINDOW))
        if not ask.is_reply:
            even = max(even, opens - CATCH_UP) + gap
    if not slots:
        return places, Grant(now, 0, again_in=again_in)
    left = (*(slot.mark for slot in slots), *free[len(slots) :])
    return replace(places, free_at=left, even_at=even, holder=""), Grant(now, 0, tuple(slots))
