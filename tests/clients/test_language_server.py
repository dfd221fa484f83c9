"""``backhaul lsp`` as an editor meets it: a real client, a real process, real files."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types as lsp
from pygls import uris
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities
from repositories import ANALYZER, repository_of

SERVER = ClientServerConfig(
    server_command=[sys.executable, "-m", "backhaul", "lsp"],
    # A folder for caches that is not absolute is none.
    server_env={**os.environ, "PYTHONPATH": str(ANALYZER), "XDG_CACHE_HOME": "none"},
)
SESSIONS = """\
import Foundation

enum Sessions {
    static let shared = URLSession(
        configuration: .background(withIdentifier: "a"), delegate: Delegate(), delegateQueue: nil)
}
"""
UPLOADER = """\
import Foundation

final class Uploader {
    func send(_ data: Data, _ request: URLRequest) {
        /* 🛰 */ Sessions.shared.uploadTask(with: request, from: data).resume()
    }
}
"""
RULE = "background-upload-from-data"
SELECTED = f'select = ["{RULE}"]\n'
CALL = UPLOADER.splitlines()[4]
CALL_LINE = 4
SECONDS = 60


@pytest_lsp.fixture(config=SERVER)
async def client(lsp_client: LanguageClient) -> AsyncIterator[None]:
    """A client whose session is still to be started."""
    yield
    if lsp_client.capabilities is not None:
        await lsp_client.shutdown_session()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An app whose one mistake spans two files."""
    root = (tmp_path / "The App").resolve()
    (root / ".git").mkdir(parents=True)
    (root / "Sessions.swift").write_text(SESSIONS, encoding="utf-8")
    (root / "Uploader.swift").write_text(UPLOADER, encoding="utf-8")
    (root / "backhaul.toml").write_text(SELECTED, encoding="utf-8")
    return root


async def start(
    client: LanguageClient, *folders: Path, encodings: Sequence[str] = ("utf-16",)
) -> lsp.InitializeResult:
    capabilities = client_capabilities("neovim@0.11.0")
    assert capabilities.workspace is not None
    capabilities.general = lsp.GeneralClientCapabilities(
        position_encodings=[lsp.PositionEncodingKind(encoding) for encoding in encodings]
    )
    return await client.initialize_session(
        lsp.InitializeParams(
            capabilities,
            workspace_folders=[lsp.WorkspaceFolder(uri(folder), folder.name) for folder in folders],
        )
    )


def uri(file: Path) -> str:
    return uris.from_fs_path(str(file)) or ""


def open_file(client: LanguageClient, file: Path, text: str | None = None) -> None:
    text = file.read_text(encoding="utf-8") if text is None else text
    document = lsp.TextDocumentItem(uri(file), "swift", 1, text)
    client.text_document_did_open(lsp.DidOpenTextDocumentParams(document))


def replace(client: LanguageClient, file: Path, version: int, text: str) -> None:
    """Replaces the text of an open document without saving it."""
    client.text_document_did_change(
        lsp.DidChangeTextDocumentParams(
            lsp.VersionedTextDocumentIdentifier(version, uri(file)),
            [lsp.TextDocumentContentChangeWholeDocument(text)],
        )
    )


