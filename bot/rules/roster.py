"""A roster beside what is known: who is new, changed, moved, left or back, and what only a person can answer."""

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from bot.rules.people import Learner, Right

MANY, SHARE = 5, 5
"""More leavers than five and than a fifth of everybody look like a file that was cut short."""
NUMBER_LIMIT = 64
"""A staff number's column in the database."""
ALL = "all"
"""Instead of a staff number: the answer for every one of them."""


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One validated line of a roster; empty is empty, a column that the file lacks was filled by `completed`."""

    staff_number: str
    name: str
    department: str
    job: str
    manager_staff_number: str | None
    hired_on: date | None
    language: str
    time_zone: str
    number: int = field(default=0, compare=False)
    """Where it stands in the file."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a list of differences, with what changes: (column, before, after), as a roster writes it."""

    staff_number: str
    name: str
    fields: tuple[tuple[str, str, str], ...] = ()
    learner_id: int | None = None
    """None for somebody new."""
    rights: tuple[Right, ...] = ()
    """What somebody who leaves loses."""


@dataclass(frozen=True, slots=True)
class Differences:
    """What a roster changes. Everybody stands in one of the first five lists, or is as before."""

    new: tuple[Person, ...] = ()
    changed: tuple[Person, ...] = ()
    moved: tuple[Person, ...] = ()
    """Another manager or department, whatever else."""
    left: tuple[Person, ...] = ()
    back: tuple[Person, ...] = ()
    expected: tuple[Person, ...] = ()
    """Whose first day is still to come; they stand in another list too."""
    stranded: tuple[Person, ...] = ()
    """Whose manager is not in the roster any more."""
    former: Mapping[int, str] = field(default_factory=dict)
    """Learner → the number an old record gets, because its own goes to somebody new."""
    alike: tuple[tuple[str, str], ...] = ()
    """(new number, leaving number) that differ in leading zeros only."""
    present: int = 0
    """People before."""
    administrators: int = 0
    """Of them, those who may grant rights."""
    same: int = 0

    @property
    def looks_cut_short(self) -> bool:
        """Whether so many would leave that the file is more likely to be incomplete."""
        return len(self.left) > MANY and len(self.left) * SHARE > self.present

    @property
    def last_administrators(self) -> tuple[Person, ...]:
        """Those who leave, where nobody would be left who may grant rights."""
        leaving = tuple(person for person in self.left if "administrator" in person.rights)
        return leaving if leaving and len(leaving) == self.administrators else ()


@dataclass(frozen=True, slots=True)
class Answers:
    """What the person at the keyboard knows about staff numbers that carry another name now."""

    same: frozenset[str] = frozenset()
    new: frozenset[str] = frozenset()

    def for_(self, number: str) -> "bool | None":
        """True: the same person; False: somebody new; None: not said."""
        if number in self.new:
            return False
        return True if number in self.same or ALL in self.same else None


def doubts(
    lines: Sequence[RosterLine], known: Sequence[Learner], answers: Answers
) -> list[tuple[RosterLine, Learner]]:
    """Lines whose number belongs to a record of quite another name, where nobody has said who it is."""
    by_number = _by_number(known)
    found = []
    for line in lines:
        before = by_number.get(line.staff_number)
        if before is not None and answers.for_(line.staff_number) is None and _is_doubtful(before, line):
            found.append((line, before))
    return found


def _is_doubtful(before: Learner, line: RosterLine) -> bool:
    """Somebody who left and has any other name now, or somebody here of whose name nothing remains."""
    was, now = _parts(before.name), _parts(line.name)
    return was != now if before.left_on else not was & now


