"""Where settings come from, and what is said of those that cannot be used."""

from pathlib import Path

import attrs
import pytest

from fring_core import PERMISSIVE, STRICT
from fring_http.api.rates import Rate
from fring_http.server.authentication import auth_mode
from fring_http.server.modes import AuthMode, SettingsError
from fring_http.server.settings import SETTINGS, Settings
from fring_http.server.tokens import secret_tokens


@pytest.fixture
def environment(monkeypatch):
    """Give a function that sets variables, in an environment that has none of ours."""
    for setting in SETTINGS:
        monkeypatch.delenv(setting.variable, raising=False)

    def set_variables(**values):
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return set_variables


def test_defaults(environment, tmp_path):
    settings = Settings.from_environment(tmp_path)
    assert settings == Settings()
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 1)
    assert (settings.pool_size, settings.pool_timeout) == (16, 1.0)
    assert settings.workflow is PERMISSIVE
    assert settings.cors_origins is None
    assert (settings.rate_login, settings.rate_register) == (Rate(10, 60), Rate(20, 3600))
    assert (settings.rate_users, settings.rate_requests) == (None, None)


def test_the_environment_wins_then_development_then_shared(environment, tmp_path):
    (tmp_path / ".env").write_text("PORT=1\nHOST=shared\nLOG_LEVEL=error\n")
    (tmp_path / ".env.development").write_text("PORT=2\nHOST=development\n")
    environment(PORT="3")
    settings = Settings.from_environment(tmp_path)
    assert (settings.port, settings.host, settings.log_level) == (3, "development", "error")


@pytest.mark.parametrize("production", ["production", "Production"])
@pytest.mark.parametrize("named_in", ["environment", "file"])
def test_development_is_not_read_in_production(environment, tmp_path, named_in, production):
    (tmp_path / ".env").write_text("HOST=shared\n")
    (tmp_path / ".env.development").write_text("HOST=development\n")
    if named_in == "environment":
        environment(ENVIRONMENT=production)
    else:
        (tmp_path / ".env").write_text(f"HOST=shared\nENVIRONMENT={production}\n")
    settings = Settings.from_environment(tmp_path)
    assert (settings.host, settings.environment) == ("shared", "production")


def test_an_empty_variable_counts_as_absent(environment, tmp_path):
    (tmp_path / ".env").write_text("PORT=9\n")
    environment(PORT="")
    assert Settings.from_environment(tmp_path).port == 9


