"""Source that is written differently and does the same gives the same findings."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import transformations as change
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_apps import apps, expected, findings, name_of, sources

OWN_NAMES = {
    "app-shelf": {
        "SHARED": "one",
        "Sessions": "Wires",
        "transfers": "far",
        "talk": "near",
        "DownloadDelegate": "Getter",
        "transfer_configuration": "knobs",
        "request_to": "r0",
        "request": "r",
        "Configuration": "c",
        "task": "t",
        "CACHE": "here",
    },
    "photo-backup": {
        "BackupSession": "Wire",
        "UploadQueue": "Out",
        "BackupConfiguration": "Knobs",
        "uploads": "far",
        "api": "near",
        "endFlushTask": "quit",
        "flushTask": "t0",
        "known": "k",
        "file": "f",
    },
    "podcast-player": {
        "DownloadSession": "Wire",
        "EpisodeDownloader": "Getter",
        "session": "s",
        "identifier": "i",
        "finishPause": "quit",
        "pauseTask": "t0",
        "PlaybackPosition": "Spot",
    },
    "ledger-sync": {
        "LGRTransferCenter": "XWire",
        "LGRConfigurationProvider": "XKnobs",
        "transferConfiguration": "far",
        "transferSession": "farWire",
        "_transferSession": "_farWire",
        "sharedCenter": "one",
        "pushTask": "t0",
        "endPushTask": "quit",
        "pullTask": "x",
        "request": "r",
        "session": "s",
        "configuration": "c",
    },
    "field-notes": {
        "FNTransferCenter": "XWire",
        "TransferSettings": "Knobs",
        "MapSession": "FarWire",
        "attachments": "many",
        "notesSession": "n",
        "_notesSession": "_n",
        "attachmentSession": "a",
        "_attachmentSession": "_a",
        "_identifier": "_i",
        "notes": "c",
    },
    "tide-times": {
        "TaskIdentifier": "Words",
        "RefreshTask": "Often",
        "ChartTask": "Seldom",
        "CleanupTask": "Never",
        "StationServer": "Giver",
        "listener": "ear",
        "PhotoUploader": "Sender",
        "session": "s",
        "TableLoader": "Getter",
    },
}
SAME_FILES = [
    change.carriage_returns,
    change.tabs,
    change.comments_everywhere,
    change.block_comments,
    change.conditional_compilation,
    change.unrelated_code,
    change.reversed_methods,
    change.methods_in_extensions,
    change.bodies_in_blocks,
    change.messages_for_dots,
]


def changed(app: Path, target: Path, *changes: change.Transformation) -> Path:
    """A copy of ``app`` in which every source went through ``changes`` in turn."""
    copy = target / app.name
    shutil.copytree(app, copy)
    for path in sources(copy):
        relative = path.relative_to(copy).as_posix()
        text = path.read_text(encoding="utf-8")
        for transformation in changes:
            text = transformation(relative, text)
        path.write_text(text, encoding="utf-8", newline="")
    return copy


@pytest.mark.parametrize("transformation", SAME_FILES, ids=lambda each: each.__name__)
@pytest.mark.parametrize("app", apps(), ids=name_of)
def test_same_findings_in_the_same_files(app: Path, transformation: change.Transformation, tmp_path: Path):
    copy = changed(app, tmp_path, transformation)
    assert findings(copy) == expected(copy)


@pytest.mark.parametrize("app", apps(), ids=name_of)
def test_the_programs_own_names_mean_nothing(app: Path, tmp_path: Path):
    copy = changed(app, tmp_path, change.renamed(OWN_NAMES[app.parent.name]))
    assert findings(copy) == expected(copy)


@pytest.mark.parametrize("app", apps(), ids=name_of)
def test_names_of_files_and_folders_mean_nothing(app: Path, tmp_path: Path):
    copy = changed(app, tmp_path)
    has_targets = len(list(copy.rglob("Info.plist"))) > 1  # each keeps its folder
    for number, path in enumerate(list(sources(copy))):
        relative = path.relative_to(copy)
        folder = copy / relative.parts[0] if has_targets else copy
        target = folder / change.flat_path(relative.as_posix(), number)
        target.parent.mkdir(exist_ok=True)
        path.rename(target)
    for project in copy.glob("*.xcodeproj"):
        shutil.rmtree(project)  # it lists the files by their old names
    assert findings(copy) == expected(copy)


@pytest.mark.parametrize("app", [app for app in apps() if any(app.rglob("*.swift"))], ids=name_of)
def test_a_swift_type_may_lie_in_several_files(app: Path, tmp_path: Path):
    copy = changed(app, tmp_path)
    for path in [path for path in sources(copy) if path.suffix == ".swift"]:
        text = path.read_text(encoding="utf-8").replace("private ", "")
        rest, moved = change.methods_taken_out(path.name, text)
        imports = [line for line in text.splitlines() if line.startswith("import ")]
        path.write_text(rest, encoding="utf-8")
        path.with_name(f"{path.stem}+Moved.swift").write_text("\n".join([*imports, moved]), encoding="utf-8")
    assert findings(copy) == expected(copy)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_changes_together_change_nothing(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory):
    app = data.draw(st.sampled_from(apps()))
    moves = data.draw(st.permutations([change.reversed_methods, change.methods_in_extensions]))
    looks = [change.tabs, change.block_comments, change.unrelated_code, change.conditional_compilation]
    chosen = data.draw(st.lists(st.sampled_from(looks), unique=True, max_size=len(looks)))
    copy = changed(app, tmp_path_factory.mktemp("app"), *moves, *chosen)
    assert findings(copy) == expected(copy)
