"""Whether a program holds anything at all of what a card names: by names alone, no body is decoded."""

from __future__ import annotations

from backhaul.analysis.operations import Operations
from backhaul.analysis.program import Program
from backhaul.rules import ApiModels

_HOOKS = frozenset(("hook", "hooks", "switched-hook", "caller"))
_KINDS = frozenset(("kind", "key"))
_TYPES = frozenset(("type", "of"))


class Presence:
    """Answers for one program, "yes" where it is not known."""

    def __init__(self, program: Program, models: ApiModels, operations: Operations) -> None:
        self.program = program
        self.models = models
        self._operations = operations
        self._known: dict[tuple[str, str], bool] = {}

    def of(self, key: str, name: str) -> bool:
        """Whether the program may hold something of ``name``; ``key`` says what that is the name of.

        ``hook``, ``hooks``, ``switched-hook``, ``caller``: a hook; ``kind``, ``key``: a kind of value;
        ``type``, ``of``: a type of an API; any other: an operation, by id or tag.
        """
        found = self._known.get((key, name))
        if found is None:
            found = self._known[key, name] = self._find(key, name)
        return found

    def _find(self, key: str, name: str) -> bool:
        if key in _HOOKS:
            return self._has_hook(name)
        if key in _KINDS:
            return self._has_kind(name)
        if key in _TYPES:
            return self._has_type(name)
        return bool(self._operations.performers(name))

    def _has_hook(self, name: str) -> bool:
        program = self.program
        for hook in self.models.hooks_named(name):
            members = (spelling.partition("(")[0] for spelling in (*hook.swift, *hook.objc))
            if any(member in program.functions_named for member in members):
                return True
            if program.mentioning(*hook.mentions, *(signature.name for signature in hook.calls)):
                return True
        return False

    def _has_kind(self, name: str) -> bool:
        """A kind that literals are of, or that is not given by operations alone, may be anywhere."""
        if any(kind.name == name for kind in self.models.value_kinds):
            return True
        makers = {
            s for s in self.models.all_spellings() if s.operation.returns and s.operation.returns.kind == name
        }
        mentions = {mention for maker in makers for mention in self.models.mentions_of(maker)}
        return not makers or bool(self.program.mentioning(*mentions))

    def _has_type(self, name: str) -> bool:
        api = self.models.type_named(name)
        names = (name, *((api.name, *api.also) if api is not None else ()))
        makers = {
            s for s in self.models.all_spellings() if s.operation.returns and s.operation.returns.type == name
        }
        mentions = {mention for maker in makers for mention in self.models.mentions_of(maker)}
        if self.program.mentioning(*names, *mentions):
            return True
        written = [p.type for symbol in self.program.functions for p in symbol.function.parameters]
        written += [
            d.type
            for owner in self.program.types.values()
            for each in owner.properties.values()
            for d, _ in each
        ]
        return any(each in text for text in written for each in names)
