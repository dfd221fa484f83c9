"""The server: what an editor says, and what it is told.

All of it runs in one thread but the scans, which have another: while one runs, the editor is answered.
"""

from __future__ import annotations

import asyncio
import gc
import os
import re
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lsprotocol import types as lsp
from pygls import uris
from pygls.lsp.server import LanguageServer

from backhaul import __version__
from backhaul.cli import UsageError
from backhaul.config import NAME, ConfigError
from backhaul.language_server.project import Project
from backhaul.language_server.refresh import Refresh
from backhaul.language_server.translation import SOURCE, Translator, hover, suppression
from backhaul.reporters.contents import Contents
from backhaul.rules import Card, RuleError
from backhaul.sources.text import SourceText
from backhaul.sources.walking import FACT_NAMES, FACT_SUFFIXES, SOURCE_SUFFIXES

AT_ONCE, WHEN_QUIET = 0.05, 0.4
"""Seconds to wait before a scan: after opening and saving, which editors tell of twice, and while somebody
types."""

_WATCHED = (
    f"**/*.{{{','.join(sorted(SOURCE_SUFFIXES | FACT_SUFFIXES | {'toml', 'md'}))}}}",
    f"**/{{{','.join(sorted(FACT_NAMES))}}}",
)
_SETTINGS = (NAME, ".toml", ".md")
_PLACE = re.compile(r"(?P<file>[^\n]*?):(?P<line>\d+): (?P<text>.*)", re.DOTALL)


class Open:
    """A project that is open, and what the editor was told of it."""

    def __init__(self, server: Server, path: str) -> None:
        self.project = Project(path)
        self.refresh = Refresh(lambda: server.publish(self))
        self.diagnostics: dict[str, list[lsp.Diagnostic]] = {}
        self.cards: dict[str, Card] = {}
        self.problem = ""


class Server(LanguageServer):
    """The language server. A file belongs to the innermost project that holds it."""

    def __init__(self) -> None:
        super().__init__(SOURCE, __version__)
        self._open: dict[str, Open] = {}
        self._documents: dict[str, str] = {}  # path → address as the editor writes it
        self._scans = ThreadPoolExecutor(max_workers=1)

    # Projects

    def add_folder(self, uri: str) -> None:
        path = _path(uri)
        if path and Path(path).is_dir() and path not in self._open:
            self._open[path] = Open(self, path)
            self.ask_all(AT_ONCE)

    def remove_folder(self, uri: str) -> None:
        gone = self._open.pop(_path(uri), None)
        if gone is not None:
            gone.refresh.stop()
            self._tell(gone, {})
            self.ask_all(AT_ONCE)

    def ask_all(self, seconds: float) -> None:
        for each in self._open.values():
            each.refresh.ask(seconds)

    def owner(self, path: str) -> Open | None:
        """The innermost project that holds an absolute path."""
        owners = [each for each in self._open.values() if each.project.holds(path)]
        return max(owners, key=lambda each: len(each.project.path), default=None)

    def take(self, uri: str, seconds: float) -> None:
        """A document is another than before: scan what it belongs to.

        One outside all folders is a project of its own, or belongs to the repository that holds it.
        """
        path = _path(uri)
        if not path:
            return
        owner = self.owner(path)
        if owner is None and Path(path).is_file():
            root = Project(path).root
            folder = root if (Path(root) / ".git").exists() else path
            owner = self._open[folder] = Open(self, folder)
        if owner is not None:
            owner.refresh.ask(seconds)

    def open(self, uri: str) -> None:
        if path := _path(uri):
            self._documents[path] = uri
            self.take(uri, AT_ONCE)

    def close(self, uri: str) -> None:
        self._documents.pop(_path(uri), None)
        self.take(uri, AT_ONCE)

    def _buffers(self, project: Project) -> dict[str, bytes]:
        """The texts of open documents in a project, by absolute path."""
        return {
            path: self.workspace.get_text_document(uri).source.encode("utf-8", "replace")
            for path, uri in self._documents.items()
            if project.holds(path)
        }

    # Diagnostics

    async def publish(self, opened: Open) -> None:
        """Scan a project and tell the editor. What is wrong with its settings is told at their place."""
        buffers = self._buffers(opened.project)
        loop = asyncio.get_running_loop()
        try:
            contents = await loop.run_in_executor(self._scans, opened.project.scan, buffers)
        except (ConfigError, RuleError, UsageError) as error:
            self._tell_problem(opened, str(error))
            return
        except OSError as error:  # a folder that is gone, say
            self._log(f"{opened.project.path}: {error}")
            return
        except Exception as error:
            self._log(f"internal error, please report it: {type(error).__name__}: {error}")
            return
        opened.cards = contents.cards_by_id()
        opened.problem = ""
        self._tell(opened, self._translated(opened, contents))

    def _translated(self, opened: Open, contents: Contents) -> dict[str, list[lsp.Diagnostic]]:
        def uri_of(path: str) -> str:
            location = f"{contents.root}/{path}"
            return self._documents.get(location) or Path(location).as_uri()

        found = Translator(contents, uri_of, self.encoding).diagnostics()
        return {uri: each for uri, each in found.items() if self.owner(_path(uri)) is opened}

    def _tell(self, opened: Open, diagnostics: dict[str, list[lsp.Diagnostic]]) -> None:
        """Publish what differs from what the editor knows."""
        before, opened.diagnostics = opened.diagnostics, diagnostics
        for uri in {*before, *diagnostics}:
            now = diagnostics.get(uri, [])
            if before.get(uri, []) != now:
                self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, now))

    def _tell_problem(self, opened: Open, message: str) -> None:
        """Settings that cannot be used: at their line, beside what was found before."""
        place = _PLACE.fullmatch(message)
        file = Path(place["file"] if place else opened.project.config_file() or opened.project.path)
        line = max(int(place["line"]) - 1, 0) if place else 0
        at = lsp.Range(lsp.Position(line, 0), lsp.Position(line + 1, 0))
        text = place["text"] if place else message
        uri = file.absolute().as_uri()
        problem = lsp.Diagnostic(at, text, lsp.DiagnosticSeverity.Error, source=SOURCE)
        self._tell(opened, {**opened.diagnostics, uri: [problem]})
        if opened.problem != message:
            opened.problem = message
            shown = lsp.ShowMessageParams(lsp.MessageType.Error, f"Backhaul: {message}")
            self.window_show_message(shown)

    def _log(self, message: str) -> None:
        self.window_log_message(lsp.LogMessageParams(lsp.MessageType.Error, message))

    # What is asked at a place

    @property
    def encoding(self) -> str:
        """The units that columns are counted in, as agreed with the editor."""
        return lsp.PositionEncodingKind(self.workspace.position_encoding or "utf-16").value

    def findings_at(self, uri: str, place: lsp.Range) -> list[tuple[lsp.Diagnostic, Card]]:
        """The findings of a document that ``place`` touches."""
        owner = self.owner(_path(uri))
        if owner is None:
            return []
        return [
            (diagnostic, owner.cards[str(diagnostic.code)])
            for diagnostic in owner.diagnostics.get(uri, [])
            if str(diagnostic.code) in owner.cards and _touch(diagnostic.range, place)
        ]

    def watch(self) -> None:
        """Have the editor tell of files that change outside of it, if it can."""
        workspace = self.client_capabilities.workspace
        watching = workspace.did_change_watched_files if workspace else None
        if watching is None or not watching.dynamic_registration:
            return
        options = lsp.DidChangeWatchedFilesRegistrationOptions(
            [lsp.FileSystemWatcher(pattern) for pattern in _WATCHED]
        )
        method = lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES
        self.client_register_capability(lsp.RegistrationParams([lsp.Registration("files", method, options)]))

    def take_saved(self, names: Sequence[str]) -> None:
        """Files changed on disk: settings are read anew, and everything they may matter to is scanned."""
        if any(name.endswith(_SETTINGS) for name in names):
            for each in self._open.values():
                each.project.forget_settings()
        self.ask_all(AT_ONCE)


