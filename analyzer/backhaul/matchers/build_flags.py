"""Flags of the build: what a condition of ``#if`` asks for that the project defines."""

from __future__ import annotations

import re

from backhaul.model.declarations import Module

OF_PLATFORMS = re.compile(r"\bdefined\b|(?!defined\b)\b\w+\([^()]*\)|TARGET_\w+|__\w+|\btrue\b|\bfalse\b")
"""What conditions ask for that a project does not define: platforms, versions, compilers."""
FLAG = re.compile(r"(!\s*(?:defined\s*)?\(?\s*)?\b([A-Za-z_]\w*)")
"""A flag, and before it what says that it is not to be set."""


def needs_flag(module: Module, offset: int) -> bool:
    """Whether the code at ``offset`` is there only in builds that set a flag of the project's own."""
    return any(
        condition.holds
        and any(not negation for negation, _ in FLAG.findall(OF_PLATFORMS.sub(" ", condition.text)))
        for condition in module.conditions
        if condition.start <= offset < condition.end
    )
