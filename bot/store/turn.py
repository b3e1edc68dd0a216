"""What one turn may read, and what it changes of its own learner; nothing is written before the group ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from bot.rules.attempt import OF_UNITS, Attempt
from bot.rules.delivery import Assignment
from bot.rules.memory import Memory
from bot.rules.people import Learner
from bot.rules.tracks import Enrolment, Plan
from bot.store import ids, previews, reporting, rows, tables
from bot.store.loaded import Dialogue, Invitation, Loaded
from bot.store.previews import Preview
from bot.store.writes import Op, Writes

_o, _answers = tables.outbox.c, tables.answers.c
_latest = (
    select(_o.message_id, _o.method)
    .where(_o.learner_id == bindparam("learner_id"), _o.screen == bindparam("screen"))
    .where(_o.chat_id == bindparam("chat_id"), _o.message_id.is_not(None))
    .order_by(_o.id.desc())
    .limit(1)
)
_missed = (
    select(_answers.item)
    .where(_answers.attempt_id == bindparam("attempt_id"), _answers.first, ~_answers.right)
    .order_by(_answers.number)
)
PICTURED = ("sendPhoto", "editMessageCaption")
"""What makes a message whose words are a caption."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A message of ours that stands in a chat."""

    id: int
    is_picture: bool


