"""The rules and the dashboard ask for numbers and labels that a running server shows."""

import re
from functools import partial

import httpx
import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.ports import free_port
from tests.deploy.files import DASHBOARD, documents, expressions
from tests.serving import await_condition, serving

# Prometheus itself adds these.
BY_PROMETHEUS = {"job", "instance"}
LABELS = re.compile(r'(\w+)(?:=~|!~|!=|=)"')
SELECTOR = re.compile(r"\b(fring_\w+|up)\b(?:\{([^}]*)\})?")
GROUPING = re.compile(r"\bby \(([^)]*)\)")


@pytest.fixture(scope="module")
def shown(tmp_path_factory, new_database):
    """Give the labels of each series of a server whose every number has been counted once."""
    port, url = free_port(), new_database()
    folder = tmp_path_factory.mktemp("metrics")
    with serving(folder, DATABASE_URL=url, FRING_METRICS_PORT=str(port)) as server:
        get = partial(httpx.get, verify=False)
        with psycopg.connect(url) as connection:
            connection.execute("ALTER TABLE tasks RENAME TO away")
        assert get(f"{server.url}/api/v1/tasks").status_code == 503

        def series():
            text = get(f"http://127.0.0.1:{port}/metrics").text
            found: dict[str, set[str]] = {}
            for family in text_string_to_metric_families(text):
                for sample in family.samples:
                    found.setdefault(sample.name, set()).update(sample.labels)
            return found

        await_condition(lambda: "fring_database_errors_total" in series())
        return series()


@pytest.mark.parametrize("expression", list(expressions()))
def test_it_asks_for_what_is_there(shown, expression):
    asked = SELECTOR.findall(expression)
    assert asked
    labels = set()
    for name, selector in asked:
        assert name in shown or name == "up"
        labels |= shown.get(name, set()) | BY_PROMETHEUS
        assert set(LABELS.findall(selector)) <= shown.get(name, set()) | BY_PROMETHEUS
    for words in GROUPING.findall(expression):
        assert set(words.replace(",", " ").split()) <= labels


def test_legends_name_labels_that_are_left(shown):
    [dashboard] = documents(DASHBOARD)
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            left = {
                word
                for words in GROUPING.findall(target["expr"])
                for word in re.findall(r"\w+", words)
            }
            assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= left
