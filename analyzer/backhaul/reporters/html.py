"""One page to look at: self-contained, without any request, safe to open whatever was scanned.

The page's policy allows one script and one style sheet, by the hashes of their texts, and
nothing else: what a scanned tree brings along is text, and would not run if it were not.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, TextIO

from markupsafe import Markup
from msgspec import Struct

import backhaul
from backhaul.findings.finding import Severity
from backhaul.reporters.contents import CONSEQUENCES, SKIP_REASONS, Contents, damage_clause, sentence
from backhaul.reporters.html_findings import FindingViews, ShownFinding
from backhaul.reporters.rule_prose import Prose, RuleProse
from backhaul.reporters.source_links import links_to
from backhaul.reporters.templates import html_template, template_text
from backhaul.reporters.tree_map import Counts, tree_map
from backhaul.reporters.version_control import Checkout, checkout_of


class Total(Struct, frozen=True):
    """A bar of the overview: ``parts`` as ``Counts.bars`` gives them."""

    name: str
    title: str
    counts: Counts
    parts: tuple[tuple[Severity, float, float], ...]


def write(contents: Contents, stream: TextIO) -> None:
    """Writes the whole page. Raises OSError when a template cannot be read."""
    style, script = template_text("report.css"), template_text("report.js")
    checkout = checkout_of(contents.root)
    links = links_to(checkout)
    findings = FindingViews(contents, links).all()
    page = html_template("report.html.jinja").render(
        policy=_policy(style, script),
        style=Markup(style),
        script=Markup(script),
        version=backhaul.__version__,
        checkout=checkout,
        project=_project(checkout),
        contents=contents,
        findings=findings,
        groups=[(path, list(group)) for path, group in groupby(findings, lambda view: view.finding.path)],
        severities=[(severity, count) for severity, count in contents.counts().items() if count],
        consequences=_consequences(findings),
        families=_families(findings),
        rules=_rules(findings),
        picture=tree_map(contents.findings) if findings else None,
        gaps=_gaps(contents),
    )
    stream.write(page)


def _policy(style: str, script: str) -> str:
    """The content security policy: nothing from anywhere, and of what is inline only these two."""
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src {_source(style)}",
            f"script-src {_source(script)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ]
    )


def _source(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _project(checkout: Checkout | None) -> str:
    """The name by which the repository is known."""
    return "/".join(checkout.repository.rstrip("/").split("/")[-2:]) if checkout else ""


def _consequences(findings: Sequence[ShownFinding]) -> list[Total]:
    order = list(CONSEQUENCES)
    found = sorted({view.card.consequence for view in findings}, key=order.index)
    return _totals(
        (name, CONSEQUENCES[name], [v for v in findings if v.card.consequence == name]) for name in found
    )


def _families(findings: Sequence[ShownFinding]) -> list[Total]:
    count = Counter(view.card.family for view in findings)
    names = sorted(count, key=lambda name: (-count[name], name))
    return _totals(
        (name, _words(name), [view for view in findings if view.card.family == name]) for name in names
    )


def _words(name: str) -> str:
    return name.replace("-", " ").capitalize()


def _totals(groups: Iterable[tuple[str, str, Sequence[ShownFinding]]]) -> list[Total]:
    named: list[tuple[str, str, Counts]] = []
    for name, title, views in groups:
        counts = Counts()
        for view in views:
            counts.add(Counts(**{view.finding.severity: 1}))
        named.append((name, title, counts))
    greatest = max((counts.all for _, _, counts in named), default=1)
    return [Total(name, title, counts, tuple(counts.bars(greatest))) for name, title, counts in named]


def _rules(findings: Sequence[ShownFinding]) -> list[tuple[RuleProse, int]]:
    """The rules of the findings with the count of each, by family and id."""
    count = Counter(view.card.id for view in findings)
    cards = {view.card.id: view.card for view in findings}
    prose = Prose(cards)
    ordered = sorted(cards.values(), key=lambda card: (card.family, card.id))
    return [(prose.of(card), count[card.id]) for card in ordered]


def _gaps(contents: Contents) -> dict[str, Any]:
    """What was not analysed, or not in full."""
    skipped = [
        (words, [entry.path for entry in contents.skipped if entry.reason == reason])
        for reason, words in SKIP_REASONS.items()
    ]
    return {
        "partial": [(file.path, damage_clause(file)) for file in contents.partial],
        "notifications": [(n.level, n.path, sentence(n.text)) for n in contents.notifications],
        "skipped": [(words, paths) for words, paths in skipped if paths],
        "held_back": [(reason, count) for reason, count in contents.held_back.items() if count],
        "unparsed": contents.files_relevant - contents.files_analysed,
    }
