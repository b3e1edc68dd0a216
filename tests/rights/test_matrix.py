"""Every right × every command, button and question × somebody else's things, through the whole service.

Made from the registers themselves: what is added there is tried here, and what has no entry in the
table of rights fails with a sentence.

What it does not reach: the third place of a button (`choice`) other than 0, ids that a typed answer brings
along (`dialogues.args`), files and pictures by their id, and a right taken away between two taps
(`test_midflow.py`); the command line and the desk of whoever owns the machine have no rights to try.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import zip_longest
from typing import Any, TypeVar

import pytest
from sqlalchemy import delete, select, update

from bot.chat.commands.start import token_hash
from bot.chat.dispatch import AWAITED, COMMANDS, TAPS
from bot.rules import access
from bot.rules.orders import Order
from bot.rules.people import GRANTED, Learner
from bot.sealing.buttons import Signer
from bot.sealing.keys import read_ring
from bot.store import ids, people, rows, tables
from tests.cast import ADA, BO, KEYS, LING, MEI, OMAR, SANA, TAN, TINA, WEI, Someone, World, until
from tests.faults.table import Seen

pytestmark = pytest.mark.anyio
T = TypeVar("T")
SIGNER = Signer(read_ring(KEYS))
NOBODY = 12_345
"""An id that no row has."""
NUMBERS = range(7)
KEPT = ("updates", "content_versions")
"""Tables that say nothing of anybody."""
OF_SOMEBODY = (
    "plans",
    "wakes",
    "enrolments",
    "assignments",
    "attempts",
    "answers",
    "memories",
    "dialogues",
    "events",
    "invitations",
)
OTHERS = (MEI, WEI, SANA)
"""Whose things are tried; none of them does anything meanwhile."""
ALL_RIGHTS = Someone(2020, "Gone Away", staff_number="0401", department="Office")
VIEWERS = (LING, OMAR, BO, TINA, ADA, TAN, ALL_RIGHTS)
"""A manager of the team, one of another, the desk, a trainer, an administrator, a business owner, somebody who left."""


RIGHT: dict[Someone, str] = {
    LING: "manager",
    OMAR: "manager",
    BO: "triager",
    TINA: "trainer",
    ADA: "administrator",
}


def opens(who: Someone, act: str) -> bool:
    """What the table says, read by itself and not through the functions that the service asks."""
    return any(act in rule.acts and rule.holder in ("everybody", RIGHT.get(who)) for rule in access.TABLE)


def without_entry(registered: Iterable[str], table: Iterable[str], what: str) -> list[str]:
    return [
        f"{what} {name!r} has no entry in bot/rules/access.py: say there whose things it reaches."
        for name in sorted(set(registered) - set(table))
    ]


def test_everything_that_can_be_asked_for_stands_in_the_table_of_rights() -> None:
    acts = {act for rule in access.TABLE for act in rule.acts}
    assert without_entry(COMMANDS, acts, "The command") == []
    assert without_entry(TAPS, access.BUTTONS, "The button") == []
    assert without_entry(AWAITED, access.QUESTIONS, "The question") == []


def test_a_missing_entry_is_told_in_a_sentence() -> None:
    assert without_entry(["learn", "burn"], ["learn"], "The command") == [
        "The command 'burn' has no entry in bot/rules/access.py: say there whose things it reaches."
    ]


@dataclass
class Things:
    """Ids of what is somebody else's, by what they are."""

    ids: dict[str, int]
    words: list[str]
    """What must not be read by whoever may not: names and numbers of theirs."""