class TurnStore(Writes):
    """One turn's view: reads what was loaded, collects what is to be written."""

    def __init__(self, loaded: Loaded, connection: Connection, claimant: str, now: datetime) -> None:
        super().__init__(connection, claimant, now)
        self._loaded = loaded
        self.held: Learner | None = None
        """Whose rights this turn relies on."""
        self._preview: Preview | None = None
        self.failure: Mapping[str, str] | None = None
        """Of a journey that raised: what is to be said of it once its dead letter is committed."""

    # reading
    @property
    def learner(self) -> Learner | None:
        return self._loaded.learner

    @property
    def dialogue(self) -> Dialogue:
        return self._loaded.dialogue

    @property
    def assignments(self) -> Sequence[Assignment]:
        return self._loaded.assignments

    def attempt(self, attempt_id: int) -> Attempt | None:
        """An attempt of this learner, or the preview that was entered; somebody else's looks like none at all."""
        if self._preview is not None and self._preview.attempt.id == attempt_id:
            return self._preview.attempt
        return self._loaded.attempts.get(attempt_id)

    def enter_preview(self, learner: Learner, attempt_id: int) -> Preview | None:
        """Take up a preview of this trainer; from here on the turn leaves no trace anywhere else."""
        found = previews.read(self, learner.id)
        if found is None or found.attempt.id != attempt_id:
            return None
        self.only, self._preview = previews.WRITTEN, found
        self.hold(learner)
        return found

    def begin_preview(self, learner: Learner, attempt: Attempt, language: str) -> None:
        """Begin a preview in place of the one before it."""
        before = previews.read(self, learner.id)
        self.only = previews.WRITTEN
        self._keep_preview(Preview(attempt, language, before.version if before else -1))

    def turn_preview(self, language: str) -> None:
        """Look at the preview that was entered in another language."""
        assert self._preview is not None
        self._keep_preview(replace(self._preview, language=language))

    def _keep_preview(self, preview: Preview) -> None:
        op: Op = "insert" if preview.version < 0 else "update"
        self._write("previews", op, previews.values(preview.attempt.learner_id, preview))
        self._preview = replace(preview, version=preview.version + 1)

    def open_attempts(self) -> list[Attempt]:
        """Unfinished ones, the newest first."""
        found = [attempt for attempt in self._loaded.attempts.values() if attempt.is_open]
        return sorted(found, key=lambda attempt: -attempt.id)

    def memories(self, learner_id: int) -> list[Memory]:
        """What this learner keeps of each lesson completed so far."""
        if self._loaded.memories is None:
            m = tables.memories
            found = self.rows(select(m).where(m.c.learner_id == learner_id).order_by(m.c.id))
            self._loaded.memories = [rows.memory_of(row) for row in found]
        return self._loaded.memories

    def asked_at(self, learner_id: int) -> dict[str, datetime]:
        """When each question was last answered by this learner."""
        a = tables.answers.c
        query = select(a.item, func.max(a.at).label("at")).where(a.learner_id == learner_id).group_by(a.item)
        return {row.item: row.at for row in self.rows(query)}

    # writing
    def add_learner(self, learner: Learner) -> Learner:
        self._loaded.learner = learner
        self._write("learners", "insert", rows.learner_values(learner))
        return learner

    def save_learner(self, learner: Learner) -> Learner:
        """Write a changed learner; raises at the group's end when somebody else changed them first."""
        self._loaded.learner = replace(learner, version=learner.version + 1)
        self._write("learners", "update", rows.learner_values(learner))
        return self._loaded.learner

    def take_over(self, learner: Learner) -> Learner:
        """Write a record that this account speaks for from now on, and read what belongs to it."""
        mine = tables.dialogues.c.learner_id == learner.id
        dialogue = next(
            (Dialogue(r.awaits, r.args, r.version) for r in self.rows(select(tables.dialogues).where(mine))),
            None,
        )
        a, owed = tables.attempts, tables.assignments
        open_ones = select(a).where(a.c.learner_id == learner.id, a.c.finished_at.is_(None), ~a.c.closed)
        self._loaded.dialogue = dialogue or Dialogue()
        self._loaded.attempts = {row.id: rows.attempt_of(row) for row in self.rows(open_ones)}
        self._loaded.memories = None
        theirs = self.rows(select(owed).where(owed.c.learner_id == learner.id))
        self._loaded.assignments = [rows.assignment_of(row) for row in theirs]
        return self.save_learner(learner)

    def unbind(self, learner: Learner) -> None:
        """Take the account away from a record that stays, before another record gets it."""
        self._write("learners", "update", rows.merged(rows.learner_values(learner), account_id=None))

    def add_attempt(self, attempt: Attempt) -> Attempt:
        if self._preview is not None and attempt.preview:
            self._keep_preview(replace(self._preview, attempt=attempt))
            return attempt
        self._loaded.attempts[attempt.id] = attempt
        self._write("attempts", "insert", rows.attempt_values(attempt))
        return attempt

    def save_attempt(self, attempt: Attempt) -> Attempt:
        """Write a changed attempt; of two made from one version the first committed stays."""
        if self._preview is not None and attempt.preview:
            self._keep_preview(replace(self._preview, attempt=attempt))
            return attempt
        self._write("attempts", "update", rows.attempt_values(attempt))
        kept = self._loaded.attempts[attempt.id] = replace(attempt, version=attempt.version + 1)
        return kept

    def add_answer(
        self, attempt: Attempt, number: int, item: str, chosen: str, right: bool, first: bool
    ) -> None:
        self._write("answers", "insert", {
            "attempt_id": attempt.id, "number": number, "learner_id": attempt.learner_id, "item": item,
            "chosen": chosen, "right": right, "first": first, "at": self._now,
        })  # fmt: skip

    def add_memory(self, memory: Memory) -> None:
        self.memories(memory.learner_id).append(memory)
        self._write("memories", "insert", rows.memory_values(memory))

    def save_memory(self, memory: Memory) -> None:
        """Write a changed memory; of two made from one version the first committed stays."""
        self._write("memories", "update", rows.memory_values(memory))
        kept = [one for one in self.memories(memory.learner_id) if one.id != memory.id]
        self._loaded.memories = [*kept, replace(memory, version=memory.version + 1)]

    def add_assignment(self, assignment: Assignment) -> None:
        self._loaded.assignments.append(assignment)
        self._write("assignments", "insert", rows.assignment_values(assignment))

    def save_assignment(self, assignment: Assignment) -> None:
        self._write("assignments", "update", rows.assignment_values(assignment))
        kept = [a for a in self._loaded.assignments if a.id != assignment.id]
        self._loaded.assignments = [*kept, replace(assignment, version=assignment.version + 1)]

    def enrolments(self, learner_id: int) -> list[Enrolment]:
        e = tables.enrolments
        return [rows.enrolment_of(row) for row in self.rows(select(e).where(e.c.learner_id == learner_id))]

    def save_plan(self, learner_id: int, plan: Plan) -> None:
        """Write what brings this learner level with their tracks, and what the log says of it."""
        for fresh in plan.enrolled:
            self._write("enrolments", "insert", rows.enrolment_values(fresh))
        for known in plan.enrolments:
            self._write("enrolments", "update", rows.enrolment_values(known))
        for assignment in plan.assigned:
            self.add_assignment(assignment)
        for assignment in plan.changed:
            self.save_assignment(assignment)
        for note in plan.notes:
            self.event(learner_id, note.kind, note.content_version, **note.payload)

    def wake(self, learner_id: int, at: datetime, *, known: bool) -> None:
        """Set when the learner's hour strikes next."""
        self._write("wakes", "update" if known else "insert", {"learner_id": learner_id, "at": at})

    def await_words(self, learner_id: int, awaits: str, args: str = "") -> None:
        """Say which question the next typed words answer; empty: none."""
        before = self._loaded.dialogue
        if before.awaits == awaits and before.args == args:
            return
        version = max(before.version, 0)
        values = {
            "learner_id": learner_id,
            "awaits": awaits,
            "args": args,
            "sealed": None,
            "version": version,
        }
        self._write("dialogues", "insert" if before.version < 0 else "update", values)
        self._loaded.dialogue = Dialogue(awaits, args, version + (before.version >= 0))

    def use_invitation(self, invitation_id: int) -> None:
        self._write("invitations", "update", {"id": invitation_id, "used_at": self._now})

    def hold(self, learner: Learner) -> None:
        """Let this turn end well only while this person is who they were when it was decided.

        Their right may be taken away between the reading and the commit; then the turn is decided anew.
        """
        self.held = learner

    def learner_by_id(self, learner_id: int) -> Learner | None:
        found = self.rows(rows.LEARNERS.where(tables.learners.c.id == learner_id))
        return rows.learner_of(found[0]) if found else None

    def above(self, person_id: int) -> tuple[int, ...]:
        """The managers over this person, the nearest first."""
        return reporting.above(self._connection, person_id)

    def invitation(self, token_hash: bytes) -> Invitation | None:
        """The invitation behind this link, in whatever state: always one query, so that time tells nothing."""
        i = tables.invitations
        query = (
            rows.LEARNERS.add_columns(i.c.id.label("invitation_id"), i.c.used_at, i.c.expires_at)
            .join_from(tables.learners, i, i.c.learner_id == tables.learners.c.id)
            .where(i.c.token_hash == token_hash)
        )
        found = self.rows(query)
        if not found:
            return None
        in_time = found[0].used_at is None and found[0].expires_at > self._now
        return Invitation(found[0].invitation_id, rows.learner_of(found[0]), in_time)

    def guesses(self, account_id: int, since: datetime) -> int:
        """How many links this account has tried since then that opened nothing."""
        g = tables.guesses.c
        query = select(func.count().label("n")).where(g.account_id == account_id, g.at > since)
        return int(self.rows(query)[0].n)

    def guess(self, account_id: int) -> None:
        """Note that this account tried a link that opens nothing."""
        self._write("guesses", "insert", {"id": ids.new(), "account_id": account_id, "at": self._now})

    def earlier_attempts(self, learner_id: int) -> list[Attempt]:
        """Every attempt at a lesson or case so far, in order."""
        a = tables.attempts
        found = self.rows(
            select(a).where(a.c.learner_id == learner_id, a.c.kind.in_(OF_UNITS)).order_by(a.c.id)
        )
        return [rows.attempt_of(row) for row in found]

    def units_done(self, learner_id: int) -> set[str]:
        """Slugs of the lessons and cases completed."""
        return {a.unit for a in self.earlier_attempts(learner_id) if a.finished_at is not None}

    def missed_items(self, attempt_id: int) -> list[str]:
        """Items of an attempt whose first answer was not right, in the order asked."""
        return [row.item for row in self.rows(_missed, {"attempt_id": attempt_id})]

    def latest_moves(self, learner_id: int) -> list[dict[str, str]]:
        """The due dates that the latest leave moved: assignment, was, now."""
        e = tables.events.c
        query = (
            select(e.payload)
            .where(e.learner_id == learner_id, e.kind == "leave")
            .order_by(e.id.desc())
            .limit(1)
        )
        found = self.rows(query)
        moved: list[dict[str, str]] = rows.loads(found[0].payload)["moved"] if found else []
        return moved

    def last_message(self, learner_id: int, chat_id: int, screen: str) -> Standing | None:
        """The message in this chat that shows this screen, when one arrived; another phone's stay there."""
        found = self.rows(_latest, {"learner_id": learner_id, "screen": screen, "chat_id": chat_id})
        return Standing(found[0].message_id, found[0].method in PICTURED) if found else None
