"""What PostgreSQL's errors become, and which are tried again."""

import psycopg
import pytest
from psycopg_pool import PoolTimeout

from fring_adapters.postgres.wire.errors import delay_before_retry, is_lost, is_undone, translated
from fring_adapters.postgres.wire.statement import Statement
from fring_core import StoreUnavailable, TransactionConflict

READ = Statement(b"SELECT 1", reads=True)
WRITE = Statement(b"DELETE", reads=False)


def error(sqlstate):
    return psycopg.errors.lookup(sqlstate)("text")


@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
def test_clashes_are_tried_again_five_times(sqlstate):
    clash = error(sqlstate)
    for failures in range(1, 6):
        assert 0 <= delay_before_retry(clash, WRITE, failures) < 1
    with pytest.raises(TransactionConflict):
        delay_before_retry(clash, WRITE, 6)


@pytest.mark.parametrize("sqlstate", ["57P01", "57P02", "08006", "25006", None])
def test_a_lost_connection_costs_a_read_one_more_attempt_and_a_write_none(sqlstate):
    lost = error(sqlstate) if sqlstate else psycopg.OperationalError("server closed it")
    assert is_lost(lost)
    assert delay_before_retry(lost, READ, 1) == 0
    with pytest.raises(StoreUnavailable):
        delay_before_retry(lost, READ, 2)
    with pytest.raises(StoreUnavailable):
        delay_before_retry(lost, WRITE, 1)


@pytest.mark.parametrize(
    "sqlstate", ["53300", "53100", "57014", "25006", "58030", "XX000", "42P01", "42703", "42501"]
)
def test_what_means_not_now(sqlstate):
    assert isinstance(translated(error(sqlstate)), StoreUnavailable)


@pytest.mark.parametrize("sqlstate", ["23505", "40P01", "57014", "53100"])
def test_what_the_database_refuses_was_not_done(sqlstate):
    assert is_undone(error(sqlstate))


@pytest.mark.parametrize("sqlstate", ["40003", "57P01", "08006", None])
def test_whether_it_was_done_is_not_known_of_what_was_cut(sqlstate):
    cut = error(sqlstate) if sqlstate else psycopg.OperationalError("server closed it")
    away = StoreUnavailable("away")
    away.__cause__ = cut
    assert not is_undone(cut)
    assert not is_undone(away)


def test_a_full_pool_is_not_a_lost_connection():
    full = PoolTimeout("full")
    assert not is_lost(full)
    with pytest.raises(StoreUnavailable):
        delay_before_retry(full, READ, 1)


def test_what_is_about_the_data_stays_what_it_is():
    violation = error("23505")
    assert translated(violation) is None
    with pytest.raises(psycopg.errors.UniqueViolation):
        delay_before_retry(violation, WRITE, 1)
