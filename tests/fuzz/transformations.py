"""Changes of source text that change nothing about what a program does.

Each takes the text of one file of a sample app, formatted as ours are (four spaces a level, a
closing brace on a line of its own), and gives text in which every marker stands on the line of
what it marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

Transformation = Callable[[str, str], str]
"""Takes a path and the text of that file, gives the text after the change."""


def is_python(path: str) -> bool:
    return path.endswith(".py")


def carriage_returns(_path: str, text: str) -> str:
    return text.replace("\n", "\r\n")


def tabs(_path: str, text: str) -> str:
    return re.sub(r"^(?: {4})+", lambda spaces: "\t" * (len(spaces[0]) // 4), text, flags=re.MULTILINE)


def comments_everywhere(path: str, text: str) -> str:
    """A comment before every line; none of our samples has a string or macro of several lines."""
    mark = "#" if is_python(path) else "//"
    return "".join(
        f"{mark} Uploader.session = nil; }} {number}\n{line}\n"
        for number, line in enumerate(text.splitlines())
    )


def block_comments(path: str, text: str) -> str:
    """A comment with an unbalanced brace and quote wherever two spaces or a brace leave room."""
    if is_python(path):
        return re.sub(r":$", ":  # } ' \"", text, flags=re.MULTILINE)
    return re.sub(r"\{$", '{ /* } " */', text, flags=re.MULTILINE)


def conditional_compilation(path: str, text: str) -> str:
    if is_python(path):
        return "if TARGET_OS_IOS:\n" + re.sub(r"^(?=.)", "    ", text, flags=re.MULTILINE)
    condition = "os(iOS)" if path.endswith(".swift") else "TARGET_OS_IOS"
    return f"#if {condition}\n{text}#endif\n"


def unrelated_code(path: str, text: str) -> str:
    """Another type in front: everything lies at other offsets."""
    if path.endswith(".swift"):
        return f'enum Æther {{\n    static let motto = "çé 🛰"\n}}\n\n{text}'
    if is_python(path):
        return f'MOTTO = "çé 🛰"\n\n{text}'
    return f'static NSString *const LGMotto = @"çé 🛰";\n\n{text}'


# Moving members


@dataclass(frozen=True)
class Member:
    """A method: lines ``first`` up to, not including, ``end``, of the type called ``owner``."""

    owner: str
    first: int
    end: int


SWIFT_TYPE = re.compile(
    r"^(?:@\w+(?:\([^)]*\))? )*(?:final |private |public )*(?:class|struct|actor|extension) (\w+)"
)
SWIFT_METHOD = re.compile(r"^    (?:@MainActor )?(?:private )?func \w+\(")
OBJC_TYPE = re.compile(r"^@implementation (\w+)")
OBJC_METHOD = re.compile(r"^[-+] \(")


PYTHON_METHOD = re.compile(r"(?:^    @.*\n)*^    def .*\n(?:(?: {5,}.*)?\n)*", re.MULTILINE)
PYTHON_CLASS = re.compile(r"^class (\w+)", re.MULTILINE)


def python_methods(text: str) -> list[Member]:
    """Decorators, first line and body, without the blank lines that follow."""
    found = []
    for match in PYTHON_METHOD.finditer(text):
        owner = [each[1] for each in PYTHON_CLASS.finditer(text, 0, match.start())][-1]
        first = text.count("\n", 0, match.start())
        found.append(Member(owner, first, first + match[0].rstrip("\n").count("\n") + 1))
    return found


def methods(path: str, text: str) -> list[Member]:
    """The methods of ``text`` that may stand anywhere in their type, in order."""
    if is_python(path):
        return python_methods(text)
    swift = path.endswith(".swift")
    type_start, method_start, closing = (
        (SWIFT_TYPE, SWIFT_METHOD, "    }") if swift else (OBJC_TYPE, OBJC_METHOD, "}")
    )
    lines = text.split("\n")
    found: list[Member] = []
    owner = ""
    for number, line in enumerate(lines):
        if match := type_start.match(line):
            owner = match[1]
        elif line in ("}", "@end") and (swift or line == "@end"):
            owner = ""
        elif owner and method_start.match(line) and not lines[number - 1].lstrip().startswith("@"):
            found.append(Member(owner, number, lines.index(closing, number) + 1))
    return found


def reversed_methods(path: str, text: str) -> str:
    """The methods of each type in the opposite order."""
    lines = text.split("\n")
    members = methods(path, text)
    result = lines[:]
    for owner in {member.owner for member in members}:
        own = [member for member in members if member.owner == owner]
        texts = [lines[member.first : member.end] for member in reversed(own)]
        for member, moved in zip(reversed(own), reversed(texts), strict=True):
            result[member.first : member.end] = moved
    return "\n".join(result)


def methods_in_extensions(path: str, text: str) -> str:
    """Every method that can move moves to an extension or a category at the end of its file."""
    if is_python(path):
        return text
    rest, moved = methods_taken_out(path, text)
    return rest + moved


def methods_taken_out(path: str, text: str) -> tuple[str, str]:
    """``text`` without the methods that can move, and the extensions or categories they make."""
    lines = text.split("\n")
    moved: dict[str, list[str]] = {}
    for member in reversed(methods(path, text)):
        moved[member.owner] = [*lines[member.first : member.end], "", *moved.get(member.owner, [])]
        del lines[member.first : member.end]
    parts: list[str] = []
    for owner, members in moved.items():
        if path.endswith(".swift"):
            parts += [f"extension {owner} {{", *members, "}", ""]
        else:
            parts += [f"@implementation {owner} (Moved)", "", *members, "@end", ""]
    return "\n".join(lines), "\n".join(parts)


def bodies_in_blocks(path: str, text: str) -> str:
    """The body of every method stands in a block of its own."""
    if is_python(path):
        return text
    swift = path.endswith(".swift")
    lines = text.split("\n")
    for member in reversed(methods(path, text)):
        body = lines[member.first : member.end]
        opening = next(number for number, line in enumerate(body) if re.search(r"[{]$", line))
        returns_implicitly = "->" in body[opening] and not any("return" in line for line in body)
        if not returns_implicitly:
            lines.insert(member.end - 1, "}")
            lines.insert(member.first + opening + 1, "do {" if swift else "@autoreleasepool {")
    return "\n".join(lines)


def messages_for_dots(path: str, text: str) -> str:
    """Objective-C reads properties by messages: ``[A b].c`` is ``[[A b] c]``."""
    if not path.endswith(".m"):
        return text
    return re.sub(r"(\[[A-Z]\w+ \w+\])\.(\w+)(?! ?=[^=])", r"[\1 \2]", text)


# Names


def renamed(names: dict[str, str]) -> Transformation:
    """Gives the program's own names (whole words) other names, everywhere."""
    # A hyphen beside it: part of the name of a rule in a marker.
    pattern = re.compile(r"(?<![-\w])(?:" + "|".join(map(re.escape, names)) + r")(?![-\w])")

    def rename(_path: str, text: str) -> str:
        return pattern.sub(lambda name: names[name[0]], text)

    return rename


def flat_path(path: str, number: int) -> str:
    """A new name for a file: all in one folder, in the opposite order, none called as before."""
    return f"Sources/F{900 - number}{PurePosixPath(path).suffix}"
