"""Rewriting rules for Objective-C: what the grammar cannot know without the headers, made readable.

Each rule keeps every byte offset. Order matters: directives first (they decide which braces count),
then declarations, then what stands inside of bodies.
"""

from __future__ import annotations

from backhaul.frontends.objc.normalisation.bodies import BODY_RULES
from backhaul.frontends.objc.normalisation.cplusplus import CPLUSPLUS_RULES
from backhaul.frontends.objc.normalisation.declarations import DECLARATION_RULES
from backhaul.frontends.objc.normalisation.directives import DIRECTIVE_RULES
from backhaul.frontends.recovery import Rule

OBJC_RULES: tuple[Rule, ...] = (*DIRECTIVE_RULES, *DECLARATION_RULES, *BODY_RULES)
"""For plain Objective-C."""

OBJCPP_RULES: tuple[Rule, ...] = (*DIRECTIVE_RULES, *CPLUSPLUS_RULES, *DECLARATION_RULES, *BODY_RULES)
"""For Objective-C++, and for headers, which may be either."""

__all__ = ["OBJCPP_RULES", "OBJC_RULES"]