@dataclass
class Viewer:
    """Somebody who tries, and what they are shown."""

    world: World
    who: Someone
    things: Things
    me: Learner = field(init=False)
    place: int = field(init=False)

    def __post_init__(self) -> None:
        self.me = self.world.learner(self.who)
        chat = self.world.chat(self.who)
        self.place = next(message for message in chat.messages if message.keyboard).message_id

    def tap(self, kind: str, row: int, number: int, choice: int = 0) -> str:
        """Press a button signed for this very person; the id of the query."""
        data = SIGNER.sign(self.me.id, kind, row, number, choice)
        return self.world.telegram.tap(self.who.account, self.place, data, forge=True)

    def heard(self, query: str) -> str | None:
        answered = self.world.telegram.answer(query)
        assert answered is not None
        return answered.text

    def write(self, words: str) -> None:
        self.world.telegram.write(self.who.account, words)

    @property
    def shown(self) -> list[str]:
        """Every message of the bot, with its buttons' words."""
        return [
            f"{message.text} {[[button['text'] for button in row] for row in message.keyboard or []]}"
            for message in self.world.chat(self.who).messages
            if message.by_bot
        ]

    @property
    def refused(self) -> list[str]:
        """Kinds of buttons that the table does not open for them; who left keeps help in the first hour."""
        if self.who is ALL_RIGHTS:
            return [kind for kind in TAPS if access.BUTTONS[kind] != "report"]
        return [kind for kind in TAPS if not opens(self.who, access.BUTTONS[kind])]

    def limited(self, numbers: Sequence[int]) -> list[tuple[str, int]]:
        """(kind, number) of buttons that are open to them and reach their own things, or those below them.

        What is everybody's is tried by two who hold no right over anybody, with some numbers; what
        takes a right by all who have it, with every number a screen may use.
        """
        own = {act for rule in access.TABLE if rule.whose == "own" for act in rule.acts}
        below = {act for rule in access.TABLE if rule.whose == "below" for act in rule.acts}
        open_ones = [kind for kind in TAPS if kind not in self.refused]
        everybodys = [kind for kind in open_ones if access.BUTTONS[kind] in own and self.who in (OMAR, TAN)]
        return [(kind, n) for kind in everybodys for n in numbers] + [
            (kind, n) for kind in open_ones if access.BUTTONS[kind] in below for n in NUMBERS
        ]


async def prepare(world: World) -> list[Viewer]:
    """Everybody is there; Mei and Sana have something of every kind."""
    world.telegram.add_person(ALL_RIGHTS.account, ALL_RIGHTS.name, language_code="en")
    await world.roster(ALL_RIGHTS)
    await world.arrive(*VIEWERS, MEI, SANA)
    for someone in (MEI, SANA):
        chat = world.chat(someone)
        await chat.tap("Start · 2 minutes")
        await chat.say("/settings")
    order = await world.write(_order)
    left = tables.learners.c.account_id == ALL_RIGHTS.account
    gone = {"rights": ",".join(GRANTED), "left_on": world.clock().date(), "version": 50}
    await world.write(lambda c: c.execute(update(tables.learners).where(left).values(gone)))
    about_mei, about_sana = _things(world, MEI, LING, order), _things(world, SANA, OMAR, order)
    return [Viewer(world, who, about_sana if who is LING else about_mei) for who in VIEWERS]


def _order(connection: Any) -> int:
    """An order of the administrator that is still open, and an invitation that still opens."""
    named = dict(connection.execute(select(tables.learners.c.staff_number, tables.learners.c.id)).all())
    order = Order(
        ids.new(), "remind", named[ADA.staff_number], named[WEI.staff_number], {}, people_now(connection)
    )
    connection.execute(tables.orders.insert(), rows.order_values(order))
    people.invite(connection, str(WEI.staff_number), token_hash("x"), order.made_at)
    return order.id


def people_now(connection: Any) -> Any:
    return connection.execute(
        select(tables.learners.c.joined_at).where(tables.learners.c.joined_at.is_not(None))
    ).scalar()


def _things(world: World, someone: Someone, manager: Someone, order: int) -> Things:
    me = world.learner(someone).id
    found = {"person": me, "team": world.learner(manager).id, "order": order, "nobody": NOBODY}
    for name in ("attempts", "assignments"):
        found[name] = world.all_of(name, me)[0]["id"]
    found["invitation"] = world.all_of("invitations")[-1]["id"]
    return Things(found, [someone.name, someone.name.split()[-1], str(someone.staff_number)])


