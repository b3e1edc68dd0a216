"""The schema: what migrations make is what a fresh database gets, in both databases."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from bot.store.engine import SCHEMA, OlderSchema, connect, create, open_schema, schema_of
from bot.store.migrations import scripts, upgrade
from bot.store.tables import metadata


def description(engine: Engine) -> dict[str, Any]:
    """Every table as the database itself describes it, in an order of its own."""
    looked = inspect(engine)
    return {
        name: {
            "columns": [
                (c["name"], str(c["type"]), c["nullable"], c["default"]) for c in looked.get_columns(name)
            ],
            "key": looked.get_pk_constraint(name),
            "unique": sorted(str(sorted(u.items(), key=str)) for u in looked.get_unique_constraints(name)),
            "refers": sorted(str(sorted(f.items(), key=str)) for f in looked.get_foreign_keys(name)),
            "indexes": sorted(str(sorted(i.items(), key=str)) for i in looked.get_indexes(name)),
        }
        for name in looked.get_table_names()
    }


def test_migrated_and_fresh_databases_are_the_same(new_url: Callable[[], str]) -> None:
    fresh, migrated = connect(new_url())[0], connect(new_url())[0]
    create(fresh)
    upgrade(migrated)
    assert description(migrated) == description(fresh)
    assert schema_of(migrated) == schema_of(fresh) == SCHEMA
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    fresh.dispose()
    migrated.dispose()


def test_the_newest_migration_is_the_one_that_the_program_asks_for() -> None:
    assert scripts().get_heads() == [SCHEMA]


def test_migrations_only_go_forward() -> None:
    assert [
        script.revision for script in scripts().walk_revisions() if hasattr(script.module, "downgrade")
    ] == []


def test_a_migration_run_again_changes_nothing(database_url: str) -> None:
    engine = connect(database_url)[0]
    upgrade(engine)
    before = description(engine)
    upgrade(engine)
    assert description(engine) == before
    engine.dispose()


def test_a_migration_that_breaks_leaves_nothing_half_done(database_url: str) -> None:
    engine = connect(database_url)[0]
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE wakes (something INTEGER)"))  # in the way of the first schema
    with pytest.raises(Exception, match="already exists"):
        upgrade(engine)
    assert inspect(engine).get_table_names() == ["wakes"]
    engine.dispose()


def test_an_empty_database_is_created_when_it_is_opened(database_url: str) -> None:
    engine = connect(database_url)[0]
    open_schema(engine, upgrade=False)
    assert schema_of(engine) == SCHEMA
    open_schema(engine, upgrade=False)
    engine.dispose()


def test_replicas_that_open_an_empty_database_at_once_all_find_it_created(database_url: str) -> None:
    engines = [connect(database_url)[0] for _ in range(3)]
    begin, errors = threading.Barrier(3), []

    def opens(engine: Engine) -> None:
        begin.wait(20)
        try:
            open_schema(engine, upgrade=False)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=opens, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    assert schema_of(engines[0]) == SCHEMA
    for engine in engines:
        engine.dispose()


def stands_at(engine: Engine, version: str) -> None:
    create(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})


def test_an_older_schema_on_postgresql_is_left_alone_until_somebody_says_upgrade(
    postgresql_url: Callable[[], str],
) -> None:
    engine = connect(postgresql_url())[0]
    stands_at(engine, "0000")
    with pytest.raises(OlderSchema):
        open_schema(engine, upgrade=False)
    assert schema_of(engine) == "0000"
    engine.dispose()
