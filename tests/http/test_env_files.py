"""No line of a `.env` file is passed over: it may be the one that turns authentication on."""

import os
import re
import subprocess
import sys

import pytest

from fring_http.server.authentication import auth_mode
from fring_http.server.modes import AuthMode, SettingsError
from fring_http.server.settings import SETTINGS, Settings
from tests.http.tokens import SECRET
from tests.serving import DEADLINE, environment

ENCODED = "BETTER_AUTH_SECRET=é\n"


@pytest.fixture
def read(monkeypatch, tmp_path):
    """Give a function that writes a file and reads the settings."""
    for setting in SETTINGS:
        monkeypatch.delenv(setting.variable, raising=False)

    def read(text, name=".env"):
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return Settings.from_environment(tmp_path)

    return read


UNREADABLE = {
    "a quote that is not closed": (f'BETTER_AUTH_SECRET="{SECRET}\n', 1),
    "a quote closed by the next line's": (f'A="{SECRET}\nB="x"\n', 1),
    "a colon": (f"PORT=1\n\n# why\n\nBETTER_AUTH_SECRET: {SECRET}\n", 5),
    "a colon and no blank": (f"BETTER_AUTH_SECRET:{SECRET}\n", 1),
    "a colon and an equals sign": (f"BETTER_AUTH_SECRET:={SECRET}\n", 1),
    "plus": (f"PORT=1\nBETTER_AUTH_SECRET+={SECRET}\n", 2),
    "set": (f"PORT=1\r\nset BETTER_AUTH_SECRET={SECRET}\r\n", 2),
    "a shell of Windows": (f'$env:BETTER_AUTH_SECRET="{SECRET}"\n', 1),
    "only a name": ("BETTER_AUTH_SECRET\n", 1),
    "only a value": (f"={SECRET}\n", 1),
    "junk": ("PORT=1\n???\n", 2),
    "junk behind a value": (f"FRING_AUTH='secret'; BETTER_AUTH_SECRET={SECRET}\n", 1),
    "a name that only looks right": (f"\u0412ETTER_AUTH_SECRET={SECRET}\n", 1),
    "an invisible character": (f"\u200bBETTER_AUTH_SECRET={SECRET}\n", 1),
    "a quote that swallows a setting": (f'A="x\nBETTER_AUTH_SECRET={SECRET}\nB="\n', 1),
    "the same with export": (f"A='x\n  export BETTER_AUTH_SECRET = {SECRET}\nB='\n", 1),
    "a setting that swallows": (f'PORT=1\nBETTER_AUTH_SECRET="{SECRET}\nB="\n', 2),
    "latin-1": (b"PORT=1\n" + ENCODED.encode("latin-1"), 2),
    "UTF-16": (ENCODED.encode("utf-16"), 1),
    "UTF-16 without a mark": (b"A\0=\0\n\0", 1),
}


@pytest.mark.parametrize("name", [".env", ".env.development"])
@pytest.mark.parametrize("case", UNREADABLE)
def test_a_line_that_cannot_be_read_stops_the_start(read, tmp_path, case, name):
    text, line = UNREADABLE[case]
    with pytest.raises(SettingsError) as caught:
        read(text, name)
    assert re.match(re.escape(f"{tmp_path / name}, line {line}: ") + "[ -~]+$", str(caught.value))
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("kind", ["folder", "link to nowhere", "unreadable"])
def test_what_is_no_file_stops_the_start(read, tmp_path, kind, monkeypatch):
    file = tmp_path / ".env"
    if kind == "folder":
        file.mkdir()
    elif kind == "link to nowhere":
        file.symlink_to(tmp_path / "absent")
    else:

        def denied(_):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("pathlib.Path.read_bytes", denied)
    with pytest.raises(SettingsError, match=re.escape(f"{file} cannot be read: ")):
        Settings.from_environment(tmp_path)


