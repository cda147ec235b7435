"""Secrets in files, what `fring config` shows of them, and options that win over everything."""

import re

import pytest

from fring_http.server.modes import SettingsError
from fring_http.server.settings import SETTINGS, Settings
from fring_http.server.variables.texts import without_password
from tests.http.tokens import SECRET
from tests.serving import fring

URL = "postgresql://ann:hush@db.example:5432/fring?sslmode=require&sslpassword=hush"


def rows(out):
    return {row[0]: row[1:] for row in (re.split(r" {2,}", line) for line in out.splitlines())}


def test_a_secret_may_be_in_a_file(run, tmp_path, monkeypatch):
    for name, text in (("secret", f"{SECRET}\r\n"), ("url", " kept \n\n")):
        (tmp_path / name).write_text(text)
    (tmp_path / ".env").write_text(f"BETTER_AUTH_SECRET_FILE={tmp_path}/secret\n")
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))
    settings = Settings.from_environment(tmp_path)
    assert (settings.secret, settings.database_url) == (SECRET, " kept \n")
    assert settings.strays == ()
    # The environment wins over a file that an env file names, and over nothing else.
    monkeypatch.setenv("BETTER_AUTH_SECRET", "s" * 32)
    assert Settings.from_environment(tmp_path).secret == "s" * 32


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "No such file"),
        (b"", "it is empty"),
        (b"\n", "it is empty"),
        (b"\xff", "it is no text"),
        (b"a\0", "it is no text"),
        (b"x" * 65_537, "longer than 65536 bytes"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(run, tmp_path, monkeypatch, text, words):
    file = tmp_path / "secret"
    if text is not None:
        file.write_bytes(text)
    monkeypatch.setenv("BETTER_AUTH_SECRET_FILE", str(file))
    shown = f"={file}" if text is not None else ""  # it may be the secret itself
    with pytest.raises(SettingsError, match=f"^BETTER_AUTH_SECRET_FILE{shown} cannot .*{words}"):
        Settings.from_environment(tmp_path)


def test_both_in_one_place_are_refused(run, tmp_path, monkeypatch):
    (tmp_path / "secret").write_text(SECRET)
    monkeypatch.setenv("BETTER_AUTH_SECRET_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("BETTER_AUTH_SECRET", SECRET)
    with pytest.raises(SettingsError, match="are both set"):
        Settings.from_environment(tmp_path)


def test_no_file_is_taken_for_what_is_no_secret(run, tmp_path, monkeypatch):
    monkeypatch.setenv("FRING_SCHEMA_FILE", "x")
    (stray,) = Settings.from_environment(tmp_path).strays
    assert "did you mean FRING_SCHEMA?" in stray


def test_what_is_set_is_shown_without_secrets(run, tmp_path):
    (tmp_path / ".env").write_text("PORT=9\nLOG_LEVEL=error\n")
    (tmp_path / ".env.development").write_text("PORT=8\n")
    (tmp_path / "secret").write_text(SECRET)
    code, out, err = run(
        "config", "show",
        DATABASE_URL=URL, BETTER_AUTH_SECRET_FILE=str(tmp_path / "secret"), HOST="::1",
        FRING_JWKS_URL="https://ann:hush@a.example/jwks", FRING_METRICS_TOKEN="hush hush",
        SENTRY_DSN="https://hush@o1.example/1",
    )  # fmt: skip
    assert (code, err) == (0, "")
    assert "hush" not in out
    assert SECRET not in out
    shown = rows(out)
    assert list(shown)[1:] == [each.variable for each in SETTINGS]
    assert shown["PORT"] == ["8", ".env.development"]
    assert shown["LOG_LEVEL"] == ["error", ".env"]
    assert shown["HOST"] == ["::1", "environment"]
    assert shown["WORKERS"] == ["1", "default"]
    assert shown["DATABASE_URL"] == [
        "postgresql://ann:***@db.example:5432/fring?sslmode=require&sslpassword=***",
        "environment",
    ]
    assert shown["BETTER_AUTH_SECRET"] == [
        f"(hidden, {len(SECRET)} characters)",
        f"{tmp_path}/secret (BETTER_AUTH_SECRET_FILE, environment)",
    ]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ann@db/x", "postgresql://ann@db/x"),
        ("postgresql:///x?host=/run/postgresql", "postgresql:///x?host=/run/postgresql"),
        ("https://:hush@a.example", "https://***:***@a.example"),
        ("https://hush@a.example/x", "https://***@a.example/x"),
        (
            "https://a.example/x?sig=hush&api_token=hush",
            "https://a.example/x?sig=***&api_token=***",
        ),
        (
            "postgresql://db/x?passfile=hush&sslmode=allow",
            "postgresql://db/x?passfile=***&sslmode=allow",
        ),
        ("postgresql://ann:hu/sh@db/x", None),
        ("postgresql://ann:hu?sh@db/x", None),
        ("postgresql://ann:hu#sh@db/x", None),
        ("host=db password=hush", None),
        ("hush", None),
        ("http://[hush", None),
    ],
)
def test_a_url_is_shown_without_its_password(url, shown):
    assert without_password(url) == (shown or f"(hidden, {len(url)} characters)")


def test_every_fault_is_found_before_anything_is_opened(run):
    code, out, err = run(
        "config", "check", DATABASE_URL="memory://", WORKERS="2", FRING_METRICS_PORT="8000",
        BETTER_AUTH_SECRET="short", FRING_SCHEMA="pg_x",
    )  # fmt: skip
    assert (code, out) == (1, "")
    for words in ("needs WORKERS=1", "32 bytes", "PostgreSQL's own", "FRING_METRICS_PORT=8000"):
        assert words in err
    assert len(err.splitlines()) == 4


def test_settings_that_go_together_will_do(run):
    assert run("config", "check", DATABASE_URL="memory://") == (
        0, "fring: the settings will do\n", "",
    )  # fmt: skip


def test_an_option_wins_over_the_environment(tmp_path):
    (tmp_path / ".env").write_text("HOST=nowhere\n")
    settings = {"DATABASE_URL": "memory://", "FRING_AUTH": "off", "HOST": "127.0.0.1"}
    ended = fring(tmp_path, "serve", "--host", "nope.invalid", **settings)
    assert ended.stderr.startswith("fring: Cannot listen on nope.invalid:")


def test_an_option_that_cannot_be_used_is_named(run):
    code, _, err = run("serve", "--port", "http")
    assert (code, "'--port': must be a whole number from 1 to 65535" in err) == (2, True)


def test_no_secret_but_the_databases_is_an_option(run):
    out = run("serve", "--help")[1]
    assert "--database-url" in out
    for name in ("secret", "jwks-url", "metrics-token", "sentry-dsn"):
        assert f"--{name}" not in out