def _parts(name: str) -> frozenset[str]:
    """The words of a name in any order; of Chinese, Japanese and Korean names the characters."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    spaced = "".join(f" {letter} " if letter >= "\u2e80" else letter for letter in folded)
    return frozenset(spaced.replace(",", " ").split())


def completed(
    lines: Sequence[RosterLine], known: Sequence[Learner], columns: Collection[str]
) -> list[RosterLine]:
    """The same lines with what is known wherever the file has no column for it: not said is not empty."""
    by_number, number_of = _by_number(known), _numbers(known)
    return [
        replace(line, **_kept(by_number[line.staff_number], number_of, columns))
        if line.staff_number in by_number
        else line
        for line in lines
    ]


def _kept(learner: Learner, number_of: Mapping[int, str], columns: Collection[str]) -> dict[str, Any]:
    kept: dict[str, Any] = {
        "department": learner.department, "job": learner.job, "hire_date": learner.hired_on,
        "manager_staff_number": number_of.get(learner.manager_id or 0),
        "language": learner.language, "time_zone": learner.time_zone,
    }  # fmt: skip
    return {
        "hired_on" if column == "hire_date" else column: value
        for column, value in kept.items()
        if column not in columns
    }


def differences(
    lines: Sequence[RosterLine],
    known: Sequence[Learner],
    today: date,
    answers: Answers = Answers(),
    *,
    is_whole: bool = True,
) -> Differences:
    """What this roster changes; `known` is everybody with a staff number, whether here or gone.

    Who is missing leaves, unless the lines are not the whole roster.
    """
    by_number = _by_number(known)
    in_file = {line.staff_number for line in lines}
    replaced = {
        learner.id: learner
        for number, learner in by_number.items()
        if number in answers.new and number in in_file
    }
    lists = _sorted_out(lines, by_number, _numbers(known), replaced)
    leaving = [
        learner for number, learner in sorted(by_number.items())
        if not learner.left_on and (learner.id in replaced or (is_whole and number not in in_file))
    ]  # fmt: skip
    gone = {learner.staff_number for learner in leaving if learner.id not in replaced}
    return Differences(
        new=tuple(lists["new"]), changed=tuple(lists["changed"]), moved=tuple(lists["moved"]),
        back=tuple(lists["back"]), same=len(lists["same"]),
        left=tuple(_leaver(learner) for learner in leaving),
        expected=tuple(_expected(line) for line in lines if line.hired_on and line.hired_on > today),
        stranded=tuple(_stranded(lines, by_number, gone, in_file)),
        former=_former(replaced, today, by_number),
        alike=_alike([person.staff_number for person in lists["new"]], gone),
        present=sum(learner.left_on is None for learner in known),
        administrators=sum(
            learner.left_on is None and "administrator" in learner.rights for learner in known
        ),
    )  # fmt: skip


def _sorted_out(
    lines: Sequence[RosterLine], by_number: Mapping[str, Learner], number_of: Mapping[int, str],
    replaced: Mapping[int, Learner],
) -> dict[str, list[Person]]:  # fmt: skip
    """Everybody in the file in one of five lists; whose number was given away is not known under it."""
    lists: dict[str, list[Person]] = {name: [] for name in ("new", "changed", "moved", "back", "same")}
    for line in lines:
        before = by_number.get(line.staff_number)
        name, person = _compared(line, None if before and before.id in replaced else before, number_of)
        lists[name].append(person)
    return lists


def _by_number(known: Sequence[Learner]) -> dict[str, Learner]:
    return {learner.staff_number: learner for learner in known if learner.staff_number is not None}


def _numbers(known: Sequence[Learner]) -> dict[int, str]:
    return {learner.id: learner.staff_number for learner in known if learner.staff_number is not None}


def _compared(line: RosterLine, before: Learner | None, number_of: Mapping[int, str]) -> tuple[str, Person]:
    """Into which list this line belongs, and what it says there."""
    if before is None:
        return "new", Person(line.staff_number, line.name)
    fields = tuple(_changes(line, before, number_of))
    person = Person(line.staff_number, line.name, fields, before.id)
    if before.left_on is not None:
        return "back", person
    if not fields:
        return "same", person
    moves = {"department", "manager_staff_number"} & {column for column, _, _ in fields}
    return ("moved" if moves else "changed"), person


def _changes(
    line: RosterLine, before: Learner, number_of: Mapping[int, str]
) -> Iterator[tuple[str, str, str]]:
    """(column, before, after); language and clock are a person's own once they have come in."""
    manager = number_of.get(before.manager_id or 0)
    said: list[tuple[str, object, object]] = [
        ("name", before.name, line.name),
        ("department", before.department, line.department),
        ("job", before.job, line.job),
        ("manager_staff_number", manager, line.manager_staff_number),
        ("hire_date", before.hired_on, line.hired_on),
    ]
    if before.joined_at is None:
        said.append(("language", before.language, line.language))
        said.append(("time_zone", before.time_zone, line.time_zone))
    for column, was, now in said:
        if was != now:
            yield column, str(was or ""), str(now or "")


def _leaver(learner: Learner) -> Person:
    return Person(learner.staff_number or "", learner.name, (), learner.id, tuple(sorted(learner.rights)))


def _expected(line: RosterLine) -> Person:
    return Person(line.staff_number, line.name, (("hire_date", "", str(line.hired_on)),))


def _stranded(
    lines: Sequence[RosterLine], by_number: Mapping[str, Learner], gone: Collection[str | None],
    in_file: Collection[str],
) -> Iterator[Person]:  # fmt: skip
    for line in lines:
        manager = line.manager_staff_number
        if manager is None or manager in in_file:
            continue
        boss = by_number.get(manager)
        if manager in gone or boss is None or boss.left_on is not None:
            yield Person(line.staff_number, line.name, (("manager_staff_number", manager, manager),))


def _former(replaced: Mapping[int, Learner], today: date, by_number: Mapping[str, Learner]) -> dict[int, str]:
    """A number for each old record that tells when it went, and that nobody has."""
    found: dict[int, str] = {}
    taken = set(by_number)
    for learner in replaced.values():
        end = f"~{learner.left_on or today}"
        number, again = f"{(learner.staff_number or '')[: NUMBER_LIMIT - 16]}{end}", 1
        while number in taken:
            again += 1
            number = f"{(learner.staff_number or '')[: NUMBER_LIMIT - 16]}{end}-{again}"
        taken.add(number)
        found[learner.id] = number
    return found


def _alike(new: Sequence[str], gone: Collection[str | None]) -> tuple[tuple[str, str], ...]:
    bare = {number.lstrip("0"): number for number in gone if number}
    return tuple((number, bare[number.lstrip("0")]) for number in new if number.lstrip("0") in bare)
