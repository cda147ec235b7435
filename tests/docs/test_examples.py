"""The examples, run as their pages say: every file, every command, every line that it prints."""

import re
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from os import environ, pathsep
from pathlib import Path

import pytest

from benchmarks.ports import free_port
from tests.docs.examples import EXAMPLES, commands, files, says
from tests.docs.pages import blocks
from tests.serving import DEADLINE, environment

PORT = "8000"  # the one that the pages name

LONGEST = 4 * DEADLINE  # a whole contract is among them


class Terminal:
    """Run commands in a folder that has the files of a page."""

    def __init__(self, folder, page, **settings):
        self.folder = folder
        self._port = str(free_port())
        self._environment = environment(
            PATH=pathsep.join([str(Path(sys.executable).parent), environ["PATH"]]),
            # A base of its own: making the usual one would disturb the run that this is part of.
            PYTEST_ADDOPTS=f"--basetemp={folder / 'tmp'} -p no:schemathesis",
            **settings,
        )
        for name, text in files(page).items():
            (folder / name).write_text(text.replace(PORT, self._port))

    def start(self, text, output):
        here = ["bash", "-c", f"exec {text.replace(PORT, self._port)}"]
        return subprocess.Popen(
            here, env=self._environment, cwd=self.folder, stdout=output, stderr=output
        )

    def printed(self, log):
        return log.read_text(errors="replace").replace(self._port, PORT)

    def _end_of(self, process):
        try:
            return process.wait(LONGEST)
        finally:
            process.kill()  # if it has not ended

    def run(self, command):
        log = self.folder / "output"
        with log.open("wb") as output, self.start(command.text, output) as process:
            ended = self._end_of(process)
        assert says(command.printed, self.printed(log)), f"{command}\n{self.printed(log)}"
        assert ended == 0

    @contextmanager
    def running(self, command):
        """Run a command until the block ends; the block begins when it has printed what it does."""
        log = self.folder / "background"
        with log.open("wb") as output, self.start(command.text, output) as process:
            try:
                deadline = time.monotonic() + DEADLINE
                while not says(command.printed, self.printed(log)):
                    assert process.poll() is None, self.printed(log)
                    assert time.monotonic() < deadline, self.printed(log)
                    time.sleep(0.05)
                yield
            finally:
                process.send_signal(signal.SIGINT)
                ended = self._end_of(process)
        whole = command.printed + command.at_the_end
        assert says(whole, self.printed(log)), f"{command}\n{self.printed(log)}"
        assert ended == 0


@pytest.mark.parametrize("page", EXAMPLES, ids=lambda page: page.stem)
def test_an_example_does_what_its_page_shows(page, tmp_path, new_database):
    terminal = Terminal(tmp_path, page, DATABASE_URL=new_database())
    with ExitStack() as stack:
        for command in commands(page):
            if command.at_the_end is None:
                terminal.run(command)
            else:
                stack.enter_context(terminal.running(command))


def test_every_file_is_run():
    for page in EXAMPLES:
        assert all(block.title for block in blocks(page) if block.language == "python")
        texts = files(page) | {"": " ".join(command.text for command in commands(page))}
        for name in files(page):
            others = " ".join(text for other, text in texts.items() if other != name)
            assert re.search(rf"\b{name.partition('.')[0]}\b", others), name


def test_no_two_files_have_one_name():
    names = [name for page in EXAMPLES for name in files(page)]
    assert len(set(names)) == len(names)  # they are checked in one folder
