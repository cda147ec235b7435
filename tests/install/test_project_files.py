"""What hosts and tools read of the project is what they can read, and calls what make calls."""

import re
import subprocess
import sys

import pytest
import yaml

from tests.install.locks import PYTHONS, ROOT

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
SCHEMAS = {
    "github-workflows": WORKFLOWS,
    "github-issue-forms": sorted(
        set(GITHUB.glob("ISSUE_TEMPLATE/*")) - {*GITHUB.glob("*/config.yml")}
    ),
    "github-issue-config": [GITHUB / "ISSUE_TEMPLATE/config.yml"],
    "dependabot": [GITHUB / "dependabot.yml"],
}
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)


def checked(schema, *files):
    """Return what check-jsonschema, which brings the schemas along, says of files."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    return subprocess.run([*command, *files], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_each_file_is_what_its_schema_says(schema):
    done = checked(schema, *SCHEMAS[schema])
    assert done.returncode == 0, done.stdout


def test_every_file_is_held_against_a_schema():
    checked_files = {path for files in SCHEMAS.values() for path in files}
    assert checked_files == {*GITHUB.rglob("*.yml")}


def test_it_shows_when_a_workflow_is_wrong(tmp_path):
    (tmp_path / "ci.yml").write_text(WORKFLOWS[0].read_text().replace("runs-on:", "run-on:"))
    assert checked("github-workflows", tmp_path / "ci.yml").returncode == 1


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_names_actions_by_their_commit_and_may_little(path):
    text = path.read_text()
    used = re.findall(r"uses: (.+)", text)
    assert used
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}  # v[\d.]+", each) for each in used)
    assert yaml.safe_load(text)["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_runs_what_there_is(path):
    jobs = yaml.safe_load(path.read_text())["jobs"].values()
    run = [step["run"] for job in jobs for step in job["steps"] if "run" in step]
    assert ".ci/run" in run
    assert {each.split()[1] for each in run if each.startswith("make ")} <= {*TARGETS}


def test_every_python_is_tried():
    jobs = yaml.safe_load((GITHUB / "workflows/ci.yml").read_text())["jobs"]
    tried = jobs["check"]["strategy"]["matrix"]["python"]
    assert tried == sorted({python.rpartition(".")[0] for python in PYTHONS})


def test_the_hooks_are_what_make_check_makes():
    (repository,) = HOOKS["repos"]
    assert repository["repo"] == "local"  # nothing is fetched
    for hook in repository["hooks"]:
        assert hook["entry"] == f"make {hook['id']}"
        assert (hook["language"], hook["pass_filenames"]) == ("system", False)
        assert hook["id"] in TARGETS
    recipe = re.search(
        r"^check:.*\n\t.*--jobs 2 (.+)", (ROOT / "Makefile").read_text(), re.MULTILINE
    )
    assert recipe is not None
    assert {hook["id"] for hook in repository["hooks"]} == {*recipe[1].split()}
