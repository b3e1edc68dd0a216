"""What the command line says of a roster: on a terminal in lists, or once as JSON."""

import json
from collections.abc import Sequence
from typing import Any

import click
from rich.console import Console

from bot.opening import FAULTS
from bot.rules.roster import Differences, Person

SHOWN = 40
"""People of a list on the terminal; --json has them all."""
LISTS = {
    "new": "New",
    "back": "Back",
    "moved": "Moved (department or manager)",
    "changed": "Changed",
    "left": "Leave (missing from the file)",
    "expected": "Expected later",
    "stranded": "Without a manager now (the one named is not in the roster)",
}


class Told:
    """What is said about an import: on a terminal in lists, or once as JSON."""

    def __init__(self, name: str, as_json: bool) -> None:
        self._name = name
        self._as_json = as_json
        self._json: dict[str, Any] = {}
        self._console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)

    def read(self, read_in: Any) -> None:
        """What the file itself has to say; ends here when it has faults."""
        self._json = {"ignored": list(read_in.ignored), "faults": []}
        for column in read_in.ignored:
            self._aside(f"The column {seen(column)} means nothing here and was left out.")
        if read_in.others:
            self._aside(f"Only the first sheet was read; {len(read_in.others)} more were left out.")
        if not read_in.faults:
            return
        self._json["faults"] = [{"line": fault.line, "sentence": fault.sentence} for fault in read_in.faults]
        for fault in read_in.faults[:SHOWN]:
            self._aside(f"{self._name}: {fault}")
        if len(read_in.faults) > SHOWN:
            self._aside(f"… and {len(read_in.faults) - SHOWN} more faults.")
        self._stop()

    def differences(self, found: Differences, lines: int) -> None:
        self._json |= {"lines": lines, "same": found.same, "alike": [list(pair) for pair in found.alike]}
        self._json |= {name: [_as_json(person) for person in getattr(found, name)] for name in LISTS}
        if self._as_json:
            return
        for name, title in LISTS.items():
            self._list(title, getattr(found, name))
        for new, old in found.alike:
            self._console.print(
                f"{new} is new and {old} leaves: did a spreadsheet take a zero away?", style="bold"
            )
        self._console.print(f"{lines} lines: {_counts(found)}, {found.same} as they were.")

    def _list(self, title: str, people: Sequence[Person]) -> None:
        if not people:
            return
        self._console.print(f"{title}: {len(people)}", style="bold")
        for person in people[:SHOWN]:
            self._console.print(f"  {_said(person)}")
        if len(people) > SHOWN:
            self._console.print(f"  … and {len(people) - SHOWN} more")

    def again(self) -> None:
        self._aside("Another roster came in meanwhile; comparing again.")

    def refuse(self, sentence: str) -> None:
        self._json["faults"].append({"line": None, "sentence": sentence})
        self._aside(sentence)
        self._stop()

    def end(self, sentence: str, *, imported: bool) -> None:
        if self._as_json:
            click.echo(json.dumps({**self._json, "imported": imported}, ensure_ascii=False))
        else:
            self._console.print(sentence)

    def _stop(self) -> None:
        self._aside("Nothing was imported.")
        if self._as_json:
            click.echo(json.dumps({**self._json, "imported": False}, ensure_ascii=False))
        raise SystemExit(FAULTS)

    def _aside(self, sentence: str) -> None:
        if not self._as_json:
            click.echo(sentence, err=True)


def _counts(found: Differences) -> str:
    return (
        f"{len(found.new)} new, {len(found.changed)} changed, {len(found.moved)} moved, {len(found.left)} left, "
        f"{len(found.back)} back"
    )


def _said(person: Person) -> str:
    """One person in a list: number, name, what changes from what to what."""
    fields = ", ".join(
        f"{column} {seen(after)}" if before == after or not before else f"{column} {seen(before)} → {seen(after) or '(none)'}"
        for column, before, after in person.fields
    )  # fmt: skip
    rights = f", is no longer {', '.join(person.rights)}" if person.rights else ""
    return f"{seen(person.staff_number)}  {seen(person.name)}{': ' if fields else ''}{fields}{rights}"


def said_name(person: Person) -> str:
    return f"{seen(person.staff_number)} {seen(person.name)}"


def seen(text: str) -> str:
    """Text that cannot do anything to a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _as_json(person: Person) -> dict[str, Any]:
    fields = {column: [before, after] for column, before, after in person.fields}
    return {
        "staff_number": person.staff_number, "name": person.name, "fields": fields, "rights": list(person.rights),
    }  # fmt: skip