def _path(uri: str) -> str:
    """The file of an address, without symbolic links; "" for what is no file."""
    path = uris.to_fs_path(uri) if uri.startswith("file:") else None
    return os.path.realpath(path) if path else ""


def _touch(one: lsp.Range, other: lsp.Range) -> bool:
    def key(place: lsp.Position) -> tuple[int, int]:
        return place.line, place.character

    return key(one.start) <= key(other.end) and key(other.start) <= key(one.end)


def make_server() -> Server:
    """A server with all that it answers to."""
    server = Server()

    @server.feature(lsp.INITIALIZED)
    def _(_params: lsp.InitializedParams) -> None:
        server.watch()
        folders = [folder.uri for folder in server.workspace.folders.values()]
        root = server.workspace.root_uri
        for uri in folders or ([root] if root else []):
            server.add_folder(uri)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def _(params: lsp.DidChangeWorkspaceFoldersParams) -> None:
        for folder in params.event.removed:
            server.remove_folder(folder.uri)
        for folder in params.event.added:
            server.add_folder(folder.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def _(params: lsp.DidOpenTextDocumentParams) -> None:
        server.open(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def _(params: lsp.DidChangeTextDocumentParams) -> None:
        server.take(params.text_document.uri, WHEN_QUIET)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def _(params: lsp.DidSaveTextDocumentParams) -> None:
        server.take_saved([params.text_document.uri])

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def _(params: lsp.DidCloseTextDocumentParams) -> None:
        server.close(params.text_document.uri)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def _(params: lsp.DidChangeWatchedFilesParams) -> None:
        server.take_saved([change.uri for change in params.changes])

    @server.feature(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def _(_params: lsp.DidChangeConfigurationParams) -> None:
        server.take_saved([NAME])

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def _(params: lsp.HoverParams) -> lsp.Hover | None:
        found = server.findings_at(params.text_document.uri, lsp.Range(params.position, params.position))
        if not found:
            return None
        cards = {card.id: card for _, card in found}
        return lsp.Hover(hover(list(cards.values())), found[0][0].range)

    @server.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix])
    )
    def _(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        uri = params.text_document.uri
        text = server.workspace.get_text_document(uri).source.encode("utf-8", "replace")
        source = SourceText(_path(uri), text)
        actions = [
            suppression(uri, source, diagnostic, card.id, server.encoding)
            for diagnostic, card in server.findings_at(uri, params.range)
        ]
        return [action for action in actions if action is not None]

    return server


def serve() -> None:
    """Answers an editor over standard input and output until it says goodbye."""
    gc.enable()  # which starting up goes without
    output = sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever is printed must not get between the messages
    make_server().start_io(stdout=output)
