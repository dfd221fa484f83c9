"""What the project files of a tree say, read with what the rules know of their entries."""

from __future__ import annotations

from backhaul.rules import RuleSet
from backhaul.sources.products import TellingEntries
from backhaul.sources.project import ProjectFacts
from backhaul.sources.walking import SourceTree


def project_of(tree: SourceTree, rules: RuleSet) -> ProjectFacts:
    """The facts about the products of ``tree``; its files are read when they are asked for."""
    return ProjectFacts(tree.facts, telling_entries(rules))


def telling_entries(rules: RuleSet) -> TellingEntries:
    """The entries of information property lists by which the models know a product."""

    def named(hook: str) -> frozenset[str]:
        return frozenset(name for each in rules.models.hooks_named(hook) for name in each.mentions)

    return TellingEntries(
        app=named("product.app"),
        extension=named("product.extension"),
        watch=named("product.watch"),
        ios=named("product.ios"),
        mac=named("product.mac"),
    )