async def told(
    client: LanguageClient, file: Path, holds: Callable[[Sequence[lsp.Diagnostic]], bool]
) -> Sequence[lsp.Diagnostic]:
    """The diagnostics of a file as soon as ``holds`` is true of them."""
    async with asyncio.timeout(SECONDS):
        while uri(file) not in client.diagnostics or not holds(client.diagnostics[uri(file)]):
            await client.wait_for_notification(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    return client.diagnostics[uri(file)]


def are(*codes: str) -> Callable[[Sequence[lsp.Diagnostic]], bool]:
    return lambda diagnostics: sorted(str(each.code) for each in diagnostics) == sorted(codes)


@pytest.mark.parametrize(
    ("encodings", "units"),
    [(["utf-16"], "utf-16-le"), (["utf-8", "utf-16"], "utf-8"), (["utf-32"], "utf-32-le")],
    ids=["utf-16", "utf-8", "utf-32"],
)
async def test_a_finding_and_what_led_to_it(client, folder, encodings, units):
    await start(client, folder, encodings=encodings)
    (finding,) = await told(client, folder / "Uploader.swift", are(RULE))
    before = CALL[: CALL.index("uploadTask")].encode(units)
    column = len(before) // {"utf-8": 1, "utf-16-le": 2, "utf-32-le": 4}[units]
    assert finding.range == lsp.Range(
        lsp.Position(CALL_LINE, column), lsp.Position(CALL_LINE, column + len("uploadTask"))
    )
    assert finding.severity == lsp.DiagnosticSeverity.Error
    assert finding.source == "backhaul"
    assert finding.code_description.href.startswith("https://developer.apple.com/")
    assert {each.location.uri for each in finding.related_information} == {uri(folder / "Sessions.swift")}
    assert [each.location.range.start.line for each in finding.related_information] == [4, 3]


async def test_what_is_typed_counts_before_it_is_saved_and_in_other_files(client, folder):
    await start(client, folder)
    uploader, sessions = folder / "Uploader.swift", folder / "Sessions.swift"
    await told(client, uploader, are(RULE))
    open_file(client, sessions)
    replace(client, sessions, 2, SESSIONS.replace('.background(withIdentifier: "a")', ".default"))
    await told(client, uploader, are())
    replace(client, sessions, 3, SESSIONS.replace("delegateQueue: nil)", "delega"))
    replace(client, sessions, 4, SESSIONS)
    await told(client, uploader, are(RULE))
    replace(client, sessions, 5, SESSIONS.replace('.background(withIdentifier: "a")', ".default"))
    await told(client, uploader, are())
    client.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri(sessions))))
    await told(client, uploader, are(RULE))


async def test_half_typed_code_ends_nothing(client, folder):
    await start(client, folder)
    uploader = folder / "Uploader.swift"
    await told(client, uploader, are(RULE))
    open_file(client, uploader)
    texts = [UPLOADER[:cut] for cut in range(0, len(UPLOADER), 20)] + ["\ud800 🛰", "\0", "{" * 5000, UPLOADER]
    for version, text in enumerate(texts, start=2):
        replace(client, uploader, version, text)
    await told(client, uploader, are(RULE))
    assert not [message for message in client.log_messages if message.type == lsp.MessageType.Error]


async def test_files_change_outside_the_editor(client, folder):
    await start(client, folder)
    uploader = folder / "Uploader.swift"
    await told(client, uploader, are(RULE))
    uploader.write_text(UPLOADER.replace("from: data", "fromFile: file"), encoding="utf-8")
    changed = lsp.FileEvent(uri(uploader), lsp.FileChangeType.Changed)
    client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([changed]))
    await told(client, uploader, are())


async def test_the_fix_suppresses_the_finding(client, folder):
    await start(client, folder)
    uploader = folder / "Uploader.swift"
    open_file(client, uploader, UPLOADER.replace("\n", "\r\n"))
    (finding,) = await told(client, uploader, are(RULE))
    (action,) = await client.text_document_code_action_async(
        lsp.CodeActionParams(
            lsp.TextDocumentIdentifier(uri(uploader)), finding.range, lsp.CodeActionContext([finding])
        )
    )
    assert action.kind == lsp.CodeActionKind.QuickFix
    (edit,) = action.edit.changes[uri(uploader)]
    assert edit.range == lsp.Range(lsp.Position(CALL_LINE, 0), lsp.Position(CALL_LINE, 0))
    assert edit.new_text == f"        // backhaul:disable:next {RULE} why this is right here\r\n"
    lines = UPLOADER.replace("\n", "\r\n").splitlines(keepends=True)
    lines.insert(CALL_LINE, edit.new_text)
    replace(client, uploader, 2, "".join(lines))
    await told(client, uploader, are())
    lines[CALL_LINE + 1] = "\r\n"
    replace(client, uploader, 3, "".join(lines))
    (unused,) = await told(client, uploader, are("unused-suppression"))
    assert unused.range == lsp.Range(
        lsp.Position(CALL_LINE, 8), lsp.Position(CALL_LINE, len(edit.new_text) - 2)
    )
    assert list(unused.tags) == [lsp.DiagnosticTag.Unnecessary]


