"""The reader of Hurl files can fail, and refuses what it does not understand."""

import httpx
import pytest

from tests.http.hurl import UnknownSyntaxError, read
from tests.http.hurl_run import MismatchError, run


def answer(request: httpx.Request) -> httpx.Response:
    """Answer with what was asked, and with some values of every type."""
    body = {
        "asked": {
            "method": request.method,
            "url": str(request.url),
            "body": request.content.decode(),
        },
        "values": ["text", 1, 1.5, True, None, [], {}],
        "type": request.headers.get("content-type"),
    }
    return httpx.Response(200, json=body, headers=[("X-One", "1"), ("X-Two", "a"), ("X-Two", "b")])


def play(text: str) -> None:
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        run(read(text), {"host": "localhost", "n": 1, "t": "text"}, client)


ASK = "GET http://{{host}}/\nHTTP 200\n"

HOLD = [
    ("status", "== 200"),
    ("status", "!= 201"),
    ('header "X-One"', '== "1"'),
    ('header "x-one"', "exists"),
    ('header "X-None"', "not exists"),
    ('header "X-Two" count', "== 2"),
    ('header "Content-Type"', 'contains "json"'),
    ('jsonpath "$.values" count', "== 7"),
    ('jsonpath "$.values"', "isCollection"),
    ('jsonpath "$.values[0]"', '== "text"'),
    ('jsonpath "$.values[0]"', '== "{{t}}"'),
    ('jsonpath "$.values[0]"', "== {{t}}"),
    ('jsonpath "$.values[0]"', "isString"),
    ('jsonpath "$.values[0]"', 'startsWith "te"'),
    ('jsonpath "$.values[0]"', 'endsWith "xt"'),
    ('jsonpath "$.values[0]"', 'not contains "text "'),
    ('jsonpath "$.values[0]"', "matches /^t.xt$/"),
    ('jsonpath "$.values[0]"', r"not matches /\d/"),
    ('jsonpath "$.values[1]"', "== 1"),
    ('jsonpath "$.values[1]"', "== {{n}}"),
    ('jsonpath "$.values[1]"', 'not == "1"'),
    ('jsonpath "$.values[1]"', "isInteger"),
    ('jsonpath "$.values[2]"', "not isInteger"),
    ('jsonpath "$.values[3]"', "== true"),
    ('jsonpath "$.values[3]"', "isBoolean"),
    ('jsonpath "$.values[3]"', "not isInteger"),
    ('jsonpath "$.values[4]"', "== null"),
    ('jsonpath "$.values[4]"', "exists"),
    ('jsonpath "$.values[7]"', "not exists"),
    ('jsonpath "$.nothing.at.all"', "not exists"),
    ('jsonpath "$.asked.url"', '== "http://localhost/"'),
    ('jsonpath "$.type"', "== null"),
]


@pytest.mark.parametrize(("query", "predicate"), HOLD)
def test_a_claim_that_holds_passes_and_its_opposite_fails(query, predicate):
    play(f"{ASK}[Asserts]\n{query} {predicate}")
    negated = predicate.startswith("not ")
    opposite = predicate.removeprefix("not ") if negated else f"not {predicate}"
    with pytest.raises(MismatchError):
        play(f"{ASK}[Asserts]\n{query} {opposite}")


@pytest.mark.parametrize(
    "claim",
    [
        'jsonpath "$.nothing" == null',
        'jsonpath "$.nothing" != 1',
        'jsonpath "$.nothing" not isString',
        'jsonpath "$.values[0]" count == 4',
        'jsonpath "$.values[1]" == 10',
        'jsonpath "$.values[1]" == true',
        'jsonpath "$.values[3]" == 1',
        'jsonpath "$.values[2]" == 1',
        'jsonpath "$.values[4]" == "null"',
        'jsonpath "$.values[1]" contains "1"',
        'jsonpath "$.values[1]" matches /1/',
        'jsonpath "$.values[0]" == "{{unknown}}"',
        'jsonpath "$.values[0]" == {{unknown}}',
    ],
)
def test_a_claim_that_does_not_hold_fails(claim):
    with pytest.raises(MismatchError):
        play(f"{ASK}[Asserts]\n{claim}")


