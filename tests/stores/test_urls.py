"""DATABASE_URL in all its spellings."""

import traceback

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from fring_adapters.postgres import BlockingPostgresStore, PostgresStore
from fring_adapters.postgres.wire.urls import described, to_conninfo


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


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "/",
        "/fring",
        "/fring?host=/run/postgresql",
        "/?service=todo",
        "?host=/run/postgresql&dbname=fring",
        "ann@/fring?host=/opt/c++&password=a+b&sslrootcert=/opt/c++/root.pem",
        "%2Frun%2Fpostgresql/fring",
        "ann:a#b[c]&ssl=true@db.example/fring",
        "db.example/fring#1",
        "one,two:6543,[::1]:7/fring?target_session_attrs=read-write&connect_timeout=3",
        "[fe80::1%25eth0]:6543/fring",
        "ann:%E6%97%A5%2B@db.example/fring?options=-csearch_path%3Dfring",
    ],
)
@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg", "POSTGRES"])
def test_the_rest_is_libpqs_to_read(scheme, rest):
    read = conninfo_to_dict(to_conninfo(f"{scheme}://{rest}\n"))
    assert read == conninfo_to_dict(f"postgresql://{rest}")


def test_libpqs_own_form_will_do():
    assert to_conninfo("host=/run dbname='my tasks'") == "host=/run dbname='my tasks'"


@pytest.mark.parametrize("url", ["mysql://db/fring", "fring", "memory://", "postgresql+x://db/a"])
def test_other_databases_are_refused(url):
    with pytest.raises(ValueError, match="postgresql://"):
        to_conninfo(url)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", r"begins with postgresql://, and this one is empty: is it set\?$"),
        ("postgresql:/fring", "begins with postgresql://$"),
        ("'postgresql://ann@db/fring'", "not with a quotation mark"),
        ('"postgresql://ann@db/fring"', "not with a quotation mark"),
        ("jdbc:postgresql://db/fring", "take jdbc: away"),
        ("postgresql://db/fring?schema=todo", "FRING_SCHEMA=name"),
        ("postgresql://db/fring?pgbouncer=true", "FRING_POOL_PREPARE"),
        ("postgresql://db/fring?connection_limit=1", "FRING_POOL_SIZE"),
        ("postgresql://db/fring?uselibpqcompat=true", "'uselibpqcompat' .* no parameter of libpq"),
        ("postgresql://db/fring?options=-csearch_path=todo", "%3D for ="),
        ("postgresql://db/fring?sslmode", "name=value"),
        ("postgresql://ann:a%zz@db/fring", "%25 for %"),
        ("postgresql://ann:a%00@db/fring", "%25 for %"),
        ("postgresql://ann:a@b@db/fring", "%40 for @"),
        ("postgresql://ann:a/b@db/fring", "%2F for /"),
        ("postgresql://ann:a?b@db/fring", "%3F for ?"),
        ("postgresql://ann:a b@db/fring", "%20 for a blank"),
        ("postgresql://ann:a\tb@db/fring", "control character"),
        ("postgresql://ann:a\udcffb@db/fring", "control character"),
        ("postgresql://ann:%ff@db/fring", "libpq cannot read"),
        ("postgresql://ann@[::1/fring", "libpq cannot read"),
        ("postgresql://ann:secret/fring", "the port .* is no number"),
        ("host=db password", "libpq cannot read"),
        ("dbname=postgresql://ann:secret@db/fring", "is a URL itself"),
    ],
)
def test_what_helps_is_said(url, words):
    with pytest.raises(ValueError, match=words):
        to_conninfo(url)


def test_a_parameter_that_libpq_does_not_know_is_refused_without_the_password():
    with pytest.raises(ValueError, match="pool_size") as caught:
        to_conninfo("postgresql://ann:secret@db/fring?pool_size=3")
    assert "secret" not in str(caught.value)


def everything(error):
    """Return whatever a log could show of an error, what led to it included."""
    texts = traceback.format_exception(error)
    while error is not None:
        texts.append(str(error))
        error = error.__context__
    return "".join(texts)


@pytest.mark.parametrize(
    "form",
    [
        "postgresql://ann:{}@127.0.0.1:1/fring",
        "postgresql+asyncpg://ann:{}@[::1]:1/fring?ssl=disable",
        "postgresql://ann:{}@127.0.0.1:1/fring?pool_size=3",
        "postgresql://ann:{}@[::1/fring",
        "postgresql://ann:{}@127.0.0.1:one/fring",
        "postgresql://127.0.0.1:1/fring?user=ann&password={}",
        "postgresql://127.0.0.1:1?password={}&user=ann",
        "postgresql:///fring?host=/nowhere&sslpassword={}",
        "ann:{}@127.0.0.1:1/fring",
        "postgresql:/ann:{}@127.0.0.1:1/fring",
        "'postgresql://ann:{}@127.0.0.1:1/fring'",
        "jdbc:postgresql://127.0.0.1:1/fring?user=ann&password={}",
        "mysql://ann:{}@127.0.0.1/fring",
        "host=127.0.0.1 port=1 dbname=fring password={}",
    ],
)
def test_no_message_has_a_piece_of_the_password(form):
    passwords = [f"Qxj{each}Zkv" for each in map(chr, range(1, 0xA1)) if not each.isalnum()]
    passwords += ["Qxj%zzZkv", "[Qxj]Zkv", "12/QxjZkv", "Qxj=1&Zkv=2", "Qxj?host=Zkv"]
    for password in passwords:
        url = form.format(password)
        try:
            said = described(url)
            psycopg.connect(to_conninfo(url), connect_timeout=2)
        except (ValueError, psycopg.Error) as error:
            said = everything(error)
        assert "Qxj" not in said, repr(password)
        assert "Zkv" not in said, repr(password)


def test_no_store_shows_its_password():
    url = "postgresql://ann:secret@127.0.0.1:1/fring"
    for store in (PostgresStore(url), BlockingPostgresStore(url)):
        assert "secret" not in f"{store!r} {store._pool!r}"


@pytest.mark.parametrize(
    ("rest", "place"),
    [
        ("ann:secret@db.example:6543/fring", "database 'fring' at db.example:6543"),
        ("db.example/fring", "database 'fring' at db.example:5432"),
        ("one,two:1/fring", "database 'fring' at one:5432 or at two:1"),
        ("one,two/fring?port=7", "database 'fring' at one:7 or at two:7"),
        ("[::1]/fring", "database 'fring' at [::1]:5432"),
        ("/fring?hostaddr=127.0.0.1", "database 'fring' at 127.0.0.1:5432"),
        ("/fring?host=/run", "database 'fring' at /run:5432"),
        ("%2Frun:1/fring", "database 'fring' at /run:1"),
        ("/fring?port=1", "database 'fring' on the local socket (port 1)"),
        ("ann@", "database 'ann' on the local socket (port 5432)"),
        ("/?service=todo", "database 'theirs' at from.file:5432"),
        ("/fring?service=absent", "database 'fring' on the local socket (port 5432)"),
        ("/?service=absent", "the database of service 'absent'"),
    ],
)
def test_a_description_holds_the_place_and_no_password(rest, place, monkeypatch, tmp_path):
    (tmp_path / "services").write_text("[todo]\nhost=from.file\ndbname=theirs\npassword=secret\n")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    assert described(f"postgresql://{rest}") == place


def test_a_description_knows_the_environment(monkeypatch):
    monkeypatch.setenv("PGHOST", "from.environment")
    monkeypatch.setenv("PGPORT", "6543")
    assert described("postgresql:///fring") == "database 'fring' at from.environment:6543"
