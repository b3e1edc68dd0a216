"""`python3 -m bot …` on any machine: the environment first, then the command line."""

from bot import bootstrap


def start() -> None:
    bootstrap.ensure()
    from bot.cli import main  # only the environment made above has what it imports

    main()


if __name__ == "__main__":  # worker processes import this file a second time, under another name
    start()
