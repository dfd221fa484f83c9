"""The program model as text, for people who write rules: what Backhaul sees of a file.

The notation is Swift's where Swift has one, whatever language was read. Operators are
parenthesised to show what belongs to what; ``opaque(…)`` is an expression without a node of its
own. It is meant to be read and may change; nothing parses it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from backhaul.model.code import (
    Argument,
    Assign,
    Availability,
    Await,
    Binary,
    Binding,
    Block,
    Branching,
    Break,
    Call,
    Capture,
    Case,
    Cast,
    Closure,
    Collection,
    Conditional,
    Continue,
    Defer,
    Destructure,
    Do,
    Evaluate,
    Expression,
    Goto,
    Guard,
    If,
    Index,
    Interpolation,
    Label,
    Literal,
    Local,
    LocalFunction,
    Loop,
    Member,
    Name,
    Opaque,
    Parameter,
    Return,
    SelectorName,
    Statement,
    Switch,
    Throw,
    Try,
    Unary,
)
from backhaul.model.declarations import Function, Module, Property, TypeDeclaration, decode_body

_INDENT = "    "
_DEEPEST = 120
"""Nesting beyond which ``…`` is printed: printing recurses."""


def print_module(module: Module) -> str:
    """The declarations and bodies of ``module`` as indented text, one declaration a paragraph."""
    lines = [f"module {module.path} ({module.language})"]
    if module.imports:
        lines.append(f"imports {', '.join(module.imports)}")
    lines += _damage(module)
    if module.types:
        lines.append("")
        lines += (_type(type_) for type_ in module.types)
    if module.properties:
        lines.append("")
        lines += (_property(property_) for property_ in module.properties)
    for function in module.functions:
        lines.append("")
        lines += print_function(function)
    return "\n".join(lines) + "\n"


def print_function(function: Function) -> list[str]:
    """The lines of one function, its body decoded."""
    name = f"{function.owner}.{function.spelling}" if function.owner else function.spelling
    words = [function.kind, name]
    words += ["static"] * function.is_static + ["async"] * function.is_async + ["throws"] * function.throws
    if function.result:
        words += ["->", function.result]
    words += [f"[{', '.join(function.attributes)}]"] * bool(function.attributes)
    words += ["(damaged)"] * function.is_damaged
    lines = [" ".join(words)]
    printer = _Printer()
    lines += _indented(f"parameter {printer.parameter(parameter)}" for parameter in function.parameters)
    body = decode_body(function)
    if body is None:
        lines.append(_INDENT + "(no body)")
    else:
        lines += _indented(printer.block(body))
    return lines


def _damage(module: Module) -> list[str]:
    damage = module.damage
    lines = [f"lost: bytes {start}:{end}" for start, end in damage.lost]
    lines += [f"damaged: bytes {start}:{end}" for start, end in damage.damaged]
    if damage.bad_declarations:
        lines.append(f"bad declarations: {damage.bad_declarations} of {damage.declarations}")
    return lines


def _type(type_: TypeDeclaration) -> str:
    text = f"{type_.kind} {type_.name}"
    if type_.category:
        text += f" ({type_.category})"
    if type_.inherits:
        text += f": {', '.join(type_.inherits)}"
    if type_.attributes:
        text += f" [{', '.join(type_.attributes)}]"
    if type_.members:
        text += f" cases {', '.join(type_.members)}"
    return text


def _property(property_: Property) -> str:
    words = ["let" if property_.is_constant else "var"]
    words.append(f"{property_.owner}.{property_.name}" if property_.owner else property_.name)
    if property_.type:
        words[-1] += f": {property_.type}"
    flags = ("static", "lazy", "computed", "weak")
    words += [flag for flag in flags if getattr(property_, f"is_{flag}")]
    if property_.attributes:
        words.append(f"[{', '.join(property_.attributes)}]")
    return " ".join(words)


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (_INDENT + line if line else line for text in lines for line in text.split("\n"))


class _Printer:
    """Prints code; ``depth`` is how deep in it the printer is."""

    def __init__(self) -> None:
        self.depth = 0

    def block(self, block: Block) -> list[str]:
        self.depth += 1
        try:
            if self.depth > _DEEPEST:
                return ["…"]
            return [line for statement in block.statements for line in self.statement(statement)]
        finally:
            self.depth -= 1

    def braces(self, block: Block) -> list[str]:
        return ["{", *_indented(self.block(block)), "}"]

    def headed(self, head: str, block: Block) -> list[str]:
        """``head { … }``; a head of several lines keeps them."""
        return [f"{head} {{", *_indented(self.block(block)), "}"]

    def statement(self, node: Statement) -> list[str]:
        match node:
            case Local():
                return [self.local(node)]
            case Destructure():
                return [f"let ({', '.join(node.names)}) = {self.expression(node.value)}"]
            case Evaluate():
                return [self.expression(node.value)]
            case If():
                return self.branch(node)
            case Guard():
                return self.headed(f"guard {self.listed(node.conditions)} else", node.otherwise)
            case Loop():
                return self.loop(node)
            case Switch():
                return self.switch(node)
            case Return():
                return [self.valued("return", node.value)]
            case Throw():
                return [self.valued("throw", node.value)]
            case Break() | Continue():
                return [f"{type(node).__name__.lower()} {node.label}".rstrip()]
            case Goto():
                return [f"goto {node.label}"]
            case Label():
                return [f"{node.name}:"]
            case Defer():
                return self.headed("defer", node.body)
            case Do():
                return self.do(node)
            case LocalFunction():
                parameters = ", ".join(map(self.parameter, node.parameters))
                effects = " async" if node.is_async else ""
                return self.headed(f"func {node.name}({parameters}){effects}", node.body)

    def local(self, node: Local) -> str:
        storage = "" if node.storage == "plain" else f"{node.storage} "
        text = f"{storage}{'let' if node.is_constant else 'var'} {node.name}"
        if node.type:
            text += f": {node.type}"
        return text if node.value is None else f"{text} = {self.expression(node.value)}"

    def branch(self, node: If) -> list[str]:
        lines = self.headed(f"if {self.listed(node.conditions)}", node.then)
        if node.otherwise is not None:
            lines[-1] = "} else {"
            lines += [*_indented(self.block(node.otherwise)), "}"]
        return lines

    def loop(self, node: Loop) -> list[str]:
        label = f"{node.label}: " if node.label else ""
        tests = self.listed(node.conditions)
        if node.form == "repeat":
            lines = self.headed(f"{label}repeat", node.body)
            lines[-1] += f" while {tests}"
            return lines
        if node.form == "while":
            return self.headed(f"{label}while {tests}", node.body)
        if node.form == "for":
            setup = "; ".join(line for statement in node.setup for line in self.statement(statement))
            return self.headed(f"{label}for ({setup}; {tests}; {self.listed(node.step)})", node.body)
        names = node.names[0] if len(node.names) == 1 else f"({', '.join(node.names)})"
        head = f"{label}for {'await ' if node.is_async else ''}{names} in {self.optional(node.sequence)}"
        return self.headed(f"{head} where {tests}" if tests else head, node.body)

    def switch(self, node: Switch) -> list[str]:
        label = f"{node.label}: " if node.label else ""
        exhaustive = " exhaustive" if node.is_exhaustive else ""
        lines = [f"{label}switch {self.expression(node.subject)}{exhaustive} {{"]
        for case in node.cases:
            lines.append(self.case_head(case))
            lines += _indented(self.block(case.body))
            if case.falls_through:
                lines.append(_INDENT + "fallthrough")
        return [*lines, "}"]

    def case_head(self, case: Case) -> str:
        head = f"case {self.listed(case.patterns)}" if case.patterns else "default"
        if case.names:
            head += f" binding {', '.join(case.names)}"
        return f"{head}:" if case.where is None else f"{head} where {self.expression(case.where)}:"

    def do(self, node: Do) -> list[str]:
        head = f"{node.label}: do" if node.label else "do"
        if node.guard_value is not None:
            head += f" synchronized({self.expression(node.guard_value)})"
        lines = self.headed(head, node.body)
        for handler in node.catches:
            words = ["} catch"]
            if handler.patterns:
                words.append(self.listed(handler.patterns))
            if handler.names:
                words.append(f"binding {', '.join(handler.names)}")
            lines[-1] = " ".join([*words, "{"])
            lines += [*_indented(self.block(handler.body)), "}"]
        if node.cleanup is not None:
            lines[-1] = "} finally {"
            lines += [*_indented(self.block(node.cleanup)), "}"]
        return lines

    def valued(self, word: str, value: Expression | None) -> str:
        return word if value is None else f"{word} {self.expression(value)}"

    def parameter(self, node: Parameter) -> str:
        text = node.name if node.label == node.name else f"{node.label or '_'} {node.name}"
        if node.type:
            text += f": {node.type}"
        return text if node.default is None else f"{text} = {self.expression(node.default)}"

    def listed(self, nodes: Iterable[Expression]) -> str:
        return ", ".join(map(self.expression, nodes))

    def optional(self, node: Expression | None) -> str:
        return "" if node is None else self.expression(node)

    def expression(self, node: Expression) -> str:
        """The text of ``node``: several lines where it holds closures with statements."""
        self.depth += 1
        try:
            return "…" if self.depth > _DEEPEST else self.written(node)
        finally:
            self.depth -= 1

    def written(self, node: Expression) -> str:
        match node:
            case Name():
                return node.name
            case Member():
                return f"{self.optional(node.base)}{'?' if node.optional else ''}.{node.name}"
            case Call():
                return self.call(node)
            case Closure():
                return self.closure(node)
            case Literal():
                return json.dumps(node.text, ensure_ascii=False) if node.kind == "string" else node.text
            case Interpolation():
                return f"interpolation({self.listed(node.parts)})"
            case Collection():
                return self.collection(node)
            case Conditional():
                then = self.optional(node.then)
                return f"({self.expression(node.condition)} ? {then} : {self.expression(node.otherwise)})"
            case Binary():
                return f"({self.expression(node.left)} {node.operator} {self.expression(node.right)})"
            case Unary():
                return self.unary(node)
            case Assign():
                return f"{self.expression(node.target)} {node.operator} {self.expression(node.value)}"
            case Cast():
                return f"({self.expression(node.value)} {node.form} {node.type})"
            case Index():
                return f"{self.expression(node.base)}[{self.listed(node.arguments)}]"
            case Await():
                return f"await {self.expression(node.value)}"
            case Try():
                return f"{node.form} {self.expression(node.value)}"
            case SelectorName():
                return f"#selector({node.name})"
            case Binding():
                return self.binding(node)
            case Availability():
                return f"#if({node.text})" if node.is_of_build else node.text
            case Branching():
                return "\n".join(["value of {", *_indented(self.statement(node.statement)), "}"])
            case Opaque():
                return f"opaque({self.listed(node.children)})"

    def call(self, node: Call) -> str:
        receiver = self.optional(node.receiver)
        if ":" in node.name:
            return f"[{receiver} {self.message(node)}]"
        inside = ", ".join(self.argument(argument) for argument in node.arguments if not argument.trailing)
        text = receiver
        if node.optional:
            text += "?"
        if node.name:
            text += f".{node.name}" if node.receiver is not None or node.implicit else node.name
        text += f"({inside})"
        for argument in node.arguments:
            if argument.trailing:
                text += f" {self.argument(argument)}"
        return text

    def argument(self, node: Argument) -> str:
        text = self.expression(node.value)
        return text if node.label is None else f"{node.label}: {text}"

    def message(self, node: Call) -> str:
        """An Objective-C selector with its arguments; arguments beyond its colons follow commas."""
        parts = node.name.split(":")[:-1]
        texts = [self.expression(argument.value) for argument in node.arguments]
        words = [f"{part}:{text}" for part, text in zip(parts, texts, strict=False)]
        return ", ".join([" ".join(words) or node.name, *texts[len(parts) :]])

    def closure(self, node: Closure) -> str:
        head = [*node.attributes]
        if node.captures:
            head.append(f"[{', '.join(map(self.capture, node.captures))}]")
        if node.parameters:
            head.append(f"({', '.join(map(self.parameter, node.parameters))})")
        if node.is_async:
            head.append("async")
        mark = "^" if node.copies_locals else ""
        first = f"{mark}{{ {' '.join(head)} in" if head else f"{mark}{{"
        lines = list(_indented(self.block(node.body)))
        return "\n".join([first, *lines, "}"]) if lines else f"{first} }}"

    def capture(self, node: Capture) -> str:
        text = node.name if node.form == "value" else f"{node.form} {node.name}"
        return text if node.value is None else f"{text} = {self.expression(node.value)}"

    def collection(self, node: Collection) -> str:
        if node.kind == "tuple":
            return f"({self.listed(node.items)})"
        if node.kind == "array":
            return f"[{self.listed(node.items)}]"
        keys, values = node.items[::2], node.items[1::2]
        pairs = (
            f"{self.expression(key)}: {self.expression(value)}"
            for key, value in zip(keys, values, strict=False)
        )
        return f"[{', '.join(pairs) or ':'}]"

    def unary(self, node: Unary) -> str:
        operand = self.expression(node.operand)
        if node.operator == "unwrap":
            return f"{operand}!"
        blank = " " if node.operator[-1:].isalpha() else ""
        return f"({node.operator}{blank}{operand})"

    def binding(self, node: Binding) -> str:
        value = self.expression(node.value)
        if node.pattern is None:
            return f"let {', '.join(node.names)} = {value}"
        bound = f" binding {', '.join(node.names)}" if node.names else ""
        return f"case {self.expression(node.pattern)}{bound} = {value}"