async def test_the_page_of_the_rule_is_shown_at_its_finding(client, folder):
    await start(client, folder)
    uploader = folder / "Uploader.swift"
    open_file(client, uploader)
    (finding,) = await told(client, uploader, are(RULE))
    document = lsp.TextDocumentIdentifier(uri(uploader))
    shown = await client.text_document_hover_async(lsp.HoverParams(document, finding.range.end))
    assert shown.range == finding.range
    assert RULE in shown.contents.value
    assert "## How to fix it" in shown.contents.value
    assert await client.text_document_hover_async(lsp.HoverParams(document, lsp.Position(0, 0))) is None


async def test_a_changed_configuration_counts_at_once(client, folder):
    await start(client, folder)
    uploader, config = folder / "Uploader.swift", folder / "backhaul.toml"
    await told(client, uploader, are(RULE))

    def save(text: str) -> None:
        config.write_text(text, encoding="utf-8")
        client.text_document_did_save(lsp.DidSaveTextDocumentParams(lsp.TextDocumentIdentifier(uri(config))))

    save(f'{SELECTED}ignre = ["{RULE}"]\n')
    (problem,) = await told(client, config, bool)
    assert problem.range.start.line == 1
    assert "ignore" in problem.message
    assert are(RULE)(client.diagnostics[uri(uploader)]), "what was found stays"
    save('select = ["background-session-async"]\n')
    await told(client, uploader, are())
    await told(client, config, are())


async def test_several_folders_one_within_another(client, folder, tmp_path):
    inner = folder / "Inner"
    inner.mkdir()
    (inner / "Uploader.swift").write_text(UPLOADER, encoding="utf-8")
    (inner / "backhaul.toml").write_text('select = ["background-session-async"]\n', encoding="utf-8")
    other = repository_of("field-notes/before", tmp_path / "notes")
    await start(client, folder, inner, other)
    await told(client, folder / "Uploader.swift", are(RULE))
    await told(client, other / "FieldNotes" / "Maps" / "FNTileCache.m", bool)
    assert uri(inner / "Uploader.swift") not in client.diagnostics
    removed = [lsp.WorkspaceFolder(uri(inner), "inner"), lsp.WorkspaceFolder(uri(other), "notes")]
    client.workspace_did_change_workspace_folders(
        lsp.DidChangeWorkspaceFoldersParams(lsp.WorkspaceFoldersChangeEvent([], removed))
    )
    await told(client, inner / "Uploader.swift", are(RULE))
    await told(client, other / "FieldNotes" / "Maps" / "FNTileCache.m", are())


async def test_a_file_without_a_folder(client, folder, tmp_path):
    alone = tmp_path / "Alone.swift"
    alone.write_text(UPLOADER.replace("Sessions.shared", SESSIONS[SESSIONS.index("URLSession") : -3]))
    await start(client)
    open_file(client, alone)
    found = await told(client, alone, bool)
    assert RULE in [each.code for each in found]
    open_file(client, folder / "Uploader.swift")
    await told(client, folder / "Uploader.swift", are(RULE))


async def test_what_the_configuration_leaves_out_stays_out_when_it_is_opened(client, folder):
    pods = folder / "Pods" / "Uploader.swift"
    pods.parent.mkdir()
    pods.write_text(UPLOADER, encoding="utf-8")
    await start(client, folder)
    open_file(client, pods)
    open_file(client, folder / "New.swift", UPLOADER.replace("Uploader", "New"))
    await told(client, folder / "New.swift", are(RULE))
    assert not client.diagnostics.get(uri(pods))
