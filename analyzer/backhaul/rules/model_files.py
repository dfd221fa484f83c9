"""Reads API model files: TOML to operations, types and hooks, checked one by one and together."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, Literal, NoReturn, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import Struct

from backhaul.rules.errors import RuleError, TomlText, nearest
from backhaul.rules.models import COMPOSED, ApiModels, ApiType, Hook, Operation, Returns, Timing, ValueKind
from backhaul.rules.spelling import ANY_TYPE, Signature, parse_objc, parse_swift

T = TypeVar("T", bound=Struct)
_LISTS = ("type", "operation", "hook", "kind")
_KIND = re.compile(r"[a-z][a-z-]*|receiver|argument:[a-z-]+")


class _TypeTable(Struct, forbid_unknown_fields=True, rename="kebab"):
    name: str
    also: tuple[str, ...] = ()
    inherits: str = ""
    tags: tuple[str, ...] = ()
    noun: str = ""
    is_value: bool = False


class _OperationTable(Struct, forbid_unknown_fields=True, rename="kebab"):
    id: str
    swift: tuple[str, ...] = ()
    objc: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    arguments: dict[str, int] = {}
    argument_types: dict[str, str] = {}
    returns: Returns | None = None
    calls: dict[str, Timing] = {}
    leaves: bool = False
    nil_unless: str = ""
    together: bool = False


class _HookTable(Struct, forbid_unknown_fields=True, rename="kebab"):
    id: str
    swift: tuple[str, ...] = ()
    objc: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    arguments: dict[str, int] = {}


class _KindTable(Struct, forbid_unknown_fields=True, rename="kebab"):
    name: str
    begins: tuple[str, ...] = ()
    unless_begins: tuple[str, ...] = ()
    unless_contains: tuple[str, ...] = ()
    unless_is: tuple[str, ...] = ()
    is_: tuple[str, ...] = msgspec.field(default=(), name="is")
    spreads: bool = False
    within: str = ""


class _FileTable(Struct, forbid_unknown_fields=True, rename="kebab"):
    title: str
    url: str
    words: tuple[str, ...]
    words_together: tuple[tuple[str, ...], ...] = ()


class ModelFile(Struct, frozen=True):
    """One file under ``models/``."""

    path: str
    text: str
    words: tuple[str, ...]
    together: tuple[tuple[str, ...], ...]
    types: tuple[ApiType, ...]
    operations: tuple[Operation, ...]
    hooks: tuple[Hook, ...]
    kinds: tuple[ValueKind, ...]


def parse_toml(source: TomlText, text: str) -> dict[str, Any]:
    """The table that ``text`` holds. Raises ``RuleError`` at the line of a syntax error."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column \d+\)", str(error))
        line = int(place[1]) if place else len(text.splitlines())
        problem = re.sub(r" \(at .*\)", "", str(error))
        raise RuleError(source.path, source.first_line + line - 1, f"not TOML: {problem}") from None


def convert(
    source: TomlText, value: dict[str, Any], kind: type[T], *, table: str = "", ordinal: int = 0
) -> T:
    """``value`` as a ``kind``. Raises ``RuleError`` naming the key that is unknown, missing or ill-typed."""
    fields = msgspec.structs.fields(kind)
    source.check_keys(value, [field.encode_name for field in fields], table=table, ordinal=ordinal)
    for field in fields:
        if field.required and field.encode_name not in value:
            source.fail(
                f"the key `{field.encode_name}` is missing" + (f" in [{table}]" if table else ""),
                table=table,
                ordinal=ordinal,
            )
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        problem, _, where = str(error).partition(" - at `$")
        key = re.match(r"\.?([\w-]+)", where)
        name = key[1] if key else ""
        inner = where.rstrip("`").removeprefix(".")
        hint = _allowed_values(next((f.type for f in fields if f.encode_name == name), None), value.get(name))
        text = f"`{inner}`: {problem[:1].lower()}{problem[1:]}{hint}" if inner else problem
        source.fail(text, table=table, ordinal=ordinal, key=name)


def _allowed_values(kind: Any, given: Any) -> str:
    """A hint at the values that a key of a closed set may have; "" for other keys."""
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) is UnionType or get_origin(kind) is Union:
        kind = get_args(kind)[0]
    return nearest(str(given), get_args(kind)) if get_origin(kind) is Literal else ""


