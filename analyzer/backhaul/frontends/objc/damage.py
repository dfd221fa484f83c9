"""Which errors of an Objective-C syntax tree matter."""

from __future__ import annotations

from tree_sitter import Node

from backhaul.frontends.objc.grammar import COMPOUND, ERROR


def is_damaged(node: Node) -> bool:
    """Is anything below ``node`` unreadable? A missing semicolon (after a macro) hides nothing."""
    return node.has_error and _holds_error(node, enters_bodies=True)


def has_bad_members(node: Node) -> bool:
    """As ``is_damaged``, but what is wrong inside function bodies does not count."""
    return node.has_error and _holds_error(node, enters_bodies=False)


def _holds_error(node: Node, *, enters_bodies: bool) -> bool:
    pending = [node]
    while pending:
        part = pending.pop()
        if part.kind_id == ERROR:
            return True
        if part.is_missing:
            if part.type != ";":
                return True
        elif part.has_error and (enters_bodies or part.kind_id != COMPOUND):
            pending.extend(part.children)
    return False
