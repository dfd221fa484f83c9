"""What a configuration says about single rules and single files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from backhaul.config import Config, PerPath
from backhaul.findings.finding import CONFIDENCES, SEVERITIES, Confidence, Finding, Severity
from backhaul.rules import Card
from backhaul.sources.ignoring import IgnoreRules, compile_patterns, is_left_out


class Policy(Struct, frozen=True):
    """Severities and thresholds, for all files and for some.

    ``parts``: each with the files it is about, in the order of the configuration.
    """

    severity: dict[str, Severity] = {}
    min_severity: Severity = "note"
    min_confidence: Confidence = "low"
    parts: tuple[tuple[IgnoreRules, PerPath], ...] = ()
    families: dict[str, str] = {}  # of the rules

    def adjusted(self, finding: Finding) -> Finding:
        """``finding`` with the severity that it has here."""
        if not self.severity and not self.parts:
            return finding
        severity = finding.severity
        for said in (self.severity, *(part.severity for part in self._parts_of(finding.path))):
            severity = said.get(finding.rule) or said.get(self.families[finding.rule]) or severity
        if severity == finding.severity:
            return finding
        return msgspec.structs.replace(finding, severity=severity)

    def is_ignored(self, finding: Finding) -> bool:
        """Whether the rule is ignored in the file."""
        names = {finding.rule, self.families.get(finding.rule, "")}
        return any(not names.isdisjoint(part.ignore) for part in self._parts_of(finding.path))

    def is_loud(self, finding: Finding) -> bool:
        """Whether an adjusted finding reaches both thresholds of its file."""
        least, surest = self.min_severity, self.min_confidence
        for part in self._parts_of(finding.path):
            least = part.min_severity or least
            surest = part.min_confidence or surest
        return SEVERITIES.index(finding.severity) >= SEVERITIES.index(least) and CONFIDENCES.index(
            finding.confidence
        ) >= CONFIDENCES.index(surest)

    def _parts_of(self, path: str) -> Sequence[PerPath]:
        return [part for rules, part in self.parts if is_left_out(path, rules)]


def policy_of(config: Config, base: str, cards: Sequence[Card]) -> Policy:
    """What ``config``, which lies in the folder ``base`` ("" or with a final slash), says about ``cards``."""
    return Policy(
        config.severity,
        config.min_severity,
        config.least_confidence,
        tuple((compile_patterns(part.paths, base)[0], part) for part in config.per_path),
        {card.id: card.family for card in cards},
    )


def with_severities(cards: Sequence[Card], severity: Mapping[str, Severity]) -> tuple[Card, ...]:
    """``cards`` with the severities that a configuration gives them, by rule or family."""
    return tuple(
        msgspec.structs.replace(card, severity=given)
        if (given := severity.get(card.id) or severity.get(card.family))
        else card
        for card in cards
    )
