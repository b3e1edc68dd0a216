"""What one learner's progress is counted from: three small reads, each by an index of theirs."""

from sqlalchemy import Connection, bindparam, select

from bot.rules.progress import Past
from bot.store import known
from bot.store.tables import answers, attempts

_g, _a = answers.c, attempts.c
_answers = (
    select(_g.item, _g.right, _g.first, _g.at)
    .where(_g.learner_id == bindparam("v_learner"))
    .order_by(_g.at, _g.attempt_id, _g.number)
)
_finished = select(_a.unit, _a.kind, _a.finished_at).where(
    _a.learner_id == bindparam("v_learner"), _a.finished_at.is_not(None)
)


def past(connection: Connection, learner_id: int) -> Past:
    """Everything of theirs that counts; the same as `rules.progress.rebuild` makes of the log."""
    asked = connection.execute(_answers, {"v_learner": learner_id}).all()
    finished = connection.execute(_finished, {"v_learner": learner_id}).all()
    spells = known.spells(connection, [learner_id])
    return Past(
        [(row.item, row.right, row.at) for row in asked if row.first],
        [row.at for row in asked] + [row.finished_at for row in finished],
        frozenset(row.unit for row in finished if row.kind in ("lesson", "case")),
        spells.get(learner_id, ()),
    )
