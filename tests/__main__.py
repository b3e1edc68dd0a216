"""`python3 -m tests` on any machine: the environment first, then everything."""

from bot import bootstrap


def start() -> int:
    bootstrap.ensure(tests=True)
    from tests import run  # only the environment made above has what it imports

    return run.main()


if __name__ == "__main__":
    raise SystemExit(start())
