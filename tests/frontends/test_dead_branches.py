"""Branches of ``#if`` that are never compiled."""

from __future__ import annotations

import pytest
from backhaul.frontends.dead_branches import without_dead_branches
from backhaul.frontends.lexing import mask_objc


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("#if 0\na\n#endif", ""),
        ("#if 0\na\n#else\nb\n#endif", "b"),
        ("#if 1\na\n#else\nb\n#endif", "a"),
        ("#if false\na\n#elseif DEBUG\nb\n#else\nc\n#endif", "bc"),
        ("#if A\na\n#else\nb\n#endif", "ab"),
        ("#define A 0 // not yet\n#if A\na\n#elif B\nb\n#else\nc\n#endif", "bc"),
        ("#define A (NO)\n#if !A\na\n#else\nb\n#endif", "a"),
        ("#define A 0\n#if A && !B\na\n#endif", ""),
        ("#define A 0\n#if A || B\na\n#endif", "a"),
        ("#define A 2\n#if A == 1\na\n#elif (A == 2)\nb\n#endif", "b"),
        ("#define A 0\n#if defined(A) && A\na\n#endif", ""),
        ("#define A\n#ifdef A\na\n#else\nb\n#endif", "a"),
        ("#define A\n#ifndef A\na\n#else\nb\n#endif", "b"),
        ("#ifdef A\na\n#else\nb\n#endif\n#define A", "ab"),
        ("#ifndef A\n#define A 0\n#endif\n#if A\na\n#endif", "a"),
        ("#if X\n#define A 0\n#if A\na\n#endif\nb\n#endif", "b"),
        ("#if X\n#define A 0\n#else\n#if A\na\n#endif\n#endif", "a"),
        ("#define A 0\n#undef A\n#if A\na\n#endif", "a"),
        ("#define A 0\n#define A 1\n#if A\na\n#endif", "a"),
        ("#define A B\n#if A\na\n#endif", "a"),
        ("#define A(x) 0\n#if A(1)\na\n#endif", "a"),
        ("#if __has_include(<x.h>) && 0\na\n#endif", ""),
        ("#if X >= 80000\na\n#else\nb\n#endif", "ab"),
        ("#if 0\n#if A\na\n#else\nb\n#endif\n#endif\nc", "c"),
        ("#if " + "(" * 5000 + "\na\n#endif", "a"),
        ("#if 0\na", "a"),
    ],
)
def test_what_is_left(text: str, kept: str):
    source = text.encode()
    changed = without_dead_branches(source, mask_objc(source))
    assert len(changed) == len(source)
    assert changed.count(b"\n") == source.count(b"\n")
    lines = [line.strip().decode() for line in changed.splitlines()]
    assert "".join(line for line in lines if line in ("a", "b", "c")) == kept