def test_every_variable_is_read():
    settings = Settings.from_mapping(
        {
            "DATABASE_URL": "postgresql://db/fring",
            "FRING_SCHEMA": "fring",
            "HOST": "0.0.0.0",
            "PORT": "9000",
            "WORKERS": "4",
            "ENVIRONMENT": "production",
            "FRING_DRAIN_SECONDS": "20",
            "DEBUG": "True",
            "LOG_LEVEL": "WARNING",
            "CORS_ORIGINS": "https://a.example/, https://b.example",
            "FRING_ALLOWED_HOSTS": "fring.example, 192.0.2.1",
            "FRING_STRICT_INPUT": "yes",
            "FRING_REQUIRE_IF_MATCH": "on",
            "FRING_DATA_DIR": "/data",
            "FRING_MIGRATE": "auto",
            "FRING_READ_DATABASE_URL": "postgresql://standby/fring",
            "FRING_READ_LAG_SECONDS": "0.5",
            "FRING_WORKFLOW": "strict",
            "FRING_PERSONAL_WORKFLOW": "Permissive",
            "FRING_EVENT_DAYS": "30",
            "FRING_EVENT_TEXT": "off",
            "FRING_WORKER": "off",
            "FRING_WEBHOOK_PRIVATE": "true",
            "FRING_POOL_SIZE": "5",
            "FRING_POOL_OVERFLOW": "10",
            "FRING_POOL_TIMEOUT": "0.5",
            "FRING_POOL_RECYCLE": "60",
            "FRING_POOL_PREPARE": "off",
            "FRING_COALESCE": "no",
            "FRING_AUTH": "SECRET",
            "BETTER_AUTH_SECRET": " kept as it is ",
            "FRING_JWKS_URL": "https://app.example/api/auth/jwks",
            "FRING_TOKEN_ISSUER": "https://app.example",
            "FRING_TOKEN_AUDIENCE": "fring",
            "FRING_TOKEN_SECONDS": "60",
            "FRING_TOKEN_MAX_LIFETIME": "900",
            "FRING_ROLE_CLAIM": "https://app.example/role",
            "FRING_SUBJECT_CLAIM": "userId",
            "FRING_REGISTRATION": "off",
            "FRING_RATE_LOGIN": "5/second",
            "FRING_RATE_REGISTER": "OFF",
            "FRING_RATE_USERS": "100/Hour",
            "FRING_RATE_REQUESTS": "999999/day",
            "FRING_SERVER": "Uvicorn",
            "FRING_STATEMENT_TIMEOUT": "2.5",
            "FRING_REQUEST_SECONDS": "3.5",
            "FRING_MAX_REQUESTS": "500",
            "FRING_IDEMPOTENCY_SECONDS": "3600",
            "FRING_TRUSTED_PROXIES": "10.0.0.0/8, 2001:db8::1",
            "LOG_FORMAT": "JSON",
            "FRING_ACCESS_LOG": "off",
            "FRING_METRICS": "off",
            "FRING_METRICS_PORT": "9100",
            "FRING_METRICS_TOKEN": "hush",
            "FRING_TRACES": "http://127.0.0.1:4318",
            "SENTRY_DSN": "https://key@sentry.example/1",
        }
    )
    assert settings == Settings(
        database_url="postgresql://db/fring",
        schema="fring",
        host="0.0.0.0",
        port=9000,
        workers=4,
        environment="production",
        drain=20.0,
        debug=True,
        log_level="warning",
        cors_origins=("https://a.example", "https://b.example"),
        allowed_hosts=("fring.example", "192.0.2.1"),
        strict_input=True,
        require_if_match=True,
        data_dir=Path("/data"),
        migrate=True,
        read_database_url="postgresql://standby/fring",
        read_lag=0.5,
        workflow=STRICT,
        personal_workflow=PERMISSIVE,
        event_days=30,
        event_text=False,
        worker=False,
        webhook_private=True,
        pool_size=5,
        pool_overflow=10,
        pool_timeout=0.5,
        pool_recycle=60.0,
        pool_prepare=False,
        coalesce=False,
        auth=AuthMode.SECRET,
        secret=" kept as it is ",
        jwks_url="https://app.example/api/auth/jwks",
        token_issuer="https://app.example",
        token_audience="fring",
        token_seconds=60,
        token_max_lifetime=900,
        role_claim="https://app.example/role",
        subject_claim="userId",
        registration=False,
        rate_login=Rate(5, 1),
        rate_register=None,
        rate_users=Rate(100, 3600),
        rate_requests=Rate(999_999, 86_400),
        server="uvicorn",
        statement_timeout=2.5,
        request_seconds=3.5,
        max_requests=500,
        idempotency=3600,
        trusted_proxies=("10.0.0.0/8", "2001:db8::1/128"),
        log_format="json",
        access_log=False,
        metrics=False,
        metrics_port=9100,
        metrics_token="hush",
        traces="http://127.0.0.1:4318",
        sentry_dsn="https://key@sentry.example/1",
    )
    plain = Settings()
    for each in SETTINGS:
        assert getattr(settings, each.field) != getattr(plain, each.field), each.field


MAY_HOLD_SECRETS = [each.variable for each in SETTINGS if each.shown]
BOTH = {"secret": "s", "jwks_url": "http://127.0.0.1/jwks"}


