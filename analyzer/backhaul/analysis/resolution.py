"""What names and calls mean in one program under one set of API models."""

from __future__ import annotations

from functools import cached_property

from backhaul.analysis.bodies import Body
from backhaul.analysis.callees import CallGraph
from backhaul.analysis.operations import Operations
from backhaul.analysis.program import Program
from backhaul.analysis.types import Types
from backhaul.model.code import Call
from backhaul.rules import ApiModels

_READS_TEXT = "reads-text"  # operations that give the same for the same text


class Resolver:
    """Types, operations and callees, which ask one another."""

    def __init__(self, program: Program, models: ApiModels) -> None:
        self.program = program
        self.models = models
        self.types = Types(program, models, self)
        self.operations = Operations(program, models, self.types, self)
        self.callees = CallGraph(program, self.types)

    @cached_property
    def nil_unless(self) -> dict[str, str]:
        """Simple names of what is nil unless its object is of a kind, with that kind."""
        return {s.name: s.operation.nil_unless for s in self.models.all_spellings() if s.operation.nil_unless}

    def reads_text(self, call: Call, body: Body) -> bool:
        """Whether ``call`` only reads the text it is given: the same text gives the same each time."""
        return any(use.operation.is_named(_READS_TEXT) for use in self.operations.at(call, body))

    @cached_property
    def no_return_names(self) -> frozenset[str]:
        return frozenset(s.name for s in self.models.all_spellings() if s.operation.leaves)
