"""Long work shows a bar where a person looks, and nothing elsewhere."""

import sys
import time

from innovsurvey.base import progress as module
from innovsurvey.base.progress import progress


class Terminal:
    """A stream that a person looks at."""

    def __init__(self):
        self.text = ""

    def isatty(self):
        return True

    def write(self, text):
        self.text += text

    def flush(self):
        pass


def look(monkeypatch):
    """Look at the error stream; pytest puts its own there after the fixtures."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    return stream


def slowly(n=4):
    for i in range(n):
        time.sleep(0.06)
        yield i


def test_work_that_takes_long_shows_a_bar(monkeypatch):
    terminal = look(monkeypatch)
    monkeypatch.setattr(module, "AFTER_SECONDS", 0.05)
    assert list(progress(slowly(), "counting", total=4)) == [0, 1, 2, 3]
    assert "counting" in terminal.text


def test_the_time_before_counts(monkeypatch):
    terminal = look(monkeypatch)
    list(progress(slowly(), "counting", since=time.monotonic() - 10))
    assert "counting" in terminal.text


def test_short_work_shows_nothing(monkeypatch):
    terminal = look(monkeypatch)
    list(progress(range(5), "counting"))
    assert terminal.text == ""


def test_the_bar_can_be_turned_off(monkeypatch):
    terminal = look(monkeypatch)
    monkeypatch.setenv("TQDM_DISABLE", "1")
    list(progress(slowly(), "counting", since=time.monotonic() - 10))
    assert terminal.text == ""