@pytest.mark.parametrize(
    ("settings", "mode"),
    [
        ({}, "off"),
        ({"secret": "s"}, "secret"),
        ({"jwks_url": "http://127.0.0.1/jwks"}, "jwks"),
        *((BOTH | {"auth": mode}, mode) for mode in AuthMode),
        *(({"auth": AuthMode.OFF} | given, "off") for given in ({}, {"secret": "s"})),
        ({"environment": "production", "auth": AuthMode.OFF}, "off"),
        ({"environment": "production", "secret": "s"}, "secret"),
    ],
)
def test_what_is_set_decides_how_callers_are_told_apart(settings, mode):
    assert auth_mode(Settings(**settings)) == mode


@pytest.mark.parametrize(
    "settings",
    [
        BOTH,
        {"auth": AuthMode.SECRET},
        {"auth": AuthMode.JWKS},
        {"auth": AuthMode.SECRET, "jwks_url": "http://127.0.0.1/jwks"},
        {"auth": AuthMode.JWKS, "secret": "s"},
        {"environment": "production"},
    ],
)
def test_what_is_not_clear_about_callers_is_refused(settings):
    with pytest.raises(SettingsError):
        auth_mode(Settings(**settings))


def test_tokens_that_would_be_refused_are_not_given():
    settings = Settings(secret="s" * 32, token_seconds=900, token_max_lifetime=900)
    secret_tokens(settings)
    with pytest.raises(SettingsError, match=r"LIFETIME=899 refuses .* FRING_TOKEN_SECONDS=900"):
        secret_tokens(attrs.evolve(settings, token_max_lifetime=899))


def test_a_secret_is_not_shown():
    hushed = Settings(secret="hush", database_url="postgresql://a:hush@b/c", jwks_url="http://hush")
    assert "hush" not in repr(hushed)


def test_tokens_are_issued_for_an_hour_by_default():
    assert Settings().token_seconds == 3600


def test_blanks_around_a_value_are_no_part_of_it():
    settings = Settings.from_mapping(
        {
            "ENVIRONMENT": " Production\n",
            "FRING_AUTH": "\tsecret ",
            "FRING_ROLE_CLAIM": "role ",
            "HOST": " ::1",
            "BETTER_AUTH_SECRET": " a secret ",
        }
    )
    assert (settings.environment, settings.auth) == ("production", AuthMode.SECRET)
    assert (settings.role_claim, settings.host) == ("role", "::1")
    assert settings.secret == " a secret ", "the front end's has them too"


def test_nearly_production_does_not_read_the_files_of_development(environment, tmp_path):
    (tmp_path / ".env.development").write_text("HOST=development\n")
    environment(ENVIRONMENT="PRODUCTION ")
    assert Settings.from_environment(tmp_path).host == "127.0.0.1"


def test_a_word_for_node_says_so():
    with pytest.raises(SettingsError, match="Node"):
        Settings.from_mapping({"DEBUG": "express:*"})


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://App.Example:443/", "https://app.example"),
        ("HTTP://app.example:80", "http://app.example"),
        ("http://app.example:443", "http://app.example:443"),
        ("http://localhost:03000", "http://localhost:3000"),
        ("http://[0:0::0:1]:3000", "http://[::1]:3000"),
        ("capacitor://localhost", "capacitor://localhost"),
        ("chrome-extension://abcdef", "chrome-extension://abcdef"),
        ("https://my_app.example", "https://my_app.example"),
    ],
)
def test_origins_are_spelled_as_browsers_do(given, origin):
    assert Settings.from_mapping({"CORS_ORIGINS": given}).cors_origins == (origin,)


