"""Who reports to whom, at any depth.

The line goes on over somebody who left: whoever was above them stays above their people, and their
own records stay in the exports of the time. Whether anybody may use that is the table of rights'
question, which gives nothing to who left and nothing to who has nobody (`rows.MANAGES`).
"""

from sqlalchemy import CTE, Connection, Select, bindparam, literal, select

from bot.store.tables import learners

DEPTH = 40
"""Levels of an organisation at most: a roster with a circle in it still comes to an end."""


def _above() -> CTE:
    first = select(learners.c.manager_id.label("id"), literal(1).label("depth")).where(
        learners.c.id == bindparam("v_person"), learners.c.manager_id.is_not(None)
    )
    chain = first.cte("above", recursive=True)
    over = select(learners.c.manager_id, chain.c.depth + 1).where(
        learners.c.id == chain.c.id, learners.c.manager_id.is_not(None), chain.c.depth < DEPTH
    )
    return chain.union_all(over)


def _below(manager_id: int) -> CTE:
    chain = select(learners.c.id).where(learners.c.manager_id == manager_id).cte("below", recursive=True)
    # UNION, not UNION ALL: in a circle nobody is met twice, so it ends
    return chain.union(select(learners.c.id).where(learners.c.manager_id == chain.c.id))


_chain = _above()
_managers = select(_chain.c.id).order_by(_chain.c.depth)


def above(connection: Connection, person_id: int) -> tuple[int, ...]:
    """The managers over this person, the nearest first."""
    return tuple(dict.fromkeys(connection.execute(_managers, {"v_person": person_id}).scalars()))


def below(manager_id: int) -> Select[tuple[int]]:
    """A query for the ids of everybody under this manager; without the manager, unless there is a circle."""
    chain = _below(manager_id)
    return select(chain.c.id)
