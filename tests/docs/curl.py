"""Stand in for curl where there is none: the options that the documentation uses, and no other."""

import argparse
import sys

import httpx

parser = argparse.ArgumentParser()
parser.add_argument("-X")
parser.add_argument("-H", action="append", default=[])
parser.add_argument("-d")
parser.add_argument("-i", action="store_true")
parser.add_argument("url")
given = parser.parse_args()
answer = httpx.request(
    given.X or ("GET" if given.d is None else "POST"),
    given.url,
    headers=dict(header.split(": ", 1) for header in given.H),
    content=given.d,
    verify=False,
)
if given.i:
    print(answer.http_version, answer.status_code, answer.reason_phrase)
    print(*(f"{name}: {value}" for name, value in answer.headers.items()), "", sep="\n")
sys.stdout.write(answer.text)
