"""Reads from a real standby: what is promised about their age, and what its end costs."""

import random
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Event, Thread

import httpx
import pytest

from fring_http.server.checks import check
from fring_http.server.doctor.standby import look_at_standby
from fring_http.server.modes import SettingsError
from fring_http.server.settings import MEMORY, Settings
from tests.http.tokens import SECRET, as_user
from tests.serving import await_condition, serving
from tests.standby import replicated

BOUND = 2.0
TASKS = "/api/v1/tasks"
METRICS = {"Authorization": "Bearer metrics"}
PATIENCE = 2.0  # for a read that meets a standby which says nothing, on a busy machine


@pytest.fixture(scope="module")
def pair():
    with replicated() as pair:
        yield pair


@pytest.fixture(scope="module")
def settings(pair):
    return {
        "DATABASE_URL": pair.primary.url,
        "FRING_READ_DATABASE_URL": pair.standby.url,
        "FRING_READ_LAG_SECONDS": f"{BOUND:g}",
        "FRING_METRICS_TOKEN": "metrics",
        "FRING_WORKER": "off",  # whose statements would hide those of requests
        "BETTER_AUTH_SECRET": SECRET,
        "FRING_POOL_TIMEOUT": "0.2",
        "WORKERS": "2",
    }


@pytest.fixture(scope="module")
def server(settings, tmp_path_factory):
    with serving(tmp_path_factory.mktemp("server"), **settings) as server:
        yield server


@pytest.fixture
def call(server, pair):
    """Give a function that calls as somebody, each time over another connection: to any worker."""
    await_condition(lambda: answers_from(pair, server) == {"standby"})

    def call(who, method, path, **arguments):
        answer = httpx.request(
            method, server.url + path, headers=as_user(who), verify=False, timeout=30, **arguments
        )
        assert answer.status_code < 300, (method, path, answer.status_code, answer.text)
        return answer

    return call


def answers_from(pair, server):
    """Return who answered some reads by somebody who has not written."""
    places = set()
    for _ in range(10):
        [(now,)] = pair.primary.run("SELECT clock_timestamp()")
        answer = httpx.get(server.url + TASKS, headers=as_user("nobody"), verify=False)
        if answer.status_code == 503:  # the primary has just come back
            return set()
        assert answer.status_code == 200
        [(found,)] = pair.primary.run(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'fring'"
            f" AND query LIKE '%FROM tasks%' AND query_start > '{now}'"
        )
        places.add("primary" if found else "standby")
    return places


@contextmanager
def paused(pair):
    pair.pause()
    try:
        yield
    finally:
        pair.resume()


def titled(call, title="before"):
    return call("maker", "POST", TASKS, json={"title": title}).json()["id"]


def title(call, who, task):
    return call(who, "GET", f"{TASKS}/{task}").json()["title"]


@pytest.mark.parametrize(
    ("url", "read_url", "fault"),
    [
        ("", "postgresql://b/fring", "needs a DATABASE_URL"),
        (MEMORY, "postgresql://b/fring", "needs a DATABASE_URL"),
        ("postgresql://a/fring", "mysql://b/fring", "FRING_READ_DATABASE_URL: a database URL"),
        ("postgresql://a/fring", "postgresql://b,c/fring", "several hosts"),
        ("postgresql://a/fring", "postgresql://u:p@a:5432/fring", "leads to where DATABASE_URL"),
    ],
)
def test_what_cannot_be_a_standby_is_refused(url, read_url, fault):
    with pytest.raises(SettingsError, match=fault):
        check(Settings(database_url=url, read_database_url=read_url))


def test_what_can_be_one_is_not():
    check(Settings(database_url="postgresql://a/fring", read_database_url="postgresql://b/fring"))


def test_others_see_an_older_state_and_no_older_one_than_the_bound(call, pair):
    task = titled(call)
    with ExitStack() as stack:
        for _ in range(5):  # on a busy machine a worker may learn too late how old a state is
            pair.catch_up()
            time.sleep(BOUND * 0.3)  # both workers know by now
            pausing = stack.enter_context(ExitStack())
            pausing.enter_context(paused(pair))
            call("alice", "PUT", f"{TASKS}/{task}", json={"title": "after"})
            written = time.monotonic()
            if title(call, "bob", task) == "before":
                break
            pausing.close()
            call("alice", "PUT", f"{TASKS}/{task}", json={"title": "before"})
        else:
            pytest.fail("nobody sees an older state")
        assert call("bob", "HEAD", f"{TASKS}/{task}").headers["content-length"]
        while time.monotonic() < written + BOUND:
            assert title(call, "alice", task) == "after"
            time.sleep(0.05)
        for who in ("alice", "bob") * 10:
            assert title(call, who, task) == "after"


def test_who_has_written_sees_it_whichever_worker_answers_and_whenever(call, pair):
    """Some read at once, some when the bound is about over, while the standby falls behind."""
    ending = Event()

    def disturb():
        while not ending.is_set():
            with paused(pair):
                ending.wait(random.uniform(0, 1.2 * BOUND))
            ending.wait(random.uniform(0, 0.5))

    def write_and_read(number):
        who, found = f"writer {number}", []
        task = titled(call)
        for version in range(6):
            call(who, "PUT", f"{TASKS}/{task}", json={"title": f"{version}"})
            for pause in (0, 0, BOUND * random.uniform(0, 0.4)):
                time.sleep(pause)
                found.append(title(call, who, task) == f"{version}")
        call(who, "PUT", f"{TASKS}/{task}", json={"title": "last"})
        time.sleep(BOUND - 0.01 * (number % 5))
        return found + [title(call, who, task) == "last" for _ in range(5)]

    disturbing = Thread(target=disturb)
    disturbing.start()
    try:
        with ThreadPoolExecutor(16) as threads:
            found = [each for many in threads.map(write_and_read, range(16)) for each in many]
    finally:
        ending.set()
        disturbing.join()
    assert all(found)
    assert len(found) == 16 * 23


