"""DATABASE_URL in all its spellings."""

import pytest
from psycopg.conninfo import conninfo_to_dict

from fring_adapters.postgres.urls import described, to_conninfo


@pytest.mark.parametrize(
    "scheme",
    ["postgresql", "postgres", "postgresql+psycopg", "postgresql+psycopg2", "postgresql+asyncpg"],
)
def test_schemes(scheme):
    found = conninfo_to_dict(to_conninfo(f"{scheme}://ann:pa%40ss@db.example:6543/fring"))
    assert found == {
        "user": "ann",
        "password": "pa@ss",
        "host": "db.example",
        "port": "6543",
        "dbname": "fring",
    }


@pytest.mark.parametrize(
    ("query", "mode"),
    [
        ("ssl=require", "require"),
        ("ssl=verify-full", "verify-full"),
        ("ssl=true", "require"),
        ("ssl=False", "disable"),
        ("sslmode=prefer", "prefer"),
    ],
)
def test_ssl(query, mode):
    found = conninfo_to_dict(to_conninfo(f"postgresql+asyncpg://db.example/fring?{query}"))
    assert found["sslmode"] == mode


def test_other_parameters_and_sockets_stay():
    url = "postgresql://ann@/fring?host=/run/a%20b&application_name=x&channel_binding=require"
    found = conninfo_to_dict(to_conninfo(url))
    assert found["host"] == "/run/a b"
    assert found["application_name"] == "x"
    assert found["channel_binding"] == "require"


@pytest.mark.parametrize("url", ["mysql://db/fring", "fring", "memory://", "postgresql+x://db/a"])
def test_other_databases_are_refused(url):
    with pytest.raises(ValueError, match="postgresql://"):
        to_conninfo(url)


def test_a_parameter_that_libpq_does_not_know_is_refused_without_the_password():
    with pytest.raises(ValueError, match="pool_size") as caught:
        to_conninfo("postgresql://ann:secret@db/fring?pool_size=3")
    assert "secret" not in str(caught.value)


def test_a_description_holds_no_password():
    text = described("postgresql://ann:secret@db.example:6543/fring")
    assert text == "database 'fring' at db.example:6543"
