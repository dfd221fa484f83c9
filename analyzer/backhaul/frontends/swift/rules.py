"""What the grammar cannot read, rewritten into what it can: for files with errors only.

A rule replaces bytes by as many other bytes, so that every range stays true, and whatever is read
from the source afterwards (names, types, literals, conditions) is read from the original. Rules
look at masked text: comments, strings and regular expressions are blanks there.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from backhaul.frontends.lexing import blank
from backhaul.frontends.recovery import Draft, Rule
from backhaul.frontends.swift.conditional_rules import rewrite_conditionals
from backhaul.frontends.swift.regex_rules import rewrite_regular_expressions

Rewrite = Callable[[bytes], bytes]


def underscores(found: bytes) -> bytes:
    return b"_" * len(found)


def other_word(found: bytes) -> bytes:
    """``found`` with its last letter in the other case: no keyword any more."""
    return found[:-1] + found[-1:].swapcase()


def negation(found: bytes) -> bytes:
    """A prefix operator where ``await``, ``try`` or ``consume`` begins (see ``sequences.prefixed``)."""
    return b"!" + b" " * (len(found) - 1)


def string(found: bytes) -> bytes:
    return b'"' + b"_" * (len(found) - 2) + b'"'


def inside(found: bytes) -> bytes:
    """``found`` without its parentheses."""
    return b" " + found[1:-1] + b" "


def dot(found: bytes) -> bytes:
    return b"." + b" " * (len(found) - 1)


def type_name(found: bytes) -> bytes:
    return b"A" + b"_" * (len(found) - 1)


def rule(
    name: str,
    trigger: bytes | tuple[bytes, ...],
    pattern: bytes,
    rewrite: Rewrite,
    applies: Callable[[re.Match[bytes]], bool] = lambda _match: True,
) -> Rule:
    """A rule that rewrites the first group of ``pattern`` wherever it ``applies``.

    Patterns that begin with a literal are found fast; a condition on what stands before them is
    for ``applies``.
    """
    compiled = re.compile(pattern, re.MULTILINE)

    def apply(draft: Draft) -> None:
        for match in compiled.finditer(bytes(draft.masked)):
            if applies(match):
                start, end = match.span(1)
                draft.replace(start, end, rewrite(match.group(1)))

    return Rule(name, trigger if isinstance(trigger, tuple) else (trigger,), apply)


_OPENS_VALUE = re.compile(rb"(?:\A|[^\w`)\]}>?!.\"]|\b(?:return|in|case|try|await|throw|else|is|as)\s)\s*\Z")


def _is_value(match: re.Match[bytes]) -> bool:
    """Whether parentheses stand where a value does, not behind what they call or declare."""
    start = match.start(1)
    line = match.string[max(0, start - 60) : start]
    newline = line.rfind(b"\n") + 1
    return not line[newline:].strip() or _OPENS_VALUE.search(line, newline) is not None


def _is_word(match: re.Match[bytes]) -> bool:
    """Whether what is matched is no part of a longer word, and no member."""
    start = match.start(1)
    before = match.string[start - 1 : start]
    return not before.isalnum() and before not in (b"_", b".", b"@", b"#", b"`")


def _is_in_condition(match: re.Match[bytes]) -> bool:
    """Whether a brace that follows opens the body of a statement, not a closure."""
    if not _is_word(match):
        return False
    text = match.string
    start = match.start(1)
    line = text[
        max(text.rfind(b"\n", 0, start), text.rfind(b"{", 0, start), text.rfind(b"}", 0, start)) + 1 : start
    ]
    return re.search(rb"\b(?:if|while|guard|switch|in)\b|^\s*(?:let\b|case\b[^:]*$)", line) is not None


def _is_in_case(match: re.Match[bytes]) -> bool:
    text = match.string
    line = text[text.rfind(b"\n", 0, match.start(1)) + 1 : match.start(1)]
    return re.search(rb"\bcase\b", line) is not None


_KEYWORDS_AS_MEMBERS = "try|await|unsafe|consume|copy|each|discard|repeat|async|throws|yield"
_KEYWORDS_AS_VARIABLES = (
    "prefix|postfix|infix|final|optional|required|dynamic|indirect|convenience|override|lazy|mutating"
    "|nonmutating|unsafe|each|discard|actor|package"
)

RULES = (
    Rule("regular expressions", (b" ",), rewrite_regular_expressions),
    Rule("conditional compilation", (b"#if",), rewrite_conditionals),
    # expressions
    rule(
        "empty tuple", b"()", rb"(\(\))(?!\s*(?:->|async\b|throws\b|rethrows\b|in\b))", underscores, _is_value
    ),
    rule("empty pattern", b"()", rb"\.\w+(\(\))(?=\s*(?::|,|where\b|=(?!=)))", blank, _is_in_case),
    rule("module selector", b"::", rb"\w(::)(?=[\w`])", dot),
    rule("case path", b"/", rb"(?:[(,=:\[]|\breturn)\s*(/)(?=[A-Z]\w*\.)", blank),
    rule("key path of a subscript", b"\\.[", rb"\\(\.)(?=\[)", lambda _found: b"A"),
    rule("placeholder", b"<#", rb"(<#[^\n#]*#>)", underscores),
    rule("dollar in a name", b"_$", rb"\b_(\$)(?=\w)", underscores),
    rule("await before a body", b"await", rb"(await)(?=\s+[\w.(\[])", negation, _is_in_condition),
    rule("try before a body", b"try", rb"(try\??)(?=\s+[\w.(\[!])", negation, _is_in_condition),
    rule("range in a condition", b"..", rb"\b(case)\s+(?=[\w.]+\s*\.\.[.<]\s*[\w.]+\s=\s)", blank),
    rule(
        "match of a range",
        b"..",
        rb"\b(?:if|guard|,)\s+[\w.]+\s*\.\.[.<]\s*[\w.]+( =)(?=\s)",
        lambda _found: b"~=",
    ),
    rule("range from a member", b"..", rb"\bcase\s+(\.)(?=\w+\s*\.\.)", blank),
    rule("range from a sum", b"..", rb"\bcase\s+(\([^()\n,]*\))(?=\s*\.\.)", inside),
    rule("optional in a tuple", b"?", rb"\bcase\s*\([^()\n]*\w(\?)(?=\s*[,)])", blank),
    rule("case of a loop", b"for", rb"for\s+(case)(?=\s*\()", blank),
    rule("call in a tuple", b"(let", rb"\bcase\s*\(.*?,( )(?=[a-z]\w*\(let\b)", lambda _found: b"."),
    rule("consume before a body", b"consume", rb"\b(?:if|while|guard|switch)\s+(consume)(?=\s+\w)", negation),
    rule(
        "function type as a value",
        b").self",
        rb"(?<![\w\])])(\((?:[^()\n]|\([^()\n]*\))*->(?:[^()\n]|\([^()\n]*\))*\))(?=\.self\b)",
        type_name,
    ),
    rule("pack element as a value", b"each", rb"(\((?:repeat\s+)?each\s+\w+\))(?=\.)", type_name),
    # keywords as names
    rule("keyword as a member", b".", rf"\.({_KEYWORDS_AS_MEMBERS})\b".encode(), other_word),
    rule(
        "keyword as a variable",
        tuple(_KEYWORDS_AS_VARIABLES.encode().split(b"|")),
        rf"({_KEYWORDS_AS_VARIABLES})(?=\s*(?:[.=),\]?]|\+=|!(?!\w)))".encode(),
        other_word,
        _is_word,
    ),
    rule("keyword as a case", b"case", rf"case[ \t]+({_KEYWORDS_AS_MEMBERS})[ \t]*$".encode(), other_word),
    rule("keyword as a function", b"yield", rb"\bfunc\s+(yield)(?=\()", other_word),
    rule("open as a function", b"open(", rb"(?<![.\w@#])(open)(?=\((?!set\)))", other_word),
    rule("fallthrough before a directive", b"fallthrough", rb"\b(fallthrough)(?=\s*\n\s*#)", other_word),
    # types
    rule(
        "ownership",
        (b"__owned", b"__shared", b"_const", b"sending", b"isolated"),
        rb"(?:[:(,]|->)\s*(?:@\w+\s+)*((?:(?:__owned|__shared|_const|sending|isolated)\s+)+)(?=[\w(\[@])",
        blank,
    ),
    rule("ownership of self", b"__consuming", rb"\b(__consuming)(?=\s+\w)", blank),
    rule("convention", b"@convention", rb"(@convention\([^()]*\))", blank),
    rule("isolation of a function type", b"@isolated", rb"(@isolated\(any\))", blank),
    # declarations
    rule("nonisolated", b"nonisolated(", rb"\b(nonisolated\(\s*\w+\s*\))", blank),
    rule(
        "availability of a macro", b"@available", rb"(@available\([^()]*\)\s*)(?=(?:@\w+\s+)*#[A-Z])", blank
    ),
    rule("attribute of a macro", b"#", rb"(@[A-Z]\w*\s+)(?=#[A-Z])", blank),
    rule("attribute of a local function", b"@Sendable", rb"(@Sendable\s+)(?=func\b)", blank),
    rule("warning in a type", b"#", rb"(#(?:warning|error)\s*\([^()\n]*\))", blank),
    rule("unnamed associated value", b"_:", rb"(?:[(,])\s*(_\s*:)(?=\s*[A-Z\[(@])", blank, _is_in_case),
    rule(
        "borrowing accessor",
        (b"borrowing", b"consuming"),
        rb"(borrowing|consuming)(?=\s+(?:get|set)\b)",
        blank,
    ),
    rule(
        "declaration without a body",
        b"@_",
        rb"(@_silgen_name\([^()]*\)\s*(?:\w+\s+)*func\s+\w+\s*\([^()]*\)(?:\s*->\s*[\w?.]+)?)(?!\s*\{)",
        blank,
    ),
    rule(
        "constraint of an associated type",
        b"associatedtype",
        rb"\bassociatedtype\s[^\n]*?\n?\s*(\bwhere\b\s*(?:[^\n]*,\s*\n)*[^\n]*)",
        blank,
    ),
    rule("underscored attribute", b"@_", rb"(@_\w+(?:\((?:[^()]|\([^()]*\))*\))?)", blank),
    rule("initialising accessor", b"@storageRestrictions", rb"(@storageRestrictions\([^()]*\))", blank),
    rule(
        "attribute with types", b"@", rb"(@(?:abi|specialize)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))", blank
    ),
    rule("closure without captures", b"[]", rb"\{\s*(\[\])(?=\s*(?:\(?[\w\s,:]*\)?\s*)in\b)", blank),
    rule(
        "second inheritance",
        b"associatedtype",
        rb"\bassociatedtype\s+\w+\s*:\s*[\w.& ]+((?:,\s*[\w.& ]+)+)$",
        blank,
    ),
    rule(
        "constraint of an alias",
        b"typealias",
        rb"\btypealias\s[^\n={]*=[^\n={]*?\n?\s*(\bwhere\b[^\n{]*)$",
        blank,
    ),
    rule(
        "constraint on lines of its own",
        b"where",
        rb"\b(?:func|init|subscript|extension|class|struct|enum)\b[^{}]*?\n\s*(where\s+[A-Z][^{}]*?)(?=\{)",
        blank,
    ),
    rule("constraint of a protocol", b"protocol", rb"\bprotocol\s+\w+[^{\n]*?(\bwhere\b[^{]*)(?=\{)", blank),
    rule("primary associated type", b"protocol", rb"\bprotocol\s+\w+(<[^<>{\n]*>)", blank),
    rule("second pattern of a handler", b"catch", rb"\bcatch\s+[\w.]+((?:\s*,\s*[\w.]+)+)\s*(?=\{)", blank),
    rule(
        "reading accessor",
        (b"_read", b"unsafeAddress"),
        rb"\b(_read|unsafeAddress)(?=\s*\{)",
        lambda _found: b"get",
    ),
    rule(
        "writing accessor",
        (b"_modify", b"unsafeMutableAddress"),
        rb"\b(_modify|unsafeMutableAddress)(?=\s*\{)",
        lambda _found: b"set",
    ),
)
"""In the order in which they are applied."""
