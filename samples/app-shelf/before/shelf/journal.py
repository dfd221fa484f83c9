"""A journal of what happened."""


def note(text):
    print(text)
