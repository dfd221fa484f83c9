"""The table of all rules, as Markdown: the front page of the folder of rules."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.rules.loading import RuleSet

_HEAD = """\
# Rules

Each rule is one page: what goes wrong, why, how to fix it, and examples that are scanned as tests.
`backhaul explain RULE` prints it. How to write one is in [docs/writing-rules.md](../docs/writing-rules.md).
What Backhaul knows of Apple's and other libraries' APIs is in [models](models).

This table is made by `python -m backhaul.rules --index`.
"""


def table_of(rules: RuleSet) -> str:
    """The whole page. A rule's line says what its title says; pedantic rules are marked."""
    return "\n".join([_HEAD, *_families(rules)])


def _families(rules: RuleSet) -> Iterator[str]:
    for family in dict.fromkeys(card.family for card in rules.cards):
        yield f"## {family}\n"
        yield "| Rule | Severity | |"
        yield "| --- | --- | --- |"
        for card in rules.cards:
            if card.family == family:
                audience = " (pedantic)" if card.audience == "pedantic" else ""
                title = card.title.replace("|", r"\|")
                yield f"| [{card.id}]({family}/{card.id}.md) | {card.severity}{audience} | {title} |"
        yield ""