def state(world: World, viewers: Sequence[Viewer]) -> dict[str, str]:
    """A hash of each table; of the outbox only what is not the viewers' own, of the audit not that taps were refused."""
    own = {viewer.me.id for viewer in viewers}
    found = {}
    for name in tables.metadata.tables:
        if name not in KEPT:
            kept = [row for row in world.all_of(name) if name != "outbox" or row["learner_id"] not in own]
            kept = [row for row in kept if row.get("action") != "tap refused"]
            found[name] = hashlib.sha256(repr(kept).encode()).hexdigest()
    return found


def of_others(world: World) -> dict[str, Any]:
    """All that is somebody else's, row by row."""
    found: dict[str, Any] = {"orders": world.all_of("orders")}
    for someone in OTHERS:
        number = tables.learners.c.staff_number == someone.staff_number
        me = world.rows(select(tables.learners.c.id).where(number))[0].id
        found[someone.name] = {name: world.all_of(name, me) for name in ("learners", *OF_SOMEBODY)}
    return found


def in_turn(each: Iterable[Sequence[T]]) -> Iterator[T]:
    """Something of everybody's, then the next of everybody's: a group of turns takes one of each person's.

    Everybody does theirs in the same order as alone.
    """
    nothing = object()
    for some in zip_longest(*each, fillvalue=nothing):
        yield from (one for one in some if one is not nothing)  # type: ignore[misc]


async def patiently(world: World) -> None:
    """Wait for a heap of taps: longer in all than for one, as long as it gets smaller."""
    source, updates = world.app.source, world.telegram.world.updates
    assert source is not None
    while source.offset <= updates._last_id:
        came = source.offset
        await until(lambda: source.offset > came, "the next updates are committed")  # noqa: B023
    await world.settle()


@pytest.mark.fault(28, small=3, full=7)
async def test_what_the_table_does_not_open_is_answered_alike_and_changes_nothing(
    world: World, size: int, seen: Seen
) -> None:
    viewers = await prepare(world)
    wrong: list[str] = []
    before = state(world, viewers)
    spent = {
        viewer.who: world.telegram.tap(viewer.who.account, viewer.place, "m.0.0.0.forged", forge=True)
        for viewer in viewers
    }
    pressed = [
        (viewer, kind, what, viewer.tap(kind, row, number))
        for viewer, kind, what, row, number in in_turn(
            [
                (viewer, kind, what, row, number)
                for kind in viewer.refused
                for what, row in viewer.things.ids.items()
                for number in NUMBERS[:size]
            ]
            for viewer in viewers
        )
    ]
    shown = {viewer.who: len(viewer.shown) for viewer in viewers}
    await patiently(world)
    for viewer, kind, what, query in pressed:
        if viewer.heard(query) != viewer.heard(spent[viewer.who]):
            wrong.append(f"{viewer.who.name}: button {kind} on {what} says {viewer.heard(query)!r}")
    wrong += [
        f"{viewer.who.name} was shown something"
        for viewer in viewers
        if len(viewer.shown) != shown[viewer.who]
    ]
    seen.says(lost=len(wrong), note=f"{len(pressed):,} buttons that are not theirs, of {len(viewers)} people")
    assert wrong == []
    assert len(pressed) > 500
    for viewer in viewers:
        refused = [name for name in COMMANDS if not opens(viewer.who, name)]
        had = len(viewer.shown)
        for words in [
            "/nothing",
            *[f"/{n}{rest}" for n in refused for rest in ("", f" {viewer.things.ids['person']}")],
        ]:
            viewer.write(words)
        await world.settle()
        answers = viewer.shown[had:]
        assert len(answers) == 1 + 2 * len(refused) and len(set(answers)) == 1, (viewer.who.name, answers)
    assert state(world, viewers) == before