def test_origins_as_a_json_list():
    settings = Settings.from_mapping({"CORS_ORIGINS": '["http://localhost:3000"]'})
    assert settings.cors_origins == ("http://localhost:3000",)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "http"),
        ("PORT", "65536"),
        ("WORKERS", "0"),
        ("DEBUG", "perhaps"),
        ("LOG_LEVEL", "loud"),
        ("CORS_ORIGINS", "*"),
        ("CORS_ORIGINS", "[1"),
        ("CORS_ORIGINS", "localhost"),
        ("CORS_ORIGINS", "null"),
        ("CORS_ORIGINS", "https://*"),
        ("CORS_ORIGINS", "*://app.example"),
        ("CORS_ORIGINS", "https://*.example"),
        ("CORS_ORIGINS", "https://*.*.app.example"),
        ("CORS_ORIGINS", "https://my*.app.example"),
        ("CORS_ORIGINS", "https://*app.example"),
        ("CORS_ORIGINS", "https://app.*.example"),
        ("CORS_ORIGINS", "https://*.127.0.0.1"),
        ("CORS_ORIGINS", "https://a.example,https://b.example:*"),
        ("CORS_ORIGINS", "https://app.example/path"),
        ("CORS_ORIGINS", "https://app.example//"),
        ("CORS_ORIGINS", "https://app.example?x"),
        ("CORS_ORIGINS", "https://ann@app.example"),
        ("CORS_ORIGINS", "https://app example"),
        ("CORS_ORIGINS", "https://b\xfccher.example"),
        ("CORS_ORIGINS", "https://::1"),
        ("CORS_ORIGINS", "file://"),
        ("CORS_ORIGINS", '"https://app.example"'),
        ("ENVIRONMENT", "prod"),
        ("ENVIRONMENT", "'production'"),
        ("ENVIRONMENT", "production;"),
        ("ENVIRONMENT", " "),
        ("FRING_AUTH", '"secret"'),
        ("FRING_ROLE_CLAIM", "'role'"),
        ("FRING_ROLE_CLAIM", " "),
        ("FRING_TOKEN_ISSUER", '"https://app.example"'),
        ("HOST", '"127.0.0.1"'),
        ("DEBUG", "express:*"),
        ("FRING_MIGRATE", "yes"),
        ("FRING_EVENT_DAYS", "0"),
        ("FRING_EVENT_DAYS", "never"),
        ("FRING_WORKFLOW", "mine"),
        ("FRING_PERSONAL_WORKFLOW", "mine"),
        ("FRING_POOL_SIZE", "-1"),
        ("FRING_POOL_TIMEOUT", "nan"),
        ("FRING_AUTH", "on"),
        ("FRING_JWKS_URL", "file:///etc/passwd"),
        ("FRING_JWKS_URL", "app.example/jwks"),
        ("FRING_JWKS_URL", "https:///jwks"),
        ("FRING_JWKS_URL", "https://app.example:99999/jwks"),
        ("FRING_JWKS_URL", "https://[::1/jwks"),
        ("FRING_JWKS_URL", "https://app.exa\nmple/jwks"),
        ("FRING_JWKS_URL", "'https://ann:word@app.example/jwks'"),
        ("FRING_TOKEN_SECONDS", "0"),
        ("FRING_TOKEN_SECONDS", "1e3"),
        ("FRING_TOKEN_MAX_LIFETIME", "-1"),
        ("FRING_SERVER", "hypercorn"),
        ("FRING_TRUSTED_PROXIES", "proxy.example"),
        ("FRING_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("FRING_STATEMENT_TIMEOUT", "0"),
        ("FRING_REQUEST_SECONDS", "0"),
        ("FRING_MAX_REQUESTS", "0"),
        ("FRING_IDEMPOTENCY_SECONDS", "0"),
        ("FRING_RATE_LOGIN", "10"),
        ("FRING_RATE_REGISTER", "0/hour"),
        ("FRING_RATE_USERS", "10/60"),
        ("FRING_RATE_REQUESTS", "10 / minute"),
        ("LOG_FORMAT", "xml"),
        ("FRING_METRICS_PORT", "0"),
        ("FRING_TRACES", "127.0.0.1:4318"),
        ("SENTRY_DSN", "https://sentry.example/1"),
        ("SENTRY_DSN", "https://key@sentry.example/project"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(variable, value):
    with pytest.raises(SettingsError) as caught:
        Settings.from_mapping({variable: value})
    assert variable in str(caught.value)
    assert (value in str(caught.value)) is (variable not in MAY_HOLD_SECRETS)


@pytest.mark.parametrize(
    ("variable", "value", "way_out"),
    [
        ("BETTER_AUTH_SECRET", " " * 40, "it is blank"),
        ("BETTER_AUTH_SECRET", "\n", "it is blank"),
        ("DATABASE_URL", "  ", "it is blank"),
        ("CORS_ORIGINS", "https://a.example https://b.example", "commas stand between them"),
        ("CORS_ORIGINS", "https://a.example;https://b.example", "commas stand between them"),
        ("CORS_ORIGINS", '["https://a.example https://b.example"]', "commas stand between them"),
        ("FRING_ALLOWED_HOSTS", "a.example b.example", "commas stand between them"),
        ("FRING_ALLOWED_HOSTS", "a.example; b.example", "commas stand between them"),
        ("FRING_ALLOWED_HOSTS", "a.example:80", "without ports"),
    ],
)
def test_the_way_out_is_told(variable, value, way_out):
    with pytest.raises(SettingsError, match=f"^{variable}.* cannot be used: .*{way_out}"):
        Settings.from_mapping({variable: value})


def test_a_value_is_told_on_one_line():
    with pytest.raises(SettingsError) as caught:
        Settings.from_mapping({"PORT": "1\nfring: all is well\x1b[2J" + "x" * 1000})
    (line,) = str(caught.value).splitlines()
    assert line.isprintable()
    assert len(line) < 250


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("FRING_PORT", "PORT"),
        ("FRING_POOLSIZE", "FRING_POOL_SIZE"),
        ("FRING_Pool_Size", "FRING_POOL_SIZE"),
        ("FRING_DATABASE_URL", "DATABASE_URL"),
        ("FRING_SECRET", "BETTER_AUTH_SECRET"),
        ("FRING_CORS_ORIGIN", "CORS_ORIGINS"),
        ("FRING_STRICT", "FRING_STRICT_INPUT"),
        ("BETTER_AUTH_SECRETT", "BETTER_AUTH_SECRET"),
        ("CORS_ORIGIN", "CORS_ORIGINS"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("FRING_XYZ", None),
        ("FRING_", None),
    ],
)
@pytest.mark.parametrize("file", [None, ".env", ".env.development"])
def test_what_looks_like_a_setting_is_told(environment, tmp_path, file, name, meant):
    if file is None:
        environment(**{name: "hush"})
    else:
        (tmp_path / file).write_text(f"{name}=hush\n")
    (line,) = Settings.from_environment(tmp_path).strays
    assert line.startswith(f"{name} is no setting")
    assert line.endswith(f"did you mean {meant}?" if meant else "nothing heeds it")
    assert "hush" not in line


@pytest.mark.parametrize("name", ["FRING_JWT_SECRET", "FRING_JWT", "FRING_AUTHENTICATION"])
def test_what_looks_like_authentication_is_told_how_that_is_set_up(environment, tmp_path, name):
    environment(**{name: "hush"})
    (line,) = Settings.from_environment(tmp_path).strays
    assert line.endswith("; tokens need BETTER_AUTH_SECRET or FRING_JWKS_URL")


def test_it_is_told_beside_what_cannot_be_used(environment, tmp_path):
    environment(FRING_POOLSIZE="9", PORT="abc")
    with pytest.raises(SettingsError, match=r"PORT.*\nFRING_POOLSIZE is no setting"):
        Settings.from_environment(tmp_path)


def test_what_others_have_set_is_not(environment, tmp_path):
    others = {
        "FRING_TOKEN": "a.b.c",
        "FRING_URL": "http://localhost:8000",
        "FRING_SERVICE_HOST": "10.0.0.1",
        "FRING_SERVICE_PORT_HTTP": "80",
        "FRING_PORT": "tcp://10.0.0.1:80",
        "FRING_PORT_80_TCP_ADDR": "10.0.0.1",
        "MY_FRING_PORT": "1",
        "FRINGE": "1",
        "HOSTNAME": "here",
        "DATABASE": "x",
        "FRING_POLL_SIZE": "",
    }
    environment(**others, **{each.variable: "" for each in SETTINGS})
    assert Settings.from_environment(tmp_path).strays == ()
