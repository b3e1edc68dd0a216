"""`python -m benchmarks [PART …]`: how fast it is beside what somebody would use instead, as one table.

Let nothing else run meanwhile. Only ratios of one run count: the machine moves by a third from
run to run, so every line is measured side by side with what it is compared with.
"""

import argparse
import json
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import (
    card,
    checking,
    delayed,
    latency,
    machine,
    replicas,
    roster,
    store,
    taps,
)
from benchmarks.lines import Line, Part, table

PARTS: dict[str, Part] = {
    "taps": taps.taps,
    "delayed": delayed.delayed,
    "store": store.store,
    "replicas": replicas.replicas,
    "latency": latency.latency,
    "card": card.card,
}
"""What there is to measure, in the order of the table."""
ALONE = {"roster": roster.main, "check": checking.main}
"""Figures with a table and options of their own, which the one table leaves out."""


def run(names: Sequence[str], repeats: int) -> tuple[list[Line], dict[str, Any]]:
    """Measure these parts one after another; a part that fails costs its own lines and no others."""
    lines: list[Line] = []
    told: dict[str, Any] = {}
    for name in names:
        began = time.monotonic()
        try:
            found = list(PARTS[name](repeats))
        except Exception as error:
            traceback.print_exc()
            told[name] = {"failed": f"{type(error).__name__}: {error}"}
        else:
            lines += found
            told[name] = {"lines": [line.as_json() for line in found]}
        told[name]["seconds"] = round(time.monotonic() - began, 1)
    return lines, told


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
    about = machine.about()
    lines, told = run(asked.parts or list(PARTS), asked.repeats)
    if asked.json is not None:
        found = {"machine": about, "repeats": asked.repeats, "parts": told}
        asked.json.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(table(lines))
    failed = {name: part["failed"] for name, part in told.items() if "failed" in part}
    for name, fault in failed.items():
        print(f"\n{name}: not measured. {fault}")
    print("\n" + ", ".join(f"{name} {value}" for name, value in about.items() if value not in (None, "")))
    return 0 if not failed and all(line.is_met for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
