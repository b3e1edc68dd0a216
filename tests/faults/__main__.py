"""`python -m tests.faults [--full] [--only 1,2] [--json FILE]`: every fault, one after another, and a table.

Without `--full` the small sizes of the suite. The judge is the small Telegram's ledger and a fresh
read of the database.
"""

import argparse
import json
import os
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks import machine as about
from tests import machine
from tests.faults.table import Table

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument(
        "--full", action="store_true", help="the sizes of the promise, not those of the suite"
    )
    parser.add_argument("--only", default="", help="numbers of faults, comma-separated")
    parser.add_argument("--json", type=Path, help="also write the rows, the machine and the versions here")
    asked = parser.parse_args()
    os.chdir(ROOT)
    gathered = Table()
    words = ["tests", "-m", "fault", "-q", "-p", "no:cacheprovider"]
    words += ["--full"] * asked.full + ["--only-faults", asked.only] * bool(asked.only)
    with ExitStack() as stack:
        server = stack.enter_context(machine.postgresql()).server
        os.environ["FRAUDWISE_TEST_DATABASE_URL"] = server
        code = int(pytest.main(words, plugins=[gathered]))
    print("\n" + gathered.printed())
    if asked.json is not None:
        found = {"machine": about.about(), "full": asked.full, "rows": gathered.as_json()}
        asked.json.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
