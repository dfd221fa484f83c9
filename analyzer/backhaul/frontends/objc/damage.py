"""Which errors of an Objective-C syntax tree matter."""

from __future__ import annotations

from tree_sitter import Node

from backhaul.frontends.objc.grammar import ERROR


def is_damaged(node: Node) -> bool:
    """Is anything below ``node`` unreadable? A missing semicolon (after a macro) hides nothing."""
    if not node.has_error:
        return False
    pending = [node]
    while pending:
        part = pending.pop()
        if part.kind_id == ERROR:
            return True
        if part.is_missing:
            if part.type != ";":
                return True
        elif part.has_error:
            pending.extend(part.children)
    return False
