"""What a person at a terminal sees while a benchmark runs; a file or a pipe gets the table alone."""

import sys


def tell(line: str) -> None:
    if sys.stderr.isatty():
        print(line, file=sys.stderr)
