"""What is wrong with a database, in sentences."""

from sqlalchemy import Engine, select, text

from bot.store import engine as database
from bot.store.tables import assignments, learners, metadata, outbox


def faults(engine: Engine) -> list[str]:
    """Every fault found; none when the database is whole."""
    found: list[str] = []
    stands = database.schema_of(engine)
    if stands is None:
        return ["It is empty; the first start makes it, or `fraudwise db upgrade` does."]
    if stands != database.SCHEMA:
        return [
            f"The schema stands at {stands}, this release wants {database.SCHEMA}. Run `fraudwise db upgrade`."
        ]
    with engine.connect() as connection:
        if database.is_sqlite(engine):
            told = connection.execute(text("PRAGMA integrity_check")).scalars().all()
            found += [f"SQLite says: {line}" for line in told if line != "ok"]
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
            found += [
                f"A row of {row[0]} refers to a row of {row[2]} that is not there." for row in broken[:20]
            ]
        for table in metadata.sorted_tables:
            connection.execute(select(table).limit(1)).first()
        done_before_begun = select(assignments.c.id).where(
            assignments.c.completed_at.is_not(None), assignments.c.started_at.is_(None)
        )
        if connection.execute(done_before_begun.limit(1)).first():
            found.append("An assignment is completed that was never begun.")
        nobody = select(outbox.c.id).where(
            outbox.c.learner_id.is_not(None), outbox.c.learner_id.not_in(select(learners.c.id))
        )
        if connection.execute(nobody.limit(1)).first():
            found.append("A message is owed to somebody who is not there.")
    return found
