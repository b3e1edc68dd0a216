"""`python -m benchmarks.told MODULE WORD…`: run a module, and tell at its end what it took of memory and processor."""

import atexit
import json
import runpy
import sys
import time
from pathlib import Path


def tell() -> None:
    """One line of JSON on stderr: kB at the peak, seconds of work."""
    # VmHWM, not ru_maxrss: that one is handed down from whatever the parent had taken before
    with Path("/proc/self/status").open(encoding="ascii") as lines:
        peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    print(json.dumps({"peak_kb": peak, "work": time.process_time()}), file=sys.stderr)


if __name__ == "__main__":
    atexit.register(tell)
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__")
