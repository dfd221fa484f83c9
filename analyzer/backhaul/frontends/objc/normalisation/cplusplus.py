"""C++ in Objective-C++ files and headers: what the grammar of C can be made to read of it.

The aim is the Objective-C around it and the calls inside, not C++ itself: references become
pointers, template arguments go, a class's braces are looked through. Names keep their place and
are read from the original text (``std::move``).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from backhaul.frontends.objc.normalisation.patterns import REACH, behind, blank_all, closing, outer_spans
from backhaul.frontends.recovery import Draft, Rule

_NAMESPACE = re.compile(rb"\b(?:inline\s+)?namespace\b[\w\s:]*\{")
_RECORD = re.compile(
    rb"(?:class(?<!\wclass)|struct(?<!\wstruct))\s+(?:[A-Z][A-Z0-9_]*(?:\([^()]*\))?\s+)?(\w+(?:::\w+)*)\s*(?:final\s*)?"
    rb"(?::(?!:)[\w\s:,<>*&]*)?(\{)"
)
_METHODS = re.compile(
    rb"\)[\w\s&:]*\{|\b(?:public|private|protected)\s*:|\boperator\b|~\w+\s*\(|\w\s*\([^()]*\)\s*(?:const\s*)?;"
)
_FORWARD = re.compile(rb"(?:friend|class(?=\s+\w)|using|static_assert(?=\s*\()|extern\s+template)\b[^;{}]*;")
_BEGINS = re.compile(rb"(?:[;{}]|^)\s*\Z", re.MULTILINE)
_ACCESS = re.compile(rb"\b(?:public|private|protected)\s*:(?!:)")
_SPECIFIERS = re.compile(
    rb"\b(?:virtual|explicit|friend|mutable|typename|constexpr|consteval|constinit|thread_local)\b"
    rb"|\bnoexcept\b(?:\s*\([^()]*\))?|\bdecltype\s*(?=\()"
)
_SPECIFIER_WORDS = (
    *(b"virtual", b"explicit", b"friend", b"mutable", b"typename", b"constexpr", b"consteval", b"constinit"),
    *(b"thread_local", b"noexcept", b"decltype"),
)
_LAST_SPECIFIERS = re.compile(rb"(?:override|final)\b(?=\s*[;{])")
_PARAMETERS_OR_NAME = re.compile(rb"[)\w]\s+\Z")
_BEHIND_PARAMETERS = re.compile(
    rb"\)\s*(const\b(?=\s*(?:[;{:-]|noexcept|override|final))|=\s*(?:default|delete|0)(?=\s*;)|->\s*[\w:<>\s*&]+(?=[{;]))"
)
_ATTRIBUTE = re.compile(rb"\[\[(?:\w+::)?\w+(?:\([^()]*\))?\]\]")
_INSTANTIATION = re.compile(rb"\btemplate\b(?!\s*<)")
_TEMPLATE = re.compile(rb"\btemplate\s*<")
_ARGUMENTS = re.compile(rb"<(?<=\w<)(?=[\w:>(])")
_CPP_ARGUMENTS = re.compile(
    rb"::|&|\(|\[|(?<![\w*])\d|\b(?:int|bool|double|float|char|void|const|unsigned|size_t|typename|\w+_t)\b"
)
_NO_TEMPLATE = frozenset((b"id", b"Class", b"operator", b"import", b"include"))
_BODY_OF_ARGUMENTS = re.compile(rb"[\w\s:,*&<>()\[\].^]*")
_ANGLE = re.compile(rb"[<>();{}]")
_CONSTRUCTOR = re.compile(rb"::(~?)(?=(\w+)\s*\()")
_CONSTRUCTED = re.compile(rb"[;}\n][ \t]*(?:\w+::)*?(\w+)\Z")
_SCOPE = re.compile(rb"::(?:(?<=\w::)(~?)(?=\w)|(?<![\w:]::)(?=[A-Za-z_]))")
_OPERATOR = re.compile(rb"\boperator\s*(\(\)|\[\]|[-+*/%^&|~!=<>,]+|\s\w+)(?=\s*\()")
_INITIALISERS = re.compile(rb"\)\s*(:(?!:)\s*[\w:]+\s*[({])")
_AUTO = re.compile(rb"\bauto\b")
_BINDINGS = re.compile(rb"\bauto\s*(?:const\s*)?&*\s*(\[)[\w\s,]*(\])(?=\s*[=:])")
_REFERENCE = re.compile(rb"&{1,2}\s*(?=[A-Za-z_]\w*\s*[,)=;:({])")
_REFERRED = re.compile(
    rb"(?:[(,;{}<]|\b(?:const|static|auto|return)\s|^)\s*(?:const\s+|struct\s+)?[A-Za-z_]\w*(?:\s+const)?\s*\Z",
    re.MULTILINE,
)
_LAST_REFERENCE = re.compile(rb"&{1,2}(?=\s*[),>])")
_AFTER_TYPE = re.compile(rb"[\w>*]\s*\Z")
_MOVED = re.compile(rb"&&(?<=\w&&)(?=\s+\w+\s*[,)=:])")
_LAMBDA = re.compile(rb"(?:[=(,{;:?]|\breturn)\s*(\[)([\w\s,&=*.>():-]*)(\])\s*(?=[({]|mutable\b|->)")
_AFTER_LAMBDA = re.compile(rb"(\s*(?:mutable\b|noexcept\b)?\s*(?:->\s*[\w:<>\s*&]+)?)(?=\{)")
_RANGE_FOR = re.compile(rb"\bfor\s*(\()([^;(){}\[:?]*?)([*&\s])(\w+)\s*(:)(?!:)")
_TRY = re.compile(rb"(\s)try(?=\s*\{)")
_CATCH = re.compile(rb"(\s)catch(?=\s*\()")
_NEW = re.compile(rb"(?:new(?:\s+const)?|delete(?:\s*\[\])?)(?=\s+[A-Za-z_(:])")
_OPENS_VALUE = re.compile(rb"(?:[=(,{;?:&|<>]\s*|\breturn\s+)\Z")
_DESTRUCTOR_CALL = re.compile(rb"(?:->|\.)(~)(?=\w)")
_CONDITION = re.compile(
    rb"\b(?:if|while)\s*(\()\s*((?:const\s+)?[A-Za-z_]\w*(?:\s+const)?[\s*&]+)[A-Za-z_]\w*\s*=(?!=)"
)
_NAMED = re.compile(rb"\w\s*\Z")
_DEFAULT = re.compile(rb"=\s*[\w.:+\"' -]+(?:\([^()]*\)|\{\s*\})?(?=\s*[,)])")
_THROW = re.compile(rb"(\s)throw(?=\s+[\w(\[\"@]|\s*;)")
_DIRECT = re.compile(
    rb"[;{}]\s*(?:const\s+|static\s+)*(?!(?:return|throw|else|case|goto|new|delete|typedef|using|struct|enum)\b)"
    rb"[A-Za-z_]\w*(?:\s+const)?[\s*&]+([A-Za-z_]\w*)\s*([({])"
)
_TEMPORARY = re.compile(rb"(?:[=(,<?:+{]|\breturn)\s*(?:[A-Za-z_]\w*\s*)?\Z")


def _open_namespaces(draft: Draft) -> None:
    for match in _NAMESPACE.finditer(bytes(draft.masked)):
        end = closing(draft.masked, match.end() - 1)
        if end > 0:
            draft.blank(*match.span())
            draft.blank(end - 1, end)


def _open_records(draft: Draft) -> None:
    """A class or struct with member functions: its members are read as if they stood outside."""
    position = 0
    while match := _RECORD.search(draft.masked, position):
        position = match.end()
        end = closing(draft.masked, match.start(2)) - 1
        if end < 0 or not _METHODS.search(draft.masked, position, end):
            continue
        name = match.group(1).rpartition(b":")[2]
        after = bytes(draft.masked[end + 1 : end + 200])
        tail = after.find(b";")
        draft.blank(*match.span())
        draft.blank(end, end + 2 + tail if tail >= 0 and len(after[:tail].split()) < 2 else end + 1)
        _type_constructors(draft, name, position, end)


def _type_constructors(draft: Draft, name: bytes, start: int, end: int) -> None:
    """Constructors have no result type, which C demands: one is put into the indentation."""
    pattern = re.compile(
        rb"(?:(?<=[;}\n:])|\bexplicit\b|\binline\b)([ \t]+)(~?)(?=" + re.escape(name) + rb"\s*\()"
    )
    for match in pattern.finditer(bytes(draft.masked), start, end):
        if match.group(2):
            draft.replace(match.start(2), match.end(2), b"_")
        first = match.end(1) - 2
        if first >= match.start():
            draft.replace(first, first + 2, b"T ")


def _blank_templates(draft: Draft) -> None:
    position = 0
    while match := _TEMPLATE.search(draft.masked, position):
        position = match.end()
        end = _closing_angle(draft.masked, match.end() - 1)
        if end > 0:
            draft.blank(match.start(), end)


def _blank_arguments(draft: Draft) -> None:
    """Template arguments; the generics of Objective-C, which the grammar knows, stay."""
    position = 0
    while match := _ARGUMENTS.search(draft.masked, position):
        start = match.start()
        position = match.end()
        word = _WORD_BEFORE.search(draft.masked, max(0, start - 60), start)
        if word is None or word.group() in _NO_TEMPLATE:
            continue
        end = _closing_angle(draft.masked, start)
        if end < 0 or not _BODY_OF_ARGUMENTS.fullmatch(draft.masked, start, end):
            continue
        follows = bytes(draft.masked[end : end + 2])
        if word.group()[:1].isupper() and b"::" not in word.group():
            is_used = follows[:1] in (b"(", b"{") or follows == b"::"
            if not is_used and not _CPP_ARGUMENTS.search(draft.masked, start, end):
                continue  # generics of Objective-C, protocols of a class
        draft.blank(start, end)
        if draft.masked[end : end + 2] == b"::":
            draft.blank(word.start(), end + 2)
        position = end


_WORD_BEFORE = re.compile(rb"(?:\w*::)*\w+\Z")


def _closing_angle(masked: bytes | bytearray, opening: int) -> int:
    """One past the ``>`` for the ``<`` at ``opening``; -1 when what follows is no list of arguments."""
    depth = nested = 0
    for match in _ANGLE.finditer(masked, opening, opening + 2000):
        token = match.group()
        if token == b"<":
            depth += 1
        elif token == b">":
            if masked[match.start() - 1 : match.start()] == b"-":
                continue
            depth -= 1
            if not depth:
                return match.end()
        elif token == b"(":
            nested += 1
        elif token == b")":
            nested -= 1
            if nested < 0:
                return -1
        else:
            return -1
    return -1


def _join_scopes(draft: Draft) -> None:
    """``a::b`` is one word; a constructor ``A::A(`` is a function ``A`` with the result ``A``."""
    masked = bytes(draft.masked)
    for match in _CONSTRUCTOR.finditer(masked):
        start = match.start()
        constructed = _CONSTRUCTED.search(masked, max(0, start - REACH), start)
        if constructed is not None and constructed.group(1) == match.group(2):
            draft.replace(start, match.end(), b"  _" if match.group(1) else b"  ")
    for match in _SCOPE.finditer(bytes(draft.masked)):
        tilde = match.group(1)
        if tilde is None:
            draft.blank(*match.span())
        else:
            draft.replace(*match.span(), b"___" if tilde else b"__")


def _name_operators(draft: Draft) -> None:
    for match in _OPERATOR.finditer(bytes(draft.masked)):
        end = match.end(1)
        draft.replace(match.start() + 8, end, b"_" * (end - match.start() - 8))


def _blank_initialisers(draft: Draft) -> None:
    """``A(int x) : member(x), other{x} {``: up to the brace that no comma or name leads to."""
    for match in _INITIALISERS.finditer(bytes(draft.masked)):
        position = match.end() - 1
        while True:
            end = closing(draft.masked, position)
            if end < 0:
                break
            following = _NEXT_INITIALISER.match(draft.masked, end)
            if following is None:
                if draft.masked[end : end + 100].lstrip()[:1] == b"{":
                    draft.blank(match.start(1), end)
                break
            position = following.end() - 1


_NEXT_INITIALISER = re.compile(rb"\s*,\s*[\w:]+\s*[({]")


def _plain_references(draft: Draft) -> None:
    for last in behind(_LAST_REFERENCE, _AFTER_TYPE, bytes(draft.masked)):
        draft.blank(*last.span())
    for moved in _MOVED.finditer(bytes(draft.masked)):
        draft.replace(*moved.span(), b"* ")
    for match in behind(_REFERENCE, _REFERRED, bytes(draft.masked)):
        draft.replace(*match.span(), b"*")


def _plain_autos(draft: Draft) -> None:
    for match in _BINDINGS.finditer(bytes(draft.masked)):
        draft.blank(*match.span(1))
        draft.blank(*match.span(2))
    for match in _AUTO.finditer(bytes(draft.masked)):
        draft.replace(*match.span(), b"Auto")


def _plain_lambdas(draft: Draft) -> None:
    """``[x](int y) mutable -> T {`` as a block; the lowering sees in the original text that it is none."""
    position = 0
    while match := _LAMBDA.search(draft.masked, position):
        position = match.end()
        after = position
        if draft.masked[after : after + 1] == b"(":
            after = closing(draft.masked, after)
        tail = _AFTER_LAMBDA.match(draft.masked, after) if after > 0 else None
        if tail is None:
            continue
        draft.blank(match.start(1), match.end(3))
        draft.replace(match.start(1), match.start(1) + 1, b"^")
        draft.blank(*tail.span(1))


def _range_loops(draft: Draft) -> None:
    """``for (T x : list)`` becomes ``if (x , list)``, the only way that has room for it; the lowering
    sees in the original text that it is a loop."""
    position = 0
    while match := _RANGE_FOR.search(draft.masked, position):
        position = match.end()
        start = match.start()
        draft.replace(start, start + 3, b"if")
        draft.blank(match.end(1), match.end(3))
        draft.replace(*match.span(5), b",")


def _rename_destructors(draft: Draft) -> None:
    for match in _DESTRUCTOR_CALL.finditer(bytes(draft.masked)):
        draft.replace(*match.span(1), b"_")


def _plain_conditions(draft: Draft) -> None:
    """``if (T x = f(); x && y)``: an assignment for the grammar; the lowering sees the declaration."""
    for match in _CONDITION.finditer(bytes(draft.masked)):
        end = closing(draft.masked, match.start(1))
        if end < 0:
            continue
        draft.blank(*match.span(2))
        semicolon = draft.masked.find(b";", match.end(), end)
        if semicolon > 0 and b"{" not in draft.masked[match.end() : semicolon]:
            draft.replace(semicolon, semicolon + 1, b",")


def _blank_defaults(draft: Draft) -> None:
    """Default values of parameters, outside of bodies."""
    masked = bytes(draft.masked)
    for start, end in outer_spans(masked):
        opening = masked.find(b"(", start, end)
        while opening >= 0:
            after = closing(masked, opening, end)
            if after < 0:
                break
            for match in behind(_DEFAULT, _NAMED, masked, opening, after):
                draft.blank(*match.span())
            opening = masked.find(b"(", after, end)


def _marked(pattern: re.Pattern[bytes]) -> Callable[[Draft], None]:
    """A rewriting that puts ``@`` into the blank before a keyword of C++."""

    def rewrite(draft: Draft) -> None:
        for match in pattern.finditer(bytes(draft.masked)):
            draft.replace(*match.span(1), b"@")

    return rewrite


def _direct_initialisation(draft: Draft) -> None:
    """``T x(a, b);`` and ``T x{a};`` inside of bodies become ``T x=a| b ;``."""
    outer = outer_spans(bytes(draft.masked))
    for start, end in outer:
        if _BRACED.search(draft.masked, max(start, end - REACH), end):
            after = closing(draft.masked, end)
            if after > 0 and draft.masked[after : after + 20].lstrip()[:1] == b";":
                _assign(draft, end, after)
    for (_, start), (end, _) in zip(outer, [*outer[1:], (len(draft.masked), 0)], strict=True):
        position = start
        while match := _DIRECT.search(draft.masked, position, end):
            opening = match.start(2)
            position = opening + 1
            after = closing(draft.masked, opening)
            is_statement = after > 0 and draft.masked[after : after + 20].lstrip()[:1] == b";"
            if is_statement and not _PARAMETERS.match(draft.masked, opening + 1, after - 1):
                _assign(draft, opening, after)


_BRACED = re.compile(rb"\b(?:static|const)\s+[\w\s*]+\w\s*\Z")
_PARAMETERS = re.compile(rb"\s*(?:const\s+)?[A-Za-z_]\w*[\s*]+[A-Za-z_]\w*\s*(?:,|\Z)")


def _assign(draft: Draft, opening: int, end: int) -> None:
    if not bytes(draft.masked[opening + 1 : end - 1]).strip():
        draft.blank(opening, end)
        return
    draft.replace(opening, opening + 1, b"=")
    draft.replace(end - 1, end, b" ")
    depth = 0
    for at in range(opening + 1, end - 1):
        byte = draft.masked[at]
        if byte in b"([{":
            depth += 1
        elif byte in b")]}":
            depth -= 1
        elif byte == 0x2C and depth == 0:
            draft.replace(at, at + 1, b"|")


def _plain_temporaries(draft: Draft) -> None:
    """``T{a, b}``, ``return {a, b};``, ``f({.a = b})`` get parentheses, and ``{}`` becomes ``0``."""
    outer = outer_spans(bytes(draft.masked))
    for (_, start), (end, _) in zip(outer, [*outer[1:], (len(draft.masked), 0)], strict=True):
        position = start
        opening = draft.masked.find(b"{", start, end)
        while opening >= 0:
            if _TEMPORARY.search(draft.masked, max(position, opening - REACH), opening):
                position = opening + 1
                _plain_temporary(draft, opening)
            opening = draft.masked.find(b"{", opening + 1, end)


def _plain_temporary(draft: Draft, opening: int) -> None:
    before = bytes(draft.masked[max(0, opening - 60) : opening]).rstrip()
    if before.endswith((b")", b"@", b"^")) or _KEYWORD_BEFORE.search(before):
        return
    if before.endswith(b"=") and not _ASSIGNED_MEMBER.search(before):
        return
    end = closing(draft.masked, opening) - 1
    if end < 0 or b";" in draft.masked[opening:end]:
        return
    if not bytes(draft.masked[opening + 1 : end]).strip():
        is_named = before[-1:].isalnum() and not before.endswith(b"return")
        draft.replace(opening, end + 1, b"()" if is_named else b"0")
        return
    draft.replace(opening, opening + 1, b"(")
    draft.replace(end, end + 1, b")")
    for field in _DESIGNATOR.finditer(bytes(draft.masked), opening, end):
        draft.blank(*field.span(1))
    for comma in _LAST_COMMA.finditer(bytes(draft.masked), opening, end + 1):
        draft.blank(*comma.span(1))


_ASSIGNED_MEMBER = re.compile(rb"(?:(?:\.|->)|[;{}]\s*)\w+\s*=\Z")
_DESIGNATOR = re.compile(rb"(?<=[({,])\s*(\.\w+\s*=)")
_LAST_COMMA = re.compile(rb"(,)\s*\)")
_KEYWORD_BEFORE = re.compile(rb"\b(?:else|do|try|finally|autoreleasepool|mutable|enum|struct|union|const)\Z")

CPLUSPLUS_RULES = (
    Rule("namespace", (b"namespace",), _open_namespaces),
    Rule("template", (b"template",), _blank_templates),
    Rule("template", (b"template",), blank_all(_INSTANTIATION)),
    Rule("record", (b"class", b"struct"), _open_records),
    Rule(
        "forward-declaration",
        (b"class", b"using", b"friend", b"static_assert"),
        blank_all(_FORWARD, before=_BEGINS),
    ),
    Rule("access", (b"public", b"private", b"protected"), blank_all(_ACCESS)),
    Rule("operator", (b"operator",), _name_operators),
    Rule("template-arguments", (b"<",), _blank_arguments),
    Rule("specifiers", _SPECIFIER_WORDS, blank_all(_SPECIFIERS)),
    Rule("last-specifiers", (b"override", b"final"), blank_all(_LAST_SPECIFIERS, before=_PARAMETERS_OR_NAME)),
    Rule("behind-parameters", (b")",), blank_all(_BEHIND_PARAMETERS, 1)),
    Rule("attributes", (b"]]",), blank_all(_ATTRIBUTE)),
    Rule("lambda", (b"[",), _plain_lambdas),
    Rule("scope", (b"::",), _join_scopes),
    Rule("initialisers", (b":",), _blank_initialisers),
    Rule("auto", (b"auto",), _plain_autos),
    Rule("reference", (b"&",), _plain_references),
    Rule("range-for", (b"for",), _range_loops),
    Rule("try", (b"try",), _marked(_TRY)),
    Rule("catch", (b"catch",), _marked(_CATCH)),
    Rule("new", (b"new", b"delete"), blank_all(_NEW, before=_OPENS_VALUE)),
    Rule("destructor-call", (b"->~", b".~"), _rename_destructors),
    Rule("condition", (b"if",), _plain_conditions),
    Rule("default-argument", (b"=",), _blank_defaults),
    Rule("throw", (b"throw",), _marked(_THROW)),
    Rule("direct-initialisation", (), _direct_initialisation),
    Rule("temporary", (b"{",), _plain_temporaries),
)
