"""What the lowering of one file shares: the text, the words and types read, the names met."""

from __future__ import annotations

from backhaul.frontends.objc.types import plain_type

MAX_DEPTH = 150
"""How deep the model of a body may nest. What a person writes stays far below; a generated body
that does not is flattened from here on, so that no later walk runs out of stack."""


class Context:
    """The state of lowering one file.

    ``text`` is what the file says, also where a rule had to change it for the parser: names are
    read from here by their offsets. ``mentions`` and ``is_damaged`` concern the body at hand.
    """

    __slots__ = ("is_damaged", "mentions", "text", "types", "words")

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.words: dict[bytes, str] = {}
        self.types: dict[bytes, str] = {}
        self.mentions: set[str] = set()
        self.is_damaged = False

    def word(self, start: int, end: int) -> str:
        """The text of ``start:end``, decoded once however often it occurs."""
        raw = self.text[start:end]
        word = self.words.get(raw)
        if word is None:
            word = self.words[raw] = raw.decode("utf-8", "replace")
        return word

    def type(self, raw: bytes) -> str:
        """The type written ``raw``, as ``plain_type`` gives it."""
        name = self.types.get(raw)
        if name is None:
            name = self.types[raw] = plain_type(raw.decode("utf-8", "replace"))
        return name
