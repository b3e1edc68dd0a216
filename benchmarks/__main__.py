"""`python -m benchmarks [PART …]`: how fast it is beside what somebody would use instead, as one table.

Let nothing else run meanwhile. Only ratios of one run count: the machine moves by a third from
run to run, so every line is measured side by side with what it is compared with.
"""

import argparse
import json
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import (
    beside,
    broadcast,
    card,
    checking,
    delayed,
    exports,
    latency,
    machine,
    replicas,
    soak,
    store,
    taps,
    ticks,
)
from benchmarks.lines import HEAD, Line, Part, row

PARTS: dict[str, Part] = {
    "taps": taps.taps,
    "delayed": delayed.delayed,
    "store": store.store,
    "replicas": replicas.replicas,
    "latency": latency.latency,
    "broadcast": broadcast.broadcast,
    "card": card.card,
    "export": exports.export,
    "xlsx": exports.xlsx,
    "beside": beside.beside,
    "tick": ticks.tick,
    "soak": soak.soak,
}
"""What there is to measure, in the order of the table."""
ALONE = {"check": checking.main}
"""Figures with a table and options of their own, which the one table leaves out."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A part that was measured, or that failed."""

    name: str
    seconds: float
    lines: tuple[Line, ...] = ()
    failed: str = ""

    def as_json(self) -> dict[str, Any]:
        found = {"failed": self.failed} if self.failed else {"lines": [it.as_json() for it in self.lines]}
        return {**found, "seconds": round(self.seconds, 1)}


def run(names: Sequence[str], repeats: int) -> Iterator[Ended]:
    """Measure these parts one after another; a part that fails costs its own lines and no others."""
    for name in names:
        began = time.monotonic()
        try:
            found = tuple(PARTS[name](repeats))
        except Exception as error:
            traceback.print_exc()
            yield Ended(name, time.monotonic() - began, failed=f"{type(error).__name__}: {error}")
        else:
            yield Ended(name, time.monotonic() - began, found)


def main() -> int:
    if sys.argv[1:2] and sys.argv[1] in ALONE:
        ALONE[sys.argv[1]](sys.argv[2:])
        return 0
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all when none is named"
    )
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", type=Path, help="also write everything to this file")
    asked = parser.parse_args()
    if strange := set(asked.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(strange))}")
    about, ended = machine.about(), list[Ended]()
    print(HEAD, flush=True)
    for part in run(asked.parts or list(PARTS), asked.repeats):
        ended.append(part)
        print(*map(row, part.lines), sep="\n", end="\n" * bool(part.lines), flush=True)
        if asked.json is not None:  # after each part: what was measured outlives whoever ends the run
            found = {
                "machine": about,
                "repeats": asked.repeats,
                "parts": {it.name: it.as_json() for it in ended},
            }
            asked.json.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    for part in ended:
        if part.failed:
            print(f"\n{part.name}: not measured. {part.failed}")
    print("\n" + ", ".join(f"{name} {value}" for name, value in about.items() if value not in (None, "")))
    return int(any(part.failed or not all(line.is_met for line in part.lines) for part in ended))


if __name__ == "__main__":
    sys.exit(main())
