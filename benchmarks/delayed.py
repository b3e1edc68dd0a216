"""Taps as they are with a distant Telegram: every call is answered after 50 ms.

By polling getUpdates hands out at most a hundred updates from the lowest that is not confirmed, so a round trip
bounds what anybody can fetch; by webhook it does not.
"""

from benchmarks import report
from benchmarks.lines import Line
from benchmarks.measuring import Load, measure
from benchmarks.programs import AIOGRAM, BARE_PTB, OURS, OURS_POSTED, PTB_POSTED, concurrent_ptb
from benchmarks.progress import tell
from benchmarks.taps import AT_ONCE, compared, interleaved

DELAY_MS = 50
LOAD = Load(learners=400, seconds=3.0, delay_ms=DELAY_MS)
LOOK = Load(learners=400, seconds=2.0, delay_ms=DELAY_MS, patience=20.0)
FEW = Load(learners=5, seconds=2.0, delay_ms=DELAY_MS)
"""Enough for a bot that handles one update after another."""


def look(at_once: int) -> float:
    """The bare bot's rate with so many updates at once; 0 where some are never answered.

    With many at once its calls wait longer for a connection than its default allows, and an update whose
    call failed is gone.
    """
    try:
        rate = measure(concurrent_ptb(at_once), LOOK).taps_per_second
    except TimeoutError:
        rate = 0.0
    tell(f"concurrent_updates={at_once}: {rate:.0f} taps/s")
    return rate


def delayed(repeats: int) -> list[Line]:
    """Beside the bare bot at the number of updates at once that suits it best, and beside aiogram."""
    default = measure(BARE_PTB, FEW).taps_per_second
    tried = {at_once: look(at_once) for at_once in AT_ONCE}
    best = concurrent_ptb(max(tried, key=lambda at_once: tried[at_once]))
    runs = interleaved([OURS, best, AIOGRAM, OURS_POSTED, PTB_POSTED], LOAD, repeats)
    what = f"durable taps/s, {DELAY_MS} ms API delay"
    looked = ", ".join(f"{f'{rate:.0f}' if rate else 'some unanswered'} at {n}" for n, rate in tried.items())
    ours = report.rate(runs[OURS.name])
    return [
        compared(
            f"{what}, by polling", runs, OURS, best, 10.0,
            f"its best of {looked}; one at a time, its default, {default:.0f}/s ({ours / default:.0f} ×)",
        ),
        compared(f"{what}, by polling", runs, OURS, AIOGRAM, 1.3),
        compared(f"{what}, by webhook", runs, OURS_POSTED, best, 10.0),
        compared(f"{what}, by webhook", runs, OURS_POSTED, PTB_POSTED, 10.0),
    ]  # fmt: skip
