"""The Jinja2 templates of the reports for people, and what they may call."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from backhaul.reporters.characters import visible
from backhaul.reporters.contents import counted
from backhaul.reporters.markdown_text import code, prose

if TYPE_CHECKING:
    from jinja2 import Template

_CODE = re.compile(r"`([^`]+)`")


def templates_folder() -> Path:
    """The folder of the templates: in an installed package, or in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "report_templates"
    return installed if installed.is_dir() else package.parents[1] / "reports" / "templates"


def template_text(name: str) -> str:
    """The file ``name`` of the templates' folder, as it stands. Raises OSError."""
    return (templates_folder() / name).read_text(encoding="utf-8")


def html_template(name: str) -> Template:
    """A template of an HTML page: what is put into it is escaped unless it is markup already."""
    return _template(name, {"shown": shown, "inline": inline, "breakable": breakable})


def markdown_template(name: str) -> Template:
    """A template of Markdown: what passes neither ``code`` nor ``prose`` is escaped as in HTML."""
    return _template(name, {"code": code, "prose": prose})


def _template(name: str, filters: dict[str, Callable[[str], str]]) -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(templates_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"counted": counted, **filters}
    return environment.get_template(name)


@cache
def shown(text: str) -> str:
    """``text`` of a scanned tree on one line: what hides or reorders text is shown by a stand-in."""
    return visible(text)


@cache
def inline(text: str) -> Markup:
    """One line of prose with its ``code`` between backticks as elements."""
    parts = _CODE.split(visible(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )


@cache
def breakable(path: str) -> Markup:
    """A path that may be broken after its slashes."""
    return Markup("/<wbr>").join(escape(part) for part in visible(path).split("/"))
