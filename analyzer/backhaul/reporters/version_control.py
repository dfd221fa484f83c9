"""What the files of a git repository say about it. git itself is never run."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from msgspec import Struct

from backhaul.sources.reading import read_file

_REVISION = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MOST_LINKS = 5
_SHORT_ADDRESS = re.compile(r"(?:[\w.-]+@)?([\w.-]+):(?!//|:)(.+)")  # git@host:owner/name.git


class Checkout(Struct, frozen=True):
    """The commit that a working tree was checked out from.

    ``repository``: an absolute URI without user or password. ``branch`` is "" when none is checked out.
    """

    repository: str
    revision: str
    branch: str


def checkout_of(root: str) -> Checkout | None:
    """The checkout whose top folder is ``root``; None when its files do not tell commit and remote."""
    folder = _git_folder(Path(root))
    if folder is None:
        return None
    common = _common_folder(folder)
    head = _read(folder / "HEAD")
    branch = head.removeprefix("ref: refs/heads/") if head.startswith("ref: refs/heads/") else ""
    revision = _revision(folder, common, head)
    repository = _remote(_read(common / "config"))
    return Checkout(repository, revision, branch) if revision and repository else None


def _read(file: Path) -> str:
    try:
        return read_file(str(file)).decode("utf-8", "replace").strip()
    except (OSError, ValueError):
        return ""


def _git_folder(root: Path) -> Path | None:
    """The folder of the repository; a linked work tree and a submodule have a file that names it."""
    git = root / ".git"
    if git.is_file():
        text = _read(git)
        if not text.startswith("gitdir: "):
            return None
        git = root / text.removeprefix("gitdir: ")
    return git if git.is_dir() else None


def _common_folder(folder: Path) -> Path:
    """Where branches and configuration are kept: for a linked work tree, with the main one."""
    common = _read(folder / "commondir")
    return folder / common if common else folder


def _revision(folder: Path, common: Path, head: str) -> str:
    """The commit that ``head`` leads to, "" when it leads nowhere."""
    text = head
    for _ in range(_MOST_LINKS):
        if _REVISION.fullmatch(text):
            return text
        name = text.removeprefix("ref: ")
        if name == text or not name.startswith("refs/") or ".." in name.split("/"):
            return ""
        text = _read(folder / name) or _read(common / name) or _packed(common, name)
    return ""


def _packed(common: Path, name: str) -> str:
    for line in _read(common / "packed-refs").splitlines():
        revision, _, ref = line.partition(" ")
        if ref == name:
            return revision
    return ""


def _remote(config: str) -> str:
    """The URI of the remote ``origin``, else of the first remote, in a git configuration."""
    found: dict[str, str] = {}
    section = ""
    for line in config.splitlines():
        text = line.strip()
        if text.startswith("["):
            match = re.fullmatch(r'\[remote "(.+)"\]', text)
            section = match[1] if match else ""
        elif section and (match := re.fullmatch(r"url\s*=\s*\"?([^\"]+)\"?", text)):
            found.setdefault(section, match[1])
    address = found.get("origin") or next(iter(found.values()), "")
    return _public_uri(address)


def _public_uri(address: str) -> str:
    """``address`` as an absolute URI without credentials; "" for a path on this machine."""
    if match := _SHORT_ADDRESS.fullmatch(address):
        if len(match[1]) == 1:
            return ""  # a drive of Windows
        return f"https://{match[1].lower()}/{quote(match[2].lstrip('/').removesuffix('.git'), safe='/~')}"
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port and parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https", "ssh", "git") or not parts.hostname:
        return ""
    path = quote(parts.path.removesuffix(".git"), safe="/~%")
    scheme = parts.scheme if parts.scheme == "http" else "https"
    return urlunsplit((scheme, f"{parts.hostname}{port}", path, "", ""))
