"""What tests of statements share: a connection beside the store, and a count of what it sends."""

from collections import Counter
from contextlib import contextmanager

import psycopg
import pytest

from fring_adapters.postgres.wire.urls import to_conninfo


@pytest.fixture
def sql(database_url, empty):
    empty()
    with psycopg.connect(to_conninfo(database_url)) as connection:
        yield connection


@pytest.fixture
def sent():
    return Counter()


@pytest.fixture
def watch(sent):
    """Return a `watch` of a store that counts statements by their names in `sent`."""

    @contextmanager
    def watch(name):
        sent[name] += 1
        yield

    return watch
