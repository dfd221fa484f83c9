"""The progress bar: seen by people who wait, and by nobody else."""

import io

import pytest
from backhaul import progress
from backhaul.progress import progress_bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch):
    stream = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "_PATIENCE", 0)
    monkeypatch.setattr(progress, "_PAUSE", 0)
    return stream


def test_it_counts_and_leaves_nothing(terminal):
    with progress_bar(terminal, is_wanted=True) as show:
        assert show is not None
        show(1, 2)
        show(2, 2)
    shown = terminal.getvalue()
    assert "Parsing" in shown and "1/2" in shown
    assert "Matching" in shown and "2/2" in shown
    assert shown.endswith("\x1b[2K"), "the line is erased"


def test_a_short_scan_shows_none(terminal, monkeypatch):
    monkeypatch.setattr(progress, "_PATIENCE", 3600)
    with progress_bar(terminal, is_wanted=True) as show:
        assert show is not None
        show(1, 2)
    assert terminal.getvalue() == ""


def test_not_when_unwanted(terminal):
    with progress_bar(terminal, is_wanted=False) as show:
        assert show is None


def test_not_on_a_dumb_terminal(terminal, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    with progress_bar(terminal, is_wanted=True) as show:
        assert show is None


def test_not_in_a_log():
    with progress_bar(io.StringIO(), is_wanted=True) as show:
        assert show is None


def test_it_goes_when_the_scan_fails(terminal):
    with pytest.raises(ZeroDivisionError), progress_bar(terminal, is_wanted=True) as show:
        assert show is not None
        show(1, 2)
        raise ZeroDivisionError
    assert "\x1b[?25h" in terminal.getvalue(), "the cursor is visible again"