def read_model_file(path: str, text: str) -> ModelFile:
    """The model in ``text``; ``path`` is for messages. Raises ``RuleError``."""
    source = TomlText(path, text)
    tables = parse_toml(source, text)
    lists: dict[str, list[dict[str, Any]]] = {}
    for name in _LISTS:
        value = tables.pop(name, [])
        if not isinstance(value, list):
            source.fail(f"`{name}` is written as [[{name}]]", table=name)
        lists[name] = value
    source.check_keys(tables, [*_FileTable.__struct_encode_fields__, *_LISTS])
    head = convert(source, tables, _FileTable)
    if not head.url.startswith("https://"):
        source.fail("`url` begins with https://", key="url")
    types = [
        ApiType(**msgspec.structs.asdict(convert(source, table, _TypeTable, table="type", ordinal=number)))
        for number, table in enumerate(lists["type"])
    ]
    operations = [_operation(source, table, number) for number, table in enumerate(lists["operation"])]
    hooks = [_hook(source, table, number) for number, table in enumerate(lists["hook"])]
    kinds = [_kind(source, table, number) for number, table in enumerate(lists["kind"])]
    lists_read = tuple(types), tuple(operations), tuple(hooks), tuple(kinds)
    return ModelFile(path, text, head.words, head.words_together, *lists_read)


def _operation(source: TomlText, value: dict[str, Any], ordinal: int) -> Operation:
    table = convert(source, value, _OperationTable, table="operation", ordinal=ordinal)
    signatures = tuple(_signatures(source, table.swift, table.objc, "operation", ordinal))
    operation = Operation(
        table.id,
        signatures,
        table.tags,
        table.arguments,
        table.argument_types,
        table.returns,
        table.calls,
        table.leaves,
        table.nil_unless,
        table.together,
    )
    _check_roles(source, operation, ordinal)
    return operation


def _signatures(
    source: TomlText, swift: Sequence[str], objc: Sequence[str], table: str, ordinal: int
) -> Iterator[Signature]:
    if not swift and not objc:
        source.fail(f"[[{table}]] needs a spelling: `swift` or `objc`", table=table, ordinal=ordinal)
    for key, spellings in (("swift", swift), ("objc", objc)):
        for spelling in spellings:
            try:
                yield from [parse_swift(spelling)] if key == "swift" else parse_objc(spelling)
            except ValueError as error:
                source.fail(str(error), table=table, ordinal=ordinal, key=key, value=spelling)


def _check_roles(source: TomlText, operation: Operation, ordinal: int) -> None:
    def fail(problem: str, key: str) -> NoReturn:
        source.fail(problem, table="operation", ordinal=ordinal, key=key)

    arities = [signature.arity for signature in operation.signatures]
    most = None if None in arities else max(arity for arity in arities if arity is not None)
    for role, position in operation.arguments.items():
        if position < 0 or (most is not None and position >= most):
            fail(f"no spelling of `{operation.id}` has an argument {position} for the role `{role}`", role)
    for key, roles in (("calls", operation.calls), ("argument-types", operation.argument_types)):
        for role in roles:
            if role not in operation.arguments:
                fail(f"`{key}`: `{role}` is no role in `arguments`{nearest(role, operation.arguments)}", key)
    kind = operation.returns.kind if operation.returns is not None else ""
    if kind and not _KIND.fullmatch(kind):
        fail(f"`returns.kind`: `{kind}` is not a word, `receiver` or `argument:ROLE`", "returns")
    role = kind.removeprefix("argument:")
    if role != kind and role not in operation.arguments:
        fail(
            f"`returns.kind`: `{role}` is no role in `arguments`{nearest(role, operation.arguments)}",
            "returns",
        )


def _kind(source: TomlText, value: dict[str, Any], ordinal: int) -> ValueKind:
    table = convert(source, value, _KindTable, table="kind", ordinal=ordinal)
    problem = ""
    if not re.fullmatch(r"[a-z][a-z-]*", table.name) or table.name in ("receiver", COMPOSED):
        problem = f"`name`: `{table.name}` is not a word for a kind"
    elif not (table.begins or table.is_ or table.spreads or table.within):
        problem = "[[kind]] needs `begins`, `is`, `spreads` or `within`"
    elif (table.unless_begins or table.unless_contains or table.unless_is) and not table.begins:
        problem = "`unless-begins`, `unless-contains` and `unless-is` except some of what `begins` says"
    if problem:
        source.fail(problem, table="kind", ordinal=ordinal, key="name")
    exceptions = table.unless_begins, table.unless_contains, table.unless_is
    return ValueKind(table.name, table.begins, *exceptions, table.is_, table.spreads, table.within)