def test_all_lines_that_cannot_be_read_are_told(read, tmp_path):
    with pytest.raises(SettingsError) as caught:
        read("PORT: 1\nA=1\n???\nBETTER_AUTH_SECRET=${ABSENT}\n")
    lines = [line.partition(": ")[0] for line in str(caught.value).splitlines()]
    assert lines == [f"{tmp_path / '.env'}, line {number}" for number in (1, 3, 4)]


READABLE = {
    "a mark at the beginning": b"\xef\xbb\xbfBETTER_AUTH_SECRET=" + SECRET.encode(),
    "CRLF": f"# why\r\n\r\nBETTER_AUTH_SECRET={SECRET}\r\n",
    "CR": f"PORT=1\rBETTER_AUTH_SECRET={SECRET}\r",
    "an escaped line end": f'BETTER_AUTH_SECRET="{SECRET}\\n"',
    "export": f"export BETTER_AUTH_SECRET={SECRET}",
    "blanks": f"\n  BETTER_AUTH_SECRET  =  {SECRET}  # why\n\n",
    "quotes": f"BETTER_AUTH_SECRET='{SECRET}' # why",
    "a quoted name": f"'BETTER_AUTH_SECRET'=\"{SECRET}\"",
    "others of many lines": f'KEY="-----BEGIN\nab=\n-----END"\nBETTER_AUTH_SECRET={SECRET}\n',
    "other names": f"a.b-c=1\nempty=\nBETTER_AUTH_SECRET={SECRET}",
    "a variable": f"S={SECRET}\nBETTER_AUTH_SECRET=${{S}}",
    "a variable with a default": f"BETTER_AUTH_SECRET=${{ABSENT:-{SECRET}}}",
}


@pytest.mark.parametrize("case", READABLE)
def test_what_can_be_read_is_read(read, case):
    assert read(READABLE[case]).secret.strip() == SECRET


def test_a_variable_that_is_not_set_is_not_taken_for_nothing(read, monkeypatch):
    """A secret would be another than the front end's, and a shorter one."""
    text = "OTHER=${ABSENT}\nBETTER_AUTH_SECRET=${SECRET_OF_MINE}" + SECRET
    with pytest.raises(SettingsError, match=r"line 2: .* is not set; set it further up"):
        read(text)
    monkeypatch.setenv("SECRET_OF_MINE", "1")
    assert read(text).secret == f"1{SECRET}"
    with pytest.raises(SettingsError, match=r"line 2: .* is not set; set it further up"):
        read("OTHER=${ABSENT}\nBETTER_AUTH_SECRET=${OTHER}" + SECRET)


def test_a_dollar_by_itself_is_a_dollar(read):
    for start in ("$a", "$", "${", "$$a$"):
        assert read(f"BETTER_AUTH_SECRET={start}{SECRET}").secret == f"{start}{SECRET}"


def test_a_variable_of_the_shared_file_is_known_in_the_other(read, tmp_path):
    (tmp_path / ".env").write_text(f"S={SECRET}")
    assert read("BETTER_AUTH_SECRET=${S}", ".env.development").secret == SECRET


def test_what_is_not_read_may_be_anything(read, tmp_path):
    (tmp_path / ".env.development").mkdir()
    settings = read(f"ENVIRONMENT=production\nBETTER_AUTH_SECRET={SECRET}")
    assert auth_mode(settings) is AuthMode.SECRET


def test_the_server_does_not_start(tmp_path):
    (tmp_path / ".env").write_text(f'BETTER_AUTH_SECRET="{SECRET}\n')
    ended = subprocess.run(
        [sys.executable, "-m", "fring_http", "serve"],
        env={k: v for k, v in environment(DATABASE_URL="memory://").items() if k in KEPT},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"fring: {tmp_path / '.env'}, line 1: ")
    assert len(ended.stderr.splitlines()) == 1


KEPT = {"PATH", "PYTHONPATH", "DATABASE_URL", *(name for name in os.environ if "COV" in name)}