@contextmanager
def reading(call, longest=PATIENCE):
    """Read as somebody who never writes, all the while; each has to be answered, and soon."""
    ending = Event()

    def read():
        slowest = 0.0
        while not ending.is_set():
            began = time.monotonic()
            call("bob", "GET", TASKS)
            slowest = max(slowest, time.monotonic() - began)
        return slowest

    with ThreadPoolExecutor(4) as threads:
        readers = [threads.submit(read) for _ in range(4)]
        try:
            time.sleep(0.2)
            yield
            time.sleep(0.3)
        finally:
            ending.set()
        assert max(each.result() for each in readers) < longest


def test_a_standby_that_is_killed_costs_nothing_and_comes_back(call, pair, server):
    with reading(call):
        pair.standby.kill()
    assert httpx.get(f"{server.url}/health/ready", verify=False).status_code == 200
    with reading(call):
        pair.standby.start()
    await_condition(lambda: answers_from(pair, server) == {"standby"})


def test_a_standby_that_hangs_is_left_alone(call, pair, server):
    with reading(call):
        pair.standby.signal(signal.SIGSTOP)
    try:
        time.sleep(1)  # each worker has noticed, and not those alone that were called
        with reading(call, longest=0.7):  # which is the least that one takes that hangs
            pass
        assert answers_from(pair, server) == {"primary"}
    finally:
        pair.standby.signal(signal.SIGCONT)
    await_condition(lambda: answers_from(pair, server) == {"standby"})


def test_without_the_primary_it_serves_for_as_long_as_the_bound(call, pair, server):
    def status():
        answer = httpx.get(server.url + TASKS, headers=as_user("bob"), verify=False, timeout=30)
        return answer.status_code

    await_condition(lambda: answers_from(pair, server) == {"standby"})
    stopped = time.monotonic()
    pair.primary.stop()
    try:
        first, asked = status(), time.monotonic() - stopped
        assert first == 200 or asked > BOUND / 2  # a busy machine takes its time to stop it
        await_condition(lambda: status() == 503)
        assert time.monotonic() - stopped < BOUND + PATIENCE or asked > BOUND / 2
        assert {status() for _ in range(3)} == {503}
    finally:
        pair.primary.start()
    await_condition(lambda: {status() for _ in range(3)} == {200})
    await_condition(lambda: answers_from(pair, server) == {"standby"})


def test_a_deleted_account_is_over_at_once_whatever_the_standby_says(call, pair, server):
    account = {"username": "carol", "email": "carol@example.com", "password": "long enough"}
    url = server.url

    def post(path, **body):
        return httpx.post(f"{url}/api/v1/auth/{path}", json=body, verify=False, timeout=30)

    user = post("register", **account).json()["id"]
    token = post("login", username="carol", password="long enough").json()["access_token"]

    def status(method, path):
        own = {"Authorization": f"Bearer {token}"}
        return httpx.request(method, url + path, headers=own, verify=False).status_code

    pair.catch_up()
    with paused(pair):
        assert status("GET", TASKS) == 200
        assert status("DELETE", "/api/v1/auth/me") < 300
        for _ in range(10):
            assert status("GET", TASKS) == 401
        # Who is new sees itself, although nobody had called under that name before.
        again = post("register", **account).json()["id"]
        assert again != user
        token = post("login", username="carol", password="long enough").json()["access_token"]
        for _ in range(10):
            assert status("GET", f"/api/v1/users/{again}") == 200


def test_the_numbers_tell_of_it(call, server):
    def number(name):
        page = httpx.get(f"{server.url}/metrics", headers=METRICS, verify=False).text
        return [float(line.split()[1]) for line in page.splitlines() if line.startswith(name)]

    [before] = number('fring_reads_total{place="standby"}')
    assert number('fring_reads_total{place="primary"}') > [0.0]
    for _ in range(20):
        call("bob", "GET", TASKS)
    await_condition(lambda: number('fring_reads_total{place="standby"}') >= [before + 20])
    await_condition(lambda: [0.0] < number("fring_standby_lag_seconds") < [BOUND])


@pytest.mark.usefixtures("call")
def test_the_doctor_looks_at_it(pair):
    def found(read_url):
        urls = Settings(database_url=pair.primary.url, read_database_url=read_url, read_lag=0.5)
        return [(each.about, str(each.state), each.found[:20]) for each in look_at_standby(urls)]

    assert found("") == []
    [(about, state, said)] = found(pair.standby.url)
    assert (about, state) == ("standby", "ok")
    assert re.fullmatch(r"it is at most 0\.[0-5] s ", said)
    assert found(pair.standby.url + "4") == [("standby", "warn", "it does not answer: ")]
    assert found(pair.primary.url) == [("standby", "warn", "it is no standby, or")]


def test_a_standby_that_is_promoted_is_none_any_more(call, pair, server):
    with reading(call):
        pair.standby.run("SELECT pg_promote()")
        await_condition(lambda: "it is no standby, or none any more" in server.log.read_text())
    await_condition(lambda: answers_from(pair, server) == {"primary"})  # by both workers
    pair.standby.run("UPDATE tasks SET title = 'of another history'")
    assert answers_from(pair, server) == {"primary"}
    for who in ("alice", "bob") * 5:
        assert "of another history" not in call(who, "GET", TASKS).text
    with reading(call):
        pair.standby.stop()
        pair.copy()
    await_condition(lambda: answers_from(pair, server) == {"standby"})
