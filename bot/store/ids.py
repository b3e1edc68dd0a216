"""Row ids made by us, so that a reply can name a row before it is written."""

import os
import threading
import time

EPOCH_MS = 1_735_689_600_000
"""2025-01-01T00:00Z; 41 bits of milliseconds from here last until 2094."""
LARGEST = (1 << 63) - 1
LOT_BITS, COUNT_BITS = 12, 10

_lock = threading.Lock()
_lot = int.from_bytes(os.urandom(2)) % (1 << LOT_BITS)
_last = 0


def new() -> int:
    """A fresh 63-bit id, larger than any this process made before.

    Milliseconds, then a lot drawn once per process, then a count; within one process ids never
    repeat, and two processes collide only when they drew the same lot of 4,096 and count alike
    in the same millisecond, which the primary key then refuses.
    """
    global _last
    with _lock:
        tick = ((time.time_ns() // 1_000_000) - EPOCH_MS) << COUNT_BITS
        floor = (_last >> (LOT_BITS + COUNT_BITS) << COUNT_BITS) | (_last & ((1 << COUNT_BITS) - 1))
        tick = max(tick, floor + 1)
        high, low = tick >> COUNT_BITS, tick & ((1 << COUNT_BITS) - 1)
        _last = (high << (LOT_BITS + COUNT_BITS)) | (_lot << COUNT_BITS) | low
        return _last


def after_fork() -> None:
    """Draw a new lot in a child process."""
    global _lot
    _lot = int.from_bytes(os.urandom(2)) % (1 << LOT_BITS)


os.register_at_fork(after_in_child=after_fork)
