"""Connections to PostgreSQL: to the one server of several that may be written to, and behind a pooler."""

from collections.abc import Callable
from contextlib import closing

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from bot.store.group import is_unavailable
from tests.store.conftest import Store

PREPARED = text("SELECT count(*) FROM pg_prepared_statements")


@pytest.fixture
def url(postgresql_url: Callable[[], str]) -> str:
    return postgresql_url()


def prepared_after_ten_alike(url: str) -> int:
    with closing(Store(url)) as store, store.writing.connect() as connection:
        for _ in range(10):
            connection.execute(text("SELECT 1"))
        found: int = connection.execute(PREPARED).scalar_one()
        return found


def test_a_server_that_may_only_be_read_counts_as_away_and_its_connections_are_given_up(url: str) -> None:
    with closing(Store(url)) as store:
        with store.writing.begin() as connection:
            connection.execute(text("SET default_transaction_read_only = on"))
        with pytest.raises(DBAPIError) as raised, store.writing.begin() as connection:
            connection.execute(text("CREATE TABLE t (id int)"))
        assert is_unavailable(raised.value)
        with store.writing.begin() as connection:
            connection.execute(text("CREATE TABLE t (id int)"))


def test_of_two_servers_the_one_that_answers_is_taken(url: str) -> None:
    parsed = make_url(url)
    both = [f"{parsed.host}:1", f"{parsed.host}:{parsed.port or 5432}"]
    named = parsed.set(host=None, port=None).update_query_dict({"host": both})
    with_both = named.update_query_dict({"target_session_attrs": "read-write"})
    assert prepared_after_ten_alike(with_both.render_as_string(hide_password=False)) > 0


def test_behind_a_pooler_that_cannot_keep_them_statements_are_not_prepared(url: str) -> None:
    assert prepared_after_ten_alike(url) > 0
    assert prepared_after_ten_alike(f"{url}?prepare_threshold=none") == 0