def test_sends_what_is_written():
    play(
        """
        # a comment
        POST http://{{host}}/a
        X-Unused: yes
        [Query]
        name: {{t}} & more
        {
          "n": {{n}},
          "t": "{{t}} {}"
        }
        HTTP 200
        [Captures]
        body: jsonpath "$.asked.body"
        [Asserts]
        jsonpath "$.asked.method" == "POST"
        jsonpath "$.asked.url" == "http://localhost/a?name=text+%26+more"
        jsonpath "$.type" == "application/json"
        jsonpath "$.asked.body" contains "text {}"

        PUT http://{{host}}/
        Content-Type: x/y
        {"same": "{{t}}", "n": {{n}}}
        HTTP 200
        [Asserts]
        jsonpath "$.type" == "x/y"
        jsonpath "$.asked.body" != "{{t}}"
        jsonpath "$.asked.body" contains "text"
        """
    )


def test_every_uuid_is_new():
    play(
        """
        GET http://localhost/{{newUuid}}
        HTTP 200
        [Captures]
        first: jsonpath "$.asked.url"
        GET http://localhost/{{newUuid}}
        HTTP 200
        [Asserts]
        jsonpath "$.asked.url" matches /[0-9a-f]{8}-[0-9a-f-]{27}$/
        jsonpath "$.asked.url" != {{first}}
        """
    )


@pytest.mark.parametrize(
    "text",
    [
        "GET http://localhost/\nHTTP 201",
        f'{ASK}[Captures]\nx: jsonpath "$.nothing"',
        "GET http://localhost/{{unknown}}\nHTTP 200",
        f"{ASK}\nGET http://localhost/\nHTTP 404",
        f"{ASK}[Asserts]\nstatus == 200\nstatus == 404",
    ],
)
def test_what_is_not_as_written_fails(text):
    with pytest.raises(MismatchError):
        play(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment",
        "GET http://localhost/",
        "BREW http://localhost/\nHTTP 200",
        "get http://localhost/\nHTTP 200",
        "GET https://localhost/\nHTTP 200",
        "GET http://localhost/#top\nHTTP 200",
        "GET http://localhost/ # comment\nHTTP 200",
        "GET http://localhost/\nHTTP/1.1 200",
        "GET http://localhost/\nHTTP *",
        "GET http://localhost/\n[FormParams]\na: b\nHTTP 200",
        "GET http://localhost/\n[Options]\nretry: 3\nHTTP 200",
        "GET http://localhost/\n[Query]\na: b # comment\nHTTP 200",
        "GET http://localhost/\n[BasicAuth]\na: b\nHTTP 200",
        "POST http://localhost/\n[1]\nHTTP 200",
        "POST http://localhost/\n`text`\nHTTP 200",
        "POST http://localhost/\n{\nHTTP 200",
        'POST http://localhost/\n{"a": }\nHTTP 200',
        "POST http://localhost/\n{'a': 1}\nHTTP 200",
        f"{ASK}Location: /elsewhere",
        ASK + "{}",
        f"{ASK}rubbish",
        f"{ASK}[Asserts]\n[Captures]\nx: status",
        f"{ASK}[Captures]\nx: body",
        f'{ASK}[Captures]\nx: jsonpath "$.a" nth 1',
        f'{ASK}[Captures]\nx: jsonpath "$..a"',
        f'{ASK}[Asserts]\njsonpath "$.a[*]" exists',
        f'{ASK}[Asserts]\njsonpath "$.a[?(@.b==1)]" exists',
        f"{ASK}[Asserts]\nbody exists",
        f"{ASK}[Asserts]\nduration < 1000",
        f"{ASK}[Asserts]\nstatus",
        f"{ASK}[Asserts]\nstatus ==",
        f"{ASK}[Asserts]\nstatus == two",
        f"{ASK}[Asserts]\nstatus > 100",
        f"{ASK}[Asserts]\nstatus exists 1",
        f"{ASK}[Asserts]\nstatus == 200 # comment",
        f'{ASK}[Asserts]\njsonpath "$.a" matches "a"',
        f'{ASK}[Asserts]\njsonpath "$.a" == "a\\n"',
        f'{ASK}[Asserts]\njsonpath "$.a" contains 1',
        f'{ASK}[Asserts]\njsonpath "$.a" isString "a"',
        f"{ASK}[Asserts]\nstatus == 200\nrubbish",
    ],
)
def test_what_is_not_understood_is_refused_before_anything_is_sent(text):
    with pytest.raises(UnknownSyntaxError):
        read(text)
