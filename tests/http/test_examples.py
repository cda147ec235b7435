"""What `/docs` fills in by itself works: each operation, as its document shows it, is a success."""

import httpx

from tests.http.conftest import SECURED
from tests.http.documented import examples
from tests.http.tokens import as_user, bearer
from tests.serving import serving


def send_all(url, token=None):
    """Send the example of each operation; return those that did not succeed, with the answer.

    An account's own operations are sent with the last token that it was given, others with `token`.
    """
    given = None
    with httpx.Client(base_url=url, verify=False) as client:
        requests = examples(client.get("/openapi.json").json())
        assert len(requests) > 20
        failed = []
        for each in requests:
            headers = (given if each.tag == "accounts" else token) if each.secured else {}
            body = {} if each.body is None else {"json": each.body}
            query = each.query
            answer = client.request(each.method, each.path, params=query, headers=headers, **body)
            if "access_token" in answer.text:
                given = bearer(answer.json()["access_token"])
            if not answer.is_success:
                failed.append((each, answer.status_code, answer.text))
        return failed


def test_without_authentication(tmp_path):
    with serving(tmp_path, DATABASE_URL="memory://") as server:
        assert send_all(server.url) == []


def test_with_a_token(tmp_path):
    # The example of a list's owner is `me`; users are managed by administrators.
    with serving(tmp_path, DATABASE_URL="memory://", **SECURED) as server:
        assert send_all(server.url, as_user("me", "admin")) == []
