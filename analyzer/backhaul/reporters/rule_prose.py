"""A rule's page as HTML.

A page may come from the scanned tree: HTML in it is shown as text, an image becomes a link, and
a link leads to the web or to another rule of the report, or nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape
from msgspec import Struct

from backhaul.model.languages import LANGUAGES
from backhaul.reporters.characters import visible
from backhaul.reporters.listing import code_markup
from backhaul.rules import Card, RuleError, Source

if TYPE_CHECKING:
    from markdown_it.token import Token

_WEB = re.compile(r"https?://", re.IGNORECASE)
_RULE_PAGE = re.compile(r"(?:[\w./-]*/)?([\w-]+)\.md(?:#.*)?")
_FILES = {name.lower(): f"a.{each.suffixes[0]}" for each in LANGUAGES for name in (each.name, each.title)}
_EXAMPLES = ("Flagged", "Not flagged", "Across files")
_HEADINGS_BELOW = 2  # a page's sections are headings of the fourth level, what is in them of the fifth


class RuleProse(Struct, frozen=True):
    """A rule as the report shows it. ``sections``: heading and text; ``examples`` likewise."""

    card: Card
    summary: Markup
    sections: tuple[tuple[str, Markup], ...]
    examples: tuple[tuple[str, Markup], ...]
    sources: tuple[Source, ...]


class Prose:
    """Makes HTML of the pages of rules. ``linked``: the rules that the report has pages of."""

    def __init__(self, linked: Collection[str]) -> None:
        from markdown_it import MarkdownIt

        self._linked = frozenset(linked)
        self._markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
        self._markdown.add_render_rule("fence", _code)
        self._markdown.add_render_rule("code_block", _code)

    def of(self, card: Card) -> RuleProse:
        """The page of ``card``; without text when its file is gone."""
        sources = tuple(source for source in card.sources if _WEB.match(source.url))
        try:
            page = card.page
        except RuleError:
            return RuleProse(card, Markup(""), (), (), sources)
        sections = [(name, self._html(text, card)) for name, text in page.sections.items()]
        return RuleProse(
            card,
            self._html(page.summary, card),
            tuple(part for part in sections if part[0] not in _EXAMPLES),
            tuple(part for part in sections if part[0] in _EXAMPLES),
            sources,
        )

    def _html(self, markdown: str, card: Card) -> Markup:
        text = "\n".join("\t".join(visible(p) for p in line.split("\t")) for line in markdown.split("\n"))
        environment: dict[str, Any] = {"file": _FILES.get(card.languages[0], "")}
        tokens = self._markdown.parse(text, environment)
        for token in tokens:
            if token.type in ("heading_open", "heading_close"):
                token.tag = f"h{min(int(token.tag[1:]) + _HEADINGS_BELOW, 6)}"
            if token.children:
                self._lead_links(token.children)
        return Markup(self._markdown.renderer.render(tokens, self._markdown.options, environment))

    def _lead_links(self, tokens: Sequence[Token]) -> None:
        for number, token in enumerate(tokens):
            if token.type != "link_open":
                continue
            target = str(token.attrGet("href") or "")
            rule = _RULE_PAGE.fullmatch(target)
            if rule and rule[1] in self._linked:
                token.attrs = {"href": f"#rule-{rule[1]}"}
            elif _WEB.match(target):
                token.attrs = {"href": target, "rel": "noopener noreferrer"}
            else:
                token.tag, token.attrs = "span", {}
                closing = next(other for other in tokens[number:] if other.type == "link_close")
                closing.tag = "span"


def _code(
    renderer: object, tokens: Sequence[Token], index: int, options: object, environment: dict[str, Any]
) -> str:
    """A block of code: highlighted when its language is known, and taken for the rule's own without one."""
    del renderer, options
    token = tokens[index]
    file = _FILES.get(token.info.strip().lower(), "") if token.info else environment["file"]
    code = token.content.rstrip("\n")
    shown = code_markup(file, code) if file else escape(code)
    return Markup('<pre tabindex="0" role="group" aria-label="Code"><code>{}</code></pre>\n').format(shown)
