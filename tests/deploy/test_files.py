"""What is in `deploy/` can be read, and names only settings and commands that there are."""

import re
import subprocess
import sys
import tomllib
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from fring_http.server.command.cli import fring
from fring_http.server.processes.child import GRACE_SECONDS
from fring_http.server.settings import SETTINGS, Settings
from tests.deploy.files import (
    COMPOSE,
    DEPLOY,
    DOCKERFILE,
    FILES,
    MANIFESTS,
    NGINX_CONF,
    PAGE,
    ROOT,
    UNITS,
    directives,
    documents,
    scalars,
    variables,
)

NAMES = {name for each in SETTINGS for name in (each.variable, each.in_file) if name}
# A word of a command line: it begins a line, or follows what starts one.
COMMAND = re.compile(
    r"(?:/bin/|`|\$ |^)fring ((?:[a-z]+ ?)+)((?:--[a-z-]+[ =]?[^ `\n]* ?)*)", re.MULTILINE
)
WRITTEN = [*FILES, PAGE]


def settings_in(text):
    return set(re.findall(r"\b(?:FRING_[A-Z_]+|BETTER_AUTH_SECRET\w*|DATABASE_URL\w*)\b", text))


def pod(document):
    spec = document["spec"]
    return spec.get("jobTemplate", document)["spec"]["template"]["spec"]


def pods():
    for path in MANIFESTS:
        yield from (each for each in documents(path) if each["kind"] in {"Deployment", "CronJob"})


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_can_be_read(path):
    match path.suffix:
        case ".yaml" | ".yml" | ".json":
            assert all(documents(path))
        case ".service" | ".timer":
            assert directives(path)
        case ".py":
            compile(path.read_text(), path, "exec")


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_settings_exist(path):
    assert settings_in(path.read_text()) <= NAMES


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_commands_exist(path):
    for words, options in COMMAND.findall(path.read_text()):
        command: Any = fring
        for word in words.split():
            if not hasattr(command, "commands"):
                break  # an argument
            assert word in command.commands, f"fring {words}"
            command = command.commands[word]
        known = {option for each in command.params for option in each.opts}
        assert set(re.findall(r"--[a-z-]+", options)) <= known, f"fring {words}{options}"


def test_compose_is_what_compose_reads():
    done = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema"),
            *("--builtin-schema", "vendor.compose-spec", COMPOSE),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_compose_names_what_is_there():
    [compose] = documents(COMPOSE)
    for service in compose["services"].values():
        assert set(service.get("secrets", [])) <= set(compose["secrets"])
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert source in compose["volumes"] or (DEPLOY / source).exists()
        for variable, value in service.get("environment", {}).items():
            if str(value).startswith("/run/secrets/"):
                assert value.removeprefix("/run/secrets/") in service["secrets"], variable
        assert service["read_only"]
        assert "restart" in service


def test_its_secrets_are_made_once_and_fit(tmp_path):
    program = tmp_path / "make_secrets.py"
    program.write_bytes((DEPLOY / "make_secrets.py").read_bytes())
    subprocess.run([sys.executable, program], check=True)
    made = {path.name: path.read_text().strip() for path in (tmp_path / "secrets").iterdir()}
    [compose] = documents(COMPOSE)
    assert {f"secrets/{name}" for name in made} == {
        each["file"] for each in compose["secrets"].values()
    }
    values = {"DATABASE_URL": made["database_url"], "BETTER_AUTH_SECRET": made["auth_secret"]}
    assert Settings.from_mapping(values).secret == made["auth_secret"]
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    again = subprocess.run([sys.executable, program], capture_output=True, check=False)
    assert again.returncode
    assert made["auth_secret"] == (tmp_path / "secrets/auth_secret").read_text().strip()


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_lays_its_credentials_where_it_looks_for_them(path):
    given = {value.split(":")[0] for _, name, value in directives(path) if name == "LoadCredential"}
    asked = {v.removeprefix("%d/") for v in variables(path).values() if v.startswith("%d/")}
    assert given == asked


def test_everything_has_the_time_to_end_by_itself():
    [unit] = [path for path in UNITS if path.name == "fring.service"]
    of_unit = {name: value for _, name, value in directives(unit)}
    [compose] = documents(COMPOSE)
    of_service = compose["services"]["fring"]
    [deployment] = [each for each in pods() if each["kind"] == "Deployment"]
    [container] = pod(deployment)["containers"]
    of_pod = {each["name"]: each["value"] for each in container["env"]}
    ways = [
        (of_unit["TimeoutStopSec"].removesuffix("s"), variables(unit)),
        (of_service["stop_grace_period"].removesuffix("s"), of_service["environment"]),
        (pod(deployment)["terminationGracePeriodSeconds"], of_pod),
    ]
    [idle] = re.findall(r"^    keepalive_timeout (\d+)s;", NGINX_CONF.read_text(), re.MULTILINE)
    [kept] = re.findall(r"\bkeepalive (\d+)s", (DEPLOY / "Caddyfile").read_text())
    for given, environment in ways:
        settings = Settings.from_mapping(environment)
        assert float(given) > settings.drain + settings.statement_timeout + GRACE_SECONDS
        assert settings.drain > float(idle)
        assert settings.drain > float(kept)


@pytest.mark.parametrize("document", list(pods()), ids=lambda each: each["metadata"]["name"])
def test_a_pod_is_confined_and_mounts_what_it_reads(document):
    found = pod(document)
    [container] = found["containers"]
    assert found["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    volumes = {each["name"] for each in found["volumes"]}
    assert {each["name"] for each in container["volumeMounts"]} == volumes
    mounts = [each["mountPath"] for each in container["volumeMounts"]]
    for each in container["env"]:
        if each["name"].endswith("_FILE"):
            assert any(each["value"].startswith(f"{mount}/") for mount in mounts)
    assert f"{found['securityContext']['runAsUser']}" in DOCKERFILE.read_text()


def test_the_image_has_what_serving_needs_and_nothing_else():
    text, lock = DOCKERFILE.read_text(), (ROOT / "requirements-serve.lock").read_text()
    parts = dict(re.findall(r'^ARG (\w+)="([a-z|-]+)"$', text, re.MULTILINE))
    apart = {name for part in parts.values() for name in part.split("|")}
    needed_by = {
        name: set(re.findall(r"^    #   (\S+)", rest, re.MULTILINE))
        for name, rest in re.findall(r"^([a-z0-9-]+)==.*\n((?:    .*\n)+)", lock, re.MULTILINE)
    }
    assert apart <= set(needed_by)
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    project = {
        canonicalize_name(Requirement(each).name)
        for extra in ("server", "postgres")
        for each in extras[extra]
    } | {"attrs"}
    for name, needing in needed_by.items():
        others = {each for each in needing if each not in {"-c", "fring", "requirements.lock"}}
        if name not in apart:
            assert name in project or others - apart, f"only {others} need {name}"
        else:
            assert name not in project
            assert others <= apart, f"{others - apart} need {name}"


def test_texts_of_all_files_name_no_tag_that_moves():
    [compose] = documents(COMPOSE)
    for service in compose["services"].values():
        if "build" not in service:
            assert re.search(r":v?\d", service["image"])
    assert not any(
        text.endswith(":latest")
        for path in MANIFESTS
        for each in documents(path)
        for text in scalars(each)
    )
