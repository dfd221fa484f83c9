"""A journal of what happened."""

from Foundation import NSLog


def note(text):
    NSLog("%@", text)
