"""Rule cards as SARIF's reporting descriptors."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from backhaul.reporters.prose import page_prose, plain_text
from backhaul.reporters.sarif_results import Results
from backhaul.rules import Card

_LONGEST = 1024  # characters of a description that GitHub reads
_PROBLEM_SEVERITY = {"error": "error", "warning": "warning", "note": "recommendation"}


class Rules:
    """Makes the descriptors of rules. ``results`` makes their message strings."""

    def __init__(self, om: ModuleType, results: Results) -> None:
        self._om = om
        self._results = results

    def descriptor(self, card: Card) -> Any:
        om = self._om
        summary, markdown = page_prose(card)
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
                "tags": ["networking", card.family, card.consequence, *card.languages, *_weaknesses(card)],
                "precision": card.confidence,
                "problem.severity": _PROBLEM_SEVERITY[level],
                **_security(card),
            },
        )


def _weaknesses(card: Card) -> list[str]:
    """The tags by which GitHub and others know a weakness."""
    return [f"external/cwe/cwe-{number:03}" for number in card.cwe]


def _security(card: Card) -> dict[str, str]:
    """GitHub ranks a security alert by this number, a text, in place of the level."""
    return {} if card.security_severity is None else {"security-severity": f"{card.security_severity:.1f}"}


def _cut(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return text[: _LONGEST - 1].rsplit(" ", 1)[0] + "…"