@pytest.mark.fault(28, small=3, full=7)
async def test_what_is_open_reaches_no_further_than_the_table_says(
    world: World, size: int, seen: Seen
) -> None:
    viewers = await prepare(world)
    before = of_others(world)
    wrong: list[str] = []
    tried = [
        (viewer, kind, number, viewer.tap(kind, NOBODY, number), [
            (what, viewer.tap(kind, row, number)) for what, row in viewer.things.ids.items() if what != "nobody"
        ])
        for viewer, kind, number in in_turn(
            [(viewer, kind, number) for kind, number in viewer.limited(NUMBERS[:size])]
            for viewer in viewers if viewer.who is not ALL_RIGHTS
        )
    ]  # fmt: skip
    assert len(tried) > 100
    await patiently(world)
    for viewer, kind, number, nobodys, theirs in tried:
        for what, query in theirs:
            if viewer.heard(query) != viewer.heard(nobodys):
                wrong.append(f"{viewer.who.name}: button {kind} {number} tells {what} from what is not there")
    await world.carry_out()
    after = of_others(world)
    wrong += [
        f"something of {name} was changed"
        for name in after
        if name != "orders" and after[name] != before[name]
    ]
    wrong += [
        f"an order about somebody else: {row}"
        for row in after["orders"]
        if row["outcome"] is None or row["outcome"] == "done"
    ]
    for viewer in viewers:
        if viewer.who is ADA:
            continue
        read = "\n".join(viewer.shown)
        wrong += [f"{viewer.who.name} reads {word!r}" for word in viewer.things.words if word in read]
    seen.says(
        lost=len(wrong),
        note=f"{sum(len(theirs) for *_, theirs in tried):,} buttons on another's things and as many on nothing's, answered alike",
    )
    assert wrong == []


@pytest.mark.fault(28)
async def test_a_question_is_only_answered_by_whom_it_may_be_asked(world: World, seen: Seen) -> None:
    asked, leaks = 0, 0
    viewers = [viewer for viewer in await prepare(world) if viewer.who is not ALL_RIGHTS]
    before = of_others(world)
    for viewer in viewers:
        answers = []
        for question in ["", *[q for q in AWAITED if not opens(viewer.who, access.QUESTIONS[q])]]:
            await world.write(partial(_await, learner_id=viewer.me.id, question=question))
            had = len(viewer.shown)
            viewer.write(str(MEI.staff_number) if viewer.who is not LING else str(SANA.staff_number))
            await world.settle()
            answers.append((question, viewer.shown[had:]))
        asked, leaks = asked + len(answers) - 1, leaks + sum(shown != answers[0][1] for _, shown in answers)
        seen.says(
            lost=leaks,
            note=f"{asked} questions that may not be asked of them, answered with another's number",
        )
        assert all(shown == answers[0][1] for _, shown in answers), (viewer.who.name, answers)
    assert of_others(world) == before


def _await(connection: Any, learner_id: int, question: str) -> None:
    d = tables.dialogues
    connection.execute(delete(d).where(d.c.learner_id == learner_id))
    connection.execute(
        d.insert(), {"learner_id": learner_id, "awaits": question, "args": "", "sealed": None, "version": 0}
    )


async def test_what_the_table_opens_is_opened(world: World) -> None:
    """So that a door that is shut by mistake does not pass for a refusal."""
    viewers = await prepare(world)
    for viewer in viewers:
        viewer.write("/nothing")
    await world.settle()
    nothing = {viewer.who: viewer.shown[-1] for viewer in viewers}
    for viewer in viewers:
        if viewer.who is ALL_RIGHTS:
            continue
        for name in COMMANDS:
            if opens(viewer.who, name):
                viewer.write(f"/{name}")
                await world.settle()
                assert viewer.shown[-1] != nothing[viewer.who], (viewer.who.name, name)
