"""python-telegram-bot that stores what ours stores: SQLAlchemy in the handler, a commit for each tap.

As somebody writes it who wants nothing lost: one session and one commit an update, before anything is
answered, on SQLite in WAL with an fsync a commit. Its best version: statements instead of mapped objects
(they cost less), and that a message has left is written with the next tap's commit, not with one of its own.
`python -m benchmarks.sides.storing_ptb BASE_URL FOLDER`.
"""

import sys
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, select, update
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes, MessageHandler, filters

from benchmarks.sides import kept, quiz
from benchmarks.sides.quiz import Row, Standing, Step
from bot.store import tables

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_a, _o = tables.attempts, tables.outbox
COLUMNS = [_a.c[name] for name in Standing.__slots__]


class Keeper:
    """The database, one transaction an update."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._sent: list[tuple[int, int]] = []
        """(row of the outbox, message) of what left since the last commit."""

    def begin(self, update_id: int, account: int) -> Step:
        """A new attempt, and whoever is new with it."""
        with self._engine.begin() as connection:
            self._note(connection, update_id)
            found = self._learner(connection, account)
            if found is None:
                row = quiz.learner_row(account)
                connection.execute(insert(tables.learners), {**row, "joined_at": _instant(row["joined_at"])})
                found = int(row["id"])
            step, fixed = quiz.begun(found, account)
            values = {**fixed, **{name: getattr(step.standing, name) for name in Standing.__slots__}}
            connection.execute(insert(_a), {**values, "started_at": _instant(fixed["started_at"])})
            self._add(connection, step)
        return step

    def tap(self, update_id: int, account: int, data: str, message_id: int) -> Step | None:
        """One step on in a quiz, if the button is for it."""
        with self._engine.begin() as connection:
            self._note(connection, update_id)
            row = connection.execute(select(*COLUMNS).where(_a.c.id == int(data.split(".")[1]))).one_or_none()
            if row is None or row.learner_id != self._learner(connection, account):
                return None
            step = quiz.tapped(Standing(*row), data, account, message_id)
            if step is not None:
                then = step.standing
                connection.execute(
                    update(_a).where(_a.c.id == then.id, _a.c.version == row.version).values(
                        stage=then.stage, number=then.number, asked=then.asked, right=then.right, last=then.last,
                        finished_at=then.finished_at and _instant(then.finished_at), version=then.version,
                    )
                )  # fmt: skip
                self._add(connection, step)
        return step

    def sent(self, step: Step, message_id: int) -> None:
        """This message has left; the next commit says so."""
        self._sent.append((step.outbox["id"], message_id))

    def _note(self, connection: Connection, update_id: int) -> None:
        now = datetime.now(UTC)
        connection.execute(insert(tables.updates), {"id": update_id, "on": now.date()})
        for row_id, message_id in self._sent:
            connection.execute(
                update(_o).where(_o.c.id == row_id).values(
                    state="sent", sends=_o.c.sends + 1, sent_at=now, message_id=message_id, claimed_by=None,
                    claimed_until=None,
                )
            )  # fmt: skip
        self._sent.clear()

    @staticmethod
    def _learner(connection: Connection, account: int) -> int | None:
        of = select(tables.learners.c.id).where(tables.learners.c.account_id == account)
        return connection.execute(of).scalar()

    @staticmethod
    def _add(connection: Connection, step: Step) -> None:
        if step.answer is not None:
            connection.execute(insert(tables.answers), _dated(step.answer, "at"))
        if step.events:
            connection.execute(insert(tables.events), [_dated(row, "at") for row in step.events])
        connection.execute(insert(_o), _dated(step.outbox, "made_at", "due_at", "claimed_until"))


def _dated(row: Row, *names: str) -> Row:
    return {**row, **{name: _instant(row[name]) for name in names}}


def _instant(microseconds: int) -> datetime:
    return tables.EPOCH + microseconds * tables.MICROSECOND


def _said(step: Step) -> dict[str, Any]:
    rows = step.params["reply_markup"]["inline_keyboard"]
    keyboard = [
        [InlineKeyboardButton(b["text"], callback_data=b["callback_data"]) for b in row] for row in rows
    ]
    return {
        "text": step.params["text"], "parse_mode": "HTML", "reply_markup": InlineKeyboardMarkup(keyboard),
        "link_preview_options": NO_PREVIEW,
    }  # fmt: skip


def opened(folder: str) -> Engine:
    """The same tables and settings as ours."""
    engine = create_engine(f"sqlite:///{kept.made(folder)}")

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    return engine


def main(base_url: str, folder: str) -> None:
    """Poll until the process is ended."""
    keeper = Keeper(opened(folder))

    async def tapped(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        assert query is not None and query.message is not None
        step = keeper.tap(update.update_id, query.from_user.id, query.data or "", query.message.message_id)
        await query.answer()
        if step is not None:
            await query.edit_message_text(**_said(step))
            keeper.sent(step, query.message.message_id)

    async def written(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None and update.effective_chat is not None
        step = keeper.begin(update.update_id, update.effective_chat.id)
        message = await update.message.reply_text(**_said(step))
        keeper.sent(step, message.message_id)

    application = Application.builder().token("1:benchmark").base_url(base_url).build()
    application.add_handler(CallbackQueryHandler(tapped))
    application.add_handler(MessageHandler(filters.TEXT, written))
    application.run_polling()


if __name__ == "__main__":
    main(*sys.argv[1:3])