def _hook(source: TomlText, value: dict[str, Any], ordinal: int) -> Hook:
    table = convert(source, value, _HookTable, table="hook", ordinal=ordinal)
    if not (table.swift or table.objc or table.calls or table.mentions):
        source.fail(
            "[[hook]] needs `swift`, `objc`, `calls` or `mentions`", table="hook", ordinal=ordinal, key="id"
        )
    if table.words and not table.calls:
        source.fail(
            "`words` stand among the arguments of `calls`", table="hook", ordinal=ordinal, key="words"
        )
    calls: list[Signature] = []
    for spelling in table.calls:
        try:
            calls.extend(parse_objc(spelling) if spelling[:1] in "+-" else [parse_swift(spelling)])
        except ValueError as error:
            source.fail(str(error), table="hook", ordinal=ordinal, key="calls", value=spelling)
    _check_hook_roles(source, table, ordinal)
    return Hook(table.id, table.swift, table.objc, tuple(calls), table.words, table.mentions, table.arguments)


def _check_hook_roles(source: TomlText, table: _HookTable, ordinal: int) -> None:
    most = max((spelling.count(":") for spelling in (*table.swift, *table.objc)), default=0)
    for role, position in table.arguments.items():
        if not 0 <= position < most:
            source.fail(
                f"no member of `{table.id}` has a parameter {position} for the role `{role}`",
                table="hook",
                ordinal=ordinal,
                key=role,
            )


def join_models(files: Sequence[ModelFile]) -> ApiModels:
    """All ``files`` as one, checked against each other. Raises ``RuleError``."""
    types = _joined_types(files)
    canonical = {name: api.name for api in types for name in (api.name, *api.also)}
    operations = [
        _canonical_operation(operation, file, number, canonical)
        for file in files
        for number, operation in enumerate(file.operations)
    ]
    _check_unique_spellings(files, canonical)
    hooks = [hook for file in files for hook in file.hooks]
    kinds = [kind for file in files for kind in file.kinds]
    models = ApiModels(types, operations, hooks, kinds)
    ids = {operation.id for operation in operations}
    for file in files:
        for number, operation in enumerate(file.operations):
            if operation.nil_unless and operation.nil_unless not in models.kinds:
                problem = (
                    f"unknown kind `{operation.nil_unless}`{nearest(operation.nil_unless, models.kinds)}"
                )
                _fail(file, problem, "operation", number, "nil-unless")
            for tag in operation.tags:
                if tag in ids:
                    _fail(file, f"the tag `{tag}` is the id of an operation", "operation", number, "tags")
    return models


def _fail(file: ModelFile, problem: str, table: str, ordinal: int, key: str, value: str = "") -> NoReturn:
    TomlText(file.path, file.text).fail(problem, table=table, ordinal=ordinal, key=key, value=value)


def _joined_types(files: Sequence[ModelFile]) -> list[ApiType]:
    owner: dict[str, str] = {}
    for file in files:
        for number, api in enumerate(file.types):
            for name in (api.name, *api.also):
                if name in owner:
                    key = "name" if name == api.name else "also"
                    _fail(
                        file,
                        f"the type `{name}` is already named by {owner[name]}",
                        "type",
                        number,
                        key,
                        name,
                    )
                owner[name] = file.path
    names = {api.name for file in files for api in file.types}
    for file in files:
        for number, api in enumerate(file.types):
            if api.inherits and api.inherits not in names:
                problem = f"`inherits`: no [[type]] is named `{api.inherits}`{nearest(api.inherits, names)}"
                _fail(file, problem, "type", number, "inherits")
    return [api for file in files for api in file.types]


def _canonical_operation(
    operation: Operation, file: ModelFile, ordinal: int, canonical: dict[str, str]
) -> Operation:
    """``operation`` with the canonical names of types. Raises ``RuleError`` for types that have none."""

    def resolved(name: str, key: str, written: str) -> str:
        if name and name != ANY_TYPE and name not in canonical:
            problem = f"no [[type]] is named `{name}`{nearest(name, canonical)}"
            _fail(file, problem, "operation", ordinal, key, written)
        return canonical.get(name, name)

    signatures = tuple(
        msgspec.structs.replace(s, type=resolved(s.type, s.language, s.text)) for s in operation.signatures
    )
    types = {role: resolved(name, "argument-types", name) for role, name in operation.argument_types.items()}
    returns = operation.returns
    if returns is not None and returns.type:
        returns = Returns(resolved(returns.type, "returns", returns.type), returns.kind)
    return msgspec.structs.replace(operation, signatures=signatures, argument_types=types, returns=returns)


def _check_unique_spellings(files: Sequence[ModelFile], canonical: dict[str, str]) -> None:
    seen: dict[tuple[object, ...], str] = {}

    def identity(s: Signature) -> tuple[object, ...]:
        return (s.language, s.form, canonical.get(s.type, s.type), s.name, s.labels, s.is_static)

    for file in files:
        for number, operation in enumerate(file.operations):
            for signature in operation.signatures:
                key = identity(signature)
                if key in seen:
                    problem = f"`{signature.text}` already spells `{seen[key]}`"
                    _fail(file, problem, "operation", number, signature.language, signature.text)
                seen[key] = operation.id
