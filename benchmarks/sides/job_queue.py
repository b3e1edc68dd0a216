"""PTB's JobQueue with one job a learner, all due at one instant; each does nothing at all.

`python -m benchmarks.sides.job_queue COUNT [--patient]` prints what became of them. With its defaults a job that is
a second late is dropped; *patient* ones wait however long it takes.
"""

import asyncio
import json
import logging
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.events import EVENT_JOB_MISSED
from telegram.ext import ApplicationBuilder, ContextTypes, JobQueue

SECONDS_A_JOB = 0.0006
"""Some more than it takes to schedule one on a busy machine."""
GIVEN_UP_AFTER = 180.0


async def run(count: int, patient: bool) -> dict[str, float]:
    """Schedule them, wait, and tell when the last one ran and how many never did."""
    queue: JobQueue[Any] = JobQueue()
    application = ApplicationBuilder().token("1:A").job_queue(queue).build()
    ran, missed, last = 0, 0, 0.0

    async def owe(_context: ContextTypes.DEFAULT_TYPE) -> None:
        nonlocal ran, last
        ran, last = ran + 1, time.perf_counter()

    def miss(_event: Any) -> None:
        nonlocal missed
        missed += 1

    queue.scheduler.add_listener(miss, EVENT_JOB_MISSED)
    await queue.start()
    began = time.perf_counter()
    due = datetime.now(UTC) + timedelta(seconds=2 + count * SECONDS_A_JOB)
    options = {"misfire_grace_time": None} if patient else None
    for number in range(count):
        queue.run_once(owe, due, chat_id=number, job_kwargs=options)
    scheduled = time.perf_counter() - began
    await asyncio.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds() - 0.1))
    struck = time.perf_counter() + (due - datetime.now(UTC)).total_seconds()
    while ran + missed < count and time.perf_counter() - struck < GIVEN_UP_AFTER:
        await asyncio.sleep(0.2)
    await queue.stop()
    assert application is not None  # the queue holds it by a weak reference
    return {"scheduled": scheduled, "seconds": last - struck, "ran": ran, "missed": count - ran}


def main() -> None:
    logging.disable(logging.CRITICAL)  # it says of each job that it was missed
    print(json.dumps(asyncio.run(run(int(sys.argv[1]), "--patient" in sys.argv))))


if __name__ == "__main__":
    main()
