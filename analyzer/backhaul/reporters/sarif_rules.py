"""Rule cards as SARIF's reporting descriptors."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from backhaul.reporters.prose import plain_text
from backhaul.reporters.sarif_results import Results
from backhaul.rules import Card, RuleError

_LONGEST = 1024  # characters of a description that GitHub reads
_HELP_SECTIONS = ("Why", "How to fix it", "Known limits")
_PROBLEM_SEVERITY = {"error": "error", "warning": "warning", "note": "recommendation"}


class Rules:
    """Makes the descriptors of rules. ``results`` makes their message strings."""

    def __init__(self, om: ModuleType, results: Results) -> None:
        self._om = om
        self._results = results

    def descriptor(self, card: Card) -> Any:
        om = self._om
        summary, markdown = _help(card)
        level = card.severity
        return om.ReportingDescriptor(
            id=card.id,
            name="".join(word.capitalize() for word in card.id.split("-")),
            short_description=om.MultiformatMessageString(text=_cut(f"{plain_text(card.title)}.")),
            full_description=om.MultiformatMessageString(text=_cut(summary)),
            help=om.MultiformatMessageString(text=plain_text(markdown), markdown=markdown),
            help_uri=card.sources[0].url,
            message_strings=self._results.strings(card),
            default_configuration=om.ReportingConfiguration(level=level),
            properties={
                "tags": ["networking", card.family, card.consequence, *card.languages],
                "precision": card.confidence,
                "problem.severity": _PROBLEM_SEVERITY[level],
            },
        )


def _help(card: Card) -> tuple[str, str]:
    """The summary as plain text, and the prose of the page as Markdown with its sources."""
    try:
        page = card.page
    except RuleError:
        return plain_text(card.title) + ".", card.title
    parts = [page.summary]
    parts += [f"## {name}\n\n{page.sections[name]}" for name in _HELP_SECTIONS if page.sections.get(name)]
    sources = "\n".join(f"- [{source.title}]({source.url}): {source.says}" for source in card.sources)
    parts.append(f"## Sources\n\n{sources}")
    return plain_text(page.summary), "\n\n".join(parts) + "\n"


def _cut(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return text[: _LONGEST - 1].rsplit(" ", 1)[0] + "…"
