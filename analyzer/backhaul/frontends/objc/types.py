"""Types as the model writes them: without pointers, nullability, ownership and other qualifiers."""

from __future__ import annotations

import re

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_ATTRIBUTE = re.compile(r"__attribute(?:__)?\s*\(\(.*?\)\)", re.DOTALL)
_QUALIFIER = re.compile(
    r"\b(?:const|volatile|restrict|register|static|extern|inline|__inline__|__inline|__const|_Atomic"
    r"|nullable|nonnull|null_unspecified|_Nullable|_Nonnull|_Nullable_result|_Null_unspecified|__nullable"
    r"|__nonnull|__null_unspecified|__weak|__strong|__block|__autoreleasing|__unsafe_unretained|__kindof"
    r"|__unused|__covariant|__contravariant|out|inout|oneway|bycopy|byref|in"
    r"|__bridge|__bridge_retained|__bridge_transfer)\b"
)
_LEADING_MACRO = re.compile(r"^(?:[A-Z][A-Z0-9]*_[A-Z0-9_]+ )+(?=[A-Za-z_])")
_TYPEOF = re.compile(r"\b__typeof(?:__)?\b")
_SPACE = re.compile(r"\s+")
_PUNCTUATION = re.compile(r"([<>,])")
_LOOSE = re.compile(r"\s*([<>,()\[\]])\s*")


def plain_type(written: str) -> str:
    """``written`` reduced to what names the type.

    ``NSArray<NSString *> * _Nonnull`` gives ``NSArray<NSString>``, a block type ``void (^)(int code)``
    stays as it is, ``__typeof__(self)`` gives ``typeof(self)``.
    """
    if written.isidentifier() and not _QUALIFIER.fullmatch(written):
        return written
    bare = _ATTRIBUTE.sub(" ", _COMMENT.sub(" ", written))
    bare = _QUALIFIER.sub(" ", bare).replace("*", " ").replace("&", " ")
    bare = _SPACE.sub(" ", _TYPEOF.sub("typeof", bare)).strip()
    bare = _LOOSE.sub(r"\1", _LEADING_MACRO.sub("", bare))
    return bare.replace(",", ", ").replace("(^", " (^", 1).strip()


def type_names(written: bytes) -> list[str]:
    """The names of a list in angle brackets, their own arguments dropped: ``<P, Q<X *>>`` gives P, Q."""
    names = []
    depth = 0
    for part in _PUNCTUATION.split(_COMMENT.sub(" ", written.decode("utf-8", "replace"))):
        if part == "<":
            depth += 1
        elif part == ">":
            depth -= 1
        elif depth == 1 and part.strip(" \t\r\n,:*"):
            names.append(plain_type(part))
    return names
