"""The nominal types of expressions, as far as declarations and initial values tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backhaul.analysis.bodies import Body
from backhaul.analysis.elements import type_given_to_closure, type_of_element
from backhaul.analysis.program import FunctionSymbol, Program, field_names, type_name
from backhaul.analysis.variables import Unit, Variable
from backhaul.model.code import (
    Await,
    Binary,
    Call,
    Cast,
    Closure,
    Conditional,
    Expression,
    Index,
    Literal,
    Member,
    Name,
    Return,
    Try,
    Unary,
)
from backhaul.rules import ApiModels, Spelling

if TYPE_CHECKING:
    from backhaul.analysis.resolution import Resolver

_ALLOCATORS = ("alloc", "new", "alloc:", "allocWithZone:")
_FIRST_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[a-z0-9]+")
_MAX_DEPTH = 12


class Types:
    def __init__(self, program: Program, models: ApiModels, resolver: Resolver) -> None:
        self.program = program
        self.models = models
        self._resolver = resolver
        self._types: dict[int, str] = {}

    def of(self, expression: Expression, body: Body, depth: int = 0) -> str:
        """Canonical name of the nominal type of ``expression``; "" when unknown."""
        key = id(expression)
        known = self._types.get(key)
        if known is None:
            self._types[key] = ""  # ends a recursion through itself
            found = self._infer(expression, body, depth) if depth < _MAX_DEPTH else ""
            known = self._types[key] = self.canonical(found)
        return known

    def canonical(self, name: str) -> str:
        api = self.models.type_named(name) if name else None
        return api.name if api is not None else name

    def _infer(self, expression: Expression, body: Body, depth: int) -> str:
        expression = without_effects(expression)
        if isinstance(expression, Name):
            return self._of_name(expression, body, depth)
        if isinstance(expression, Member):
            return self._of_member(expression, body, depth)
        if isinstance(expression, Call):
            return self._of_call(expression, body, depth)
        if isinstance(expression, Cast):
            return type_name(expression.type) or self.of(expression.value, body, depth + 1)
        if isinstance(expression, Index):
            return type_of_element(expression.base, body, self, depth + 1)
        if isinstance(expression, Conditional):
            chosen = expression.then if expression.then is not None else expression.condition
            return self.of(chosen, body, depth + 1) or self.of(expression.otherwise, body, depth + 1)
        if isinstance(expression, Binary) and expression.operator == "??":
            return self.of(expression.left, body, depth + 1) or self.of(expression.right, body, depth + 1)
        return ""

    def _of_name(self, expression: Name, body: Body, depth: int) -> str:
        if expression.name in ("self", "Self"):
            return body.symbol.owner
        if expression.name == "super":
            supertypes = self.program.supertypes(body.symbol.owner)
            return supertypes[1] if len(supertypes) > 1 else ""
        variable = body.variable(expression)
        if variable is not None:
            return self.of_variable(variable, body, depth)
        if expression.name.startswith("$") and expression.name[1:].isdigit():
            return self._given(body.unit_at(expression), int(expression.name[1:]), body, depth)
        owner = body.symbol.owner
        if owner:
            found = self.of_property(owner, expression.name, depth)
            if found:
                return found
        for declared, module in self.program.globals.get(expression.name, ()):
            if type_name(declared.type):
                return type_name(declared.type)
            del module
            found = self._of_initial_value("", expression.name, depth)
            return found if found or declared.type else self._of_stored_value("", expression.name, depth)
        constant = self._constant(expression.name, body)
        return constant.operation.returns.type if constant is not None and constant.operation.returns else ""

    def _constant(self, name: str, body: Body) -> Spelling | None:
        """The constant of an API that ``name`` means, where neither function nor program declares it."""
        if name in self.program.globals or self.program.find_type(name) is not None:
            return None
        language = body.symbol.module.language
        found = (s for s in self.models.spellings(name) if s.form == "read" and not s.type)
        return next((s for s in found if s.language == language), None)

    def of_variable(self, variable: Variable, body: Body, depth: int = 0) -> str:
        declared = type_name(variable.type)
        if declared:
            return declared
        for definition in variable.definitions:
            found = ""
            if definition.form == "value" and definition.expression is not None:
                found = self.of(definition.expression, body, depth + 1)
            elif definition.form == "element" and definition.expression is not None:
                found = type_of_element(definition.expression, body, self, depth + 1)
            if found:
                return self.canonical(found)
        position = variable.parameter
        return self._given(variable.unit, position, body, depth) if position is not None else ""

    def _given(self, unit: Unit, position: int, body: Body, depth: int) -> str:
        """The type of a parameter of a closure that does not say it."""
        operations = self._resolver.operations
        return self.canonical(type_given_to_closure(unit, position, body, self, operations, depth + 1))

    def _of_member(self, expression: Member, body: Body, depth: int) -> str:
        if expression.base is None:
            return ""
        use = self._resolver.operations.of_read(expression, body, depth)
        if use is not None and use.operation.returns is not None:
            return use.operation.returns.type
        static = self.named_by(expression.base, body)
        symbol = self.program.find_type(static) if static else None
        if symbol is not None and any(expression.name in d.members for d, _ in symbol.declarations):
            return static  # a case of an enumeration
        owner = static or self.of(expression.base, body, depth + 1)
        return self.of_property(owner, expression.name, depth) if owner else ""

    def of_property(self, owner: str, name: str, depth: int) -> str:
        for spelled in field_names(name):
            found = self.program.property(owner, spelled)
            if found is None:
                continue
            declared = type_name(found[0].type)
            if declared in ("Self", ""):
                declared = self._of_initial_value(found[0].owner, spelled, depth)
            if not declared and not found[0].type:
                declared = self._of_stored_value(found[0].owner, spelled, depth)
            if declared:
                return declared
        for member in self.program.members(owner, name):
            result = "" if member.function.parameters else self._result_of(member, depth)
            if result:
                return result
        return ""

    def _of_initial_value(self, owner: str, name: str, depth: int) -> str:
        for symbol in self.program.functions_named.get(name, ()):
            if (
                symbol.owner != owner
                or symbol.function.kind not in ("value", "getter")
                or symbol.body is None
            ):
                continue
            for returned in symbol.body.unit.returns:
                if returned.value is not None:
                    found = self.of(returned.value, symbol.body, depth + 1)
                    if found:
                        return found
        return ""

    def _of_stored_value(self, owner: str, name: str, depth: int) -> str:
        """The type of a field or global that says none and begins as nothing: of what is stored in it.

        ``owner``: "" for a global. Of a field, what the methods of its type store counts.
        """
        if any(s.owner == owner and _is_something(s) for s in self.program.functions_named.get(name, ())):
            return ""
        for symbol in self.program.mentioning(name):
            body = symbol.body if symbol.owner == owner or not owner else None
            for assign, _ in body.assigns if body is not None else ():
                if _is_stored_in(assign.target, owner, name, symbol):
                    found = self.of(assign.value, symbol.body, depth + 1) if symbol.body is not None else ""
                    if found:
                        return found
        return ""

    def _of_call(self, call: Call, body: Body, depth: int) -> str:
        receiver = call.receiver
        if isinstance(receiver, Closure) and not call.name:
            return self._of_returns(body.unit_of(receiver).returns, body, depth)
        for use in self._resolver.operations.of_call(call, body, depth):
            if use.operation.returns is not None and use.operation.returns.type:
                return use.operation.returns.type
        if call.implicit:
            return ""
        if receiver is None or is_module(receiver, body, self.program):
            if call.name == "Self":
                return body.symbol.owner
            if call.name[:1].isupper() and body.variable_called(call) is None:
                return call.name
        elif call.name in _ALLOCATORS or call.name.startswith("init"):
            static = self.named_by(receiver, body)
            return static or self.of(receiver, body, depth + 1)
        for callee in self._resolver.callees.of(call, body, depth).functions:
            result = self._result_of(callee, depth)
            if result:
                return result
        if receiver is None:
            return ""
        static = self.named_by(receiver, body)
        if static and body.symbol.module.language != "swift" and _is_factory(call.name, static):
            return static
        if not call.arguments:
            owner = static or self.of(receiver, body, depth + 1)
            return self.of_property(owner, call.name, depth) if owner else ""
        return ""

    def _result_of(self, symbol: FunctionSymbol, depth: int) -> str:
        """The nominal type of what a function returns, as declared; where nothing is, of what it returns."""
        result = symbol.function.result.strip()
        if result.startswith(("instancetype", "Self")) or (result == "id" and symbol.function.kind == "init"):
            return symbol.owner
        if not result and symbol.body is not None:
            return self._of_returns(symbol.body.unit.returns, symbol.body, depth)
        return type_name(result)

    def is_initialiser(self, call: Call, body: Body) -> bool:
        """Whether ``call`` makes an object: ``Type(…)``, ``.init(…)``, ``[[Type alloc] init…]``."""
        if call.implicit:
            return call.name == "init"
        if call.receiver is None or is_module(call.receiver, body, self.program):
            return call.name.lstrip("_")[:1].isupper() and body.variable_called(call) is None
        return call.name in _ALLOCATORS or call.name.startswith("init")

    def _of_returns(self, returns: list[Return], body: Body, depth: int) -> str:
        for returned in returns:
            if returned.value is not None:
                found = self.of(returned.value, body, depth + 1)
                if found:
                    return found
        return ""

    def named_by(self, expression: Expression, body: Body) -> str:
        """The type that ``expression`` itself names (``Uploader``, ``[Uploader class]``); "" otherwise."""
        if (
            isinstance(expression, Member)
            and expression.name in ("self", "Type")
            and expression.base is not None
        ):
            return self.named_by(expression.base, body)
        if isinstance(expression, Call) and expression.name == "class" and expression.receiver is not None:
            return self.named_by(expression.receiver, body) or self.of(expression.receiver, body)
        if isinstance(expression, Name):
            name = expression.name
            if name in ("Self", "self") and (name == "Self" or body.symbol.function.is_static):
                return body.symbol.owner
            if body.variable(expression) is not None:
                return ""
            if self.models.type_named(name) is not None or self.program.find_type(name) is not None:
                return self.canonical(name)
            if self._constant(name, body) is not None:
                return ""
            is_field = bool(body.symbol.owner) and self.program.property(body.symbol.owner, name) is not None
            return name if name[:1].isupper() and not is_field and name not in self.program.globals else ""
        if isinstance(expression, Member) and expression.base is not None and expression.name[:1].isupper():
            outer = self.named_by(expression.base, body)
            if not outer:
                return ""
            dotted = f"{outer}.{expression.name}"
            is_known = dotted in self.program.types or self.models.type_named(dotted) is not None
            return self.canonical(dotted if is_known else expression.name)
        return ""


def is_module(expression: Expression, body: Body, program: Program) -> bool:
    """Whether ``expression`` names an imported module, as in ``Foundation.URL(…)``.

    What a module imports, whoever imports it may name; so one that any file imports counts.
    """
    if not isinstance(expression, Name):
        return False
    name = expression.name
    if name in body.symbol.module.imports:
        return True
    return name in program.imported and name not in program.types and body.variable(expression) is None


def _is_stored_in(target: Expression, owner: str, name: str, symbol: FunctionSymbol) -> bool:
    """Whether an assignment to ``target`` is one to the field ``name`` of ``self``, or to a global."""
    if not owner:
        if not isinstance(target, Name) or target.name != name or symbol.body is None:
            return False
        return symbol.body.variable(target) is None
    if not isinstance(target, Member) or not isinstance(target.base, Name):
        return False
    return target.base.name == "self" and target.name == name


def _is_something(symbol: FunctionSymbol) -> bool:
    """Whether ``symbol`` is an initial value other than nil."""
    if symbol.function.kind not in ("value", "getter") or symbol.body is None:
        return False
    values = [returned.value for returned in symbol.body.unit.returns]
    return any(not (isinstance(value, Literal) and value.kind == "nil") for value in values)


def without_effects(expression: Expression) -> Expression:
    """Without ``await``, ``try`` and ``!``, which change no type."""
    while True:
        if isinstance(expression, (Await, Try)):
            expression = expression.value
        elif isinstance(expression, Unary) and expression.operator == "unwrap":
            expression = expression.operand
        else:
            return expression


def unwrapped(expression: Expression) -> Expression:
    """Without what does not change the value: ``await``, ``try``, casts, ``!``."""
    while True:
        if isinstance(expression, (Await, Try)):
            expression = expression.value
        elif isinstance(expression, Cast) and expression.form != "is":
            expression = expression.value
        elif isinstance(expression, Unary) and expression.operator == "unwrap":
            expression = expression.operand
        else:
            return expression


def _is_factory(selector: str, type_name: str) -> bool:
    """Whether a class method makes an object of its class, by Cocoa's naming: ``[NSData dataWith…]``."""
    word = _FIRST_WORD.match(selector)
    return word is not None and len(word[0]) > 2 and type_name.lower().endswith(word[0].lower())
