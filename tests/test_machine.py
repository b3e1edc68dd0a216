"""The tests' own databases: each test has a fresh one, and none stays."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing

import psycopg
import pytest

from tests import machine


def connect(url: str) -> closing[sqlite3.Connection] | closing[psycopg.Connection]:
    if url.startswith("sqlite"):
        return closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None))
    return closing(psycopg.connect(url.replace("+psycopg", ""), autocommit=True))


def remember_three(url: str) -> None:
    with connect(url) as connection:
        connection.execute("CREATE TABLE remembered (number INTEGER)")
        connection.execute("INSERT INTO remembered VALUES (3)")


def test_two_databases_of_one_test_know_nothing_of_each_other(new_url: Callable[[], str]) -> None:
    first, second = new_url(), new_url()
    remember_three(first)
    with connect(second) as connection:
        connection.execute("CREATE TABLE remembered (number INTEGER)")
        assert connection.execute("SELECT count(*) FROM remembered").fetchone() == (0,)


def test_what_one_copy_changes_no_other_copy_sees(copy_of: Callable[[Callable[[str], None]], str]) -> None:
    with connect(copy_of(remember_three)) as first, connect(copy_of(remember_three)) as second:
        first.execute("UPDATE remembered SET number = 4")
        assert second.execute("SELECT number FROM remembered").fetchall() == [(3,)]


@pytest.mark.postgresql
@pytest.mark.slow
def test_a_server_brought_by_the_wheel_serves_and_stops() -> None:
    with machine.started(only_wheel=True) as server, machine.handed_out(server) as databases:
        remember_three(databases.make())
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server, connect_timeout=2)


@pytest.mark.postgresql
def test_databases_that_a_killed_run_left_are_swept_after_a_day(
    postgresql_server: machine.PostgreSQL,
) -> None:
    left = f"{machine.DATABASES}1000000000_{os.urandom(4).hex()}"
    with connect(postgresql_server.server) as connection:
        connection.execute(f"CREATE DATABASE {left}")
        machine.PostgreSQL(postgresql_server.server).drop_all()
        assert connection.execute(
            "SELECT count(*) FROM pg_database WHERE datname = '" + left + "'"
        ).fetchone() == (0,)
