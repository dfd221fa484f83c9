"""What a rule's page says, in fewer words or without its marks."""

from __future__ import annotations

import re

from backhaul.rules import Card, RuleError

_SECTIONS = ("Why", "How to fix it", "Known limits")
_CODE_OR_MARK = re.compile(
    r"(```.*?```|`[^`]*`)|\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)|\*\*|^#+[ ]+", re.DOTALL | re.MULTILINE
)
_LIST_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+")
_WHOLE = re.compile(r"`[^`]*`|\([^()]*\)|\"[^\"]*\"|\w\.\w\.|([.!?])(?=\s+[^a-z]|\s*$)|.")


def first_sentence(markdown: str) -> str:
    """The first sentence of the prose, or of the first list item, that ``markdown`` begins with.

    "" when it begins with a block of code. What introduces code with a colon ends with a stop.
    """
    paragraph = markdown.strip().split("\n\n", 1)[0]
    if paragraph.startswith(("```", "~~~")):
        return ""
    if marker := _LIST_ITEM.match(paragraph):
        paragraph = re.split(r"\n\s*(?:[-*+]|\d+[.)])\s", paragraph[marker.end() :], maxsplit=1)[0]
    paragraph = plain_text(" ".join(paragraph.split()))
    for match in _WHOLE.finditer(paragraph):
        if match[1]:
            return paragraph[: match.end()]
    return f"{paragraph.removesuffix(':')}." if paragraph else ""


def plain_text(markdown: str) -> str:
    """``markdown`` without its marks for links, emphasis and headings; code keeps its backticks."""
    return _CODE_OR_MARK.sub(lambda match: match[1] or match[2] or "", markdown).strip()


def page_prose(card: Card) -> tuple[str, str]:
    """The summary as plain text, and the prose of the page as Markdown with its sources."""
    try:
        page = card.page
    except RuleError:
        return plain_text(card.title) + ".", card.title
    parts = [page.summary]
    parts += [f"## {name}\n\n{page.sections[name]}" for name in _SECTIONS if page.sections.get(name)]
    sources = "\n".join(f"- [{source.title}]({source.url}): {source.says}" for source in card.sources)
    parts.append(f"## Sources\n\n{sources}")
    return plain_text(page.summary), "\n\n".join(parts) + "\n"
