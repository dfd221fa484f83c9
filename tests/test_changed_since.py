"""``--changed-since``: what a change causes is reported, nothing else is; and a repository runs nothing."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from backhaul import cli

RULE = "background-upload-from-data"
SESSION = """\
import Foundation

enum Sessions {
    static let shared = URLSession(
        configuration: URLSessionConfiguration.background(withIdentifier: "a"),
        delegate: Delegate(), delegateQueue: nil)
}
"""
UPLOADER = """\
import Foundation

final class Uploader {
    func first(_ data: Data, _ request: URLRequest) {
        Sessions.shared.uploadTask(with: request, from: data).resume()
    }

    func second(_ data: Data, _ request: URLRequest) {
        Sessions.shared.uploadTask(with: request, from: data).resume()
    }
}
"""
FIRST, SECOND = 5, 9
UPLOADS = "App/Uploader.swift"


SETTINGS = ("user.name=Ada", "user.email=ada@example.com", "protocol.file.allow=always")


class Project:
    """An app in a git repository, in the working folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch", "main")

    def git(self, *arguments: str, into: Path | None = None) -> str:
        identity = (
            "-c",
            "user.name=Ada",
            "-c",
            "user.email=ada@example.com",
            "-c",
            "protocol.file.allow=always",
        )
        done = subprocess.run(
            ["git", *identity, *arguments],
            cwd=into or self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def put(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")

    def edit(self, path: str, old: str, new: str) -> None:
        text = (self.folder / path).read_bytes().decode()
        assert old in text
        self.put(path, text.replace(old, new, 1))

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "a step")


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch) -> Project:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    made = Project(tmp_path / "tree")
    made.put("App/Sessions.swift", SESSION)
    made.put(UPLOADS, UPLOADER)
    made.commit()
    monkeypatch.chdir(made.folder)
    return made


@pytest.fixture
def since(capsys):
    """Scans for one rule; gives exit code and the places of what is reported."""

    def scan_it(*argv: str, rule: str = RULE) -> tuple[int, list[tuple[str, int]]]:
        capsys.readouterr()
        code = cli.main(["scan", "--format", "json", "--select", rule, "--quiet", "--changed-since", *argv])
        captured = capsys.readouterr()
        assert captured.err == ""
        found = json.loads(captured.out)["findings"]
        return code, [(finding["path"], finding["region"]["startLine"]) for finding in found]

    return scan_it


@pytest.fixture
def refused(capsys):
    """Scans in vain; gives the one line that is said about it."""

    def scan_it(revision: str) -> str:
        capsys.readouterr()
        assert cli.main(["scan", f"--changed-since={revision}"]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.count("\n") == 1
        return captured.err.strip().removeprefix(f"backhaul: error: --changed-since {revision}: ")

    return scan_it


class TestWhatIsReported:
    def test_nothing_changed(self, since):
        assert since("HEAD") == (0, [])

    def test_a_changed_line_committed_or_not(self, project, since):
        project.edit(UPLOADS, "from: data).resume()", "from: data) .resume()")
        assert since("HEAD") == (1, [(UPLOADS, FIRST)])
        project.git("add", UPLOADS)
        assert since("HEAD") == (1, [(UPLOADS, FIRST)])
        project.commit()
        assert since("HEAD") == (0, [])
        assert since("HEAD~1") == (1, [(UPLOADS, FIRST)])

    def test_lines_that_moved_did_not_change(self, project, since):
        project.edit(UPLOADS, "import Foundation\n", "import Foundation\nimport os\n\n// Uploads.\n")
        assert since("HEAD") == (0, [])

    def test_a_step_on_the_way_changed(self, project, since):
        project.edit("App/Sessions.swift", 'withIdentifier: "a"', 'withIdentifier: "b"')
        assert since("HEAD") == (1, [(UPLOADS, FIRST), (UPLOADS, SECOND)])

    def test_a_line_that_the_way_does_not_pass_is_the_cause(self, project, since):
        """The call stands on lines of its own; the argument that makes it a mistake is on the second."""
        project.edit(UPLOADS, "with: request, from: data", "with: request,\n            fromFile: file")
        project.commit()
        project.edit(UPLOADS, "fromFile: file", "from: data")
        assert since("HEAD") == (1, [(UPLOADS, FIRST)])

    def test_new_files_tracked_or_not(self, project, since):
        project.put("App/Other.swift", UPLOADER.replace("Uploader", "Other"))
        assert since("HEAD") == (1, [("App/Other.swift", FIRST), ("App/Other.swift", SECOND)])
        project.commit()
        assert since("HEAD~1") == (1, [("App/Other.swift", FIRST), ("App/Other.swift", SECOND)])

    @pytest.mark.parametrize("is_committed", [False, True])
    def test_a_renamed_file_is_no_new_one(self, project, since, is_committed):
        project.git("mv", UPLOADS, "App/Sender.swift")
        project.edit("App/Sender.swift", "        Sessions.shared", "        Sessions . shared")
        if is_committed:
            project.commit()
        assert since("HEAD~1" if is_committed else "HEAD") == (1, [("App/Sender.swift", FIRST)])

    def test_what_others_changed_meanwhile_is_not(self, project, since):
        project.git("checkout", "--quiet", "-b", "side")
        project.edit(UPLOADS, "from: data).resume()", "from: data) .resume()")
        project.commit()
        project.git("checkout", "--quiet", "main")
        project.put("App/Other.swift", UPLOADER.replace("Uploader", "Other"))
        project.commit()
        project.git("checkout", "--quiet", "side")
        assert since("main") == (1, [(UPLOADS, FIRST)])

    def test_line_ends_alone_are_no_change(self, project, since):
        project.put(UPLOADS, UPLOADER.replace("\n", "\r\n"))
        assert since("HEAD") == (0, [])

    def test_a_comment_that_is_gone(self, project, since):
        comment = f"        // backhaul:disable:next {RULE} the server is a toy\n"
        project.edit(UPLOADS, "        Sessions", f"{comment}        Sessions")
        project.commit()
        project.edit(UPLOADS, comment, "")
        assert since("HEAD") == (1, [(UPLOADS, FIRST)])

    def test_together_with_other_choices(self, project, since):
        project.put("App/Other.swift", UPLOADER.replace("Uploader", "Other"))
        assert since("HEAD", "--only", UPLOADS) == (0, [])
        assert since("HEAD", "App/Sessions.swift", UPLOADS) == (0, [])

    def test_remarks_on_files_that_changed(self, project, capsys):
        remark = f"// backhaul:disable:next {RULE}\nlet a = 1\n"
        project.put("App/Old.swift", remark)
        project.commit()
        project.put("App/New.swift", remark)
        cli.main(["scan", "--format", "json", "--changed-since", "HEAD"])
        remarks = json.loads(capsys.readouterr().out)["notifications"]
        assert [remark["path"] for remark in remarks] == ["App/New.swift"]


class TestTheWholeProject:
    RULE = "background-session-events-unhandled"
    APPLICATION = """\
import UIKit

@main
final class AppDelegate: UIResponder, UIApplicationDelegate {
    let name = "app"
"""
    HOOK = """
    func application(_ application: UIApplication, handleEventsForBackgroundURLSession identifier: String,
                     completionHandler: @escaping () -> Void) {
        Sessions.finish = completionHandler
    }
"""

    @pytest.fixture(autouse=True)
    def application(self, project):
        project.put("App/AppDelegate.swift", f"{self.APPLICATION}{self.HOOK}}}\n")
        project.commit()

    def test_a_hook_that_was_deleted(self, project, since):
        assert since("HEAD~1", rule=self.RULE) == (0, [])
        project.edit("App/AppDelegate.swift", self.HOOK, "")
        assert since("HEAD", rule=self.RULE) == (1, [("App/Sessions.swift", 4)])

    def test_a_file_that_was_deleted(self, project, since):
        project.edit("App/AppDelegate.swift", self.HOOK, "")
        project.put("App/Events.swift", f"import UIKit\n\nextension AppDelegate {{{self.HOOK}}}\n")
        project.commit()
        (project.folder / "App" / "Events.swift").unlink()
        assert since("HEAD", rule=self.RULE) == (1, [("App/Sessions.swift", 4)])

    def test_a_file_that_a_sparse_checkout_leaves_out_is_not_deleted(self, project, since):
        project.edit("App/AppDelegate.swift", self.HOOK, "")
        project.put("Far/Events.swift", f"import UIKit\n\nextension AppDelegate {{{self.HOOK}}}\n")
        project.commit()
        project.git("sparse-checkout", "set", "App")
        assert not (project.folder / "Far").exists()
        assert since("HEAD", rule=self.RULE) == (0, [])

    def test_a_mistake_that_was_there_before(self, project, since):
        project.edit("App/AppDelegate.swift", self.HOOK, "")
        project.commit()
        project.edit("App/AppDelegate.swift", 'let name = "app"', 'let name = "App"')
        project.edit("App/Sessions.swift", "import Foundation\n", "import Foundation\nimport os\n")
        assert since("HEAD", rule=self.RULE) == (0, [])


class TestSubmodules:
    @pytest.fixture
    def library(self, project, tmp_path) -> Path:
        library = Project(tmp_path / "library")
        library.put("Uploader.swift", UPLOADER.replace("Uploader", "Sender"))
        library.commit()
        project.git("submodule", "--quiet", "add", str(library.folder), "Library")
        project.commit()
        return project.folder / "Library"

    def test_changes_in_one(self, project, library, since):
        assert since("HEAD") == (0, [])
        project.edit("Library/Uploader.swift", "from: data).resume()", "from: data) .resume()")
        assert since("HEAD") == (1, [("Library/Uploader.swift", FIRST)])
        project.git("commit", "--quiet", "--all", "--message", "a step", into=library)
        assert since("HEAD") == (1, [("Library/Uploader.swift", FIRST)])
        project.commit()
        assert since("HEAD") == (0, [])
        assert since("HEAD~1") == (1, [("Library/Uploader.swift", FIRST)])

    @pytest.mark.usefixtures("library")
    def test_a_new_one_is_new(self, since):
        places = [("Library/Uploader.swift", FIRST), ("Library/Uploader.swift", SECOND)]
        assert since("HEAD~1") == (1, places)

    def test_one_without_the_commit(self, project, library, refused, tmp_path):
        project.edit("Library/Uploader.swift", "first", "one")
        project.git("commit", "--quiet", "--all", "--message", "a step", into=library)
        project.commit()
        project.git("clone", "--quiet", str(project.folder), str(tmp_path / "clone"))
        os.chdir(tmp_path / "clone")
        project.git("clone", "--quiet", str(tmp_path / "library"), "Library", into=tmp_path / "clone")
        assert refused("HEAD").startswith("the submodule Library has no commit ")


class TestWhatCannotBeTold:
    @pytest.mark.parametrize("revision", ["", "-n", "--upload-pack=touch x", "a\nb", "\x1b[31m"])
    def test_no_revision(self, refused, revision):
        assert "is not a revision" in refused(revision)

    def test_an_unknown_revision(self, refused):
        assert refused("nope") == "the repository has no revision `nope` (git fetch may bring it)"

    def test_no_repository(self, tmp_path, monkeypatch, refused):
        (tmp_path / "plain").mkdir()
        monkeypatch.chdir(tmp_path / "plain")
        (tmp_path / "plain" / "A.swift").write_text(UPLOADER)
        assert refused("HEAD") == f"{tmp_path / 'plain'} is not the working tree of a git repository"

    def test_no_commit(self, tmp_path, monkeypatch, refused):
        empty = Project(tmp_path / "empty")
        monkeypatch.chdir(empty.folder)
        assert refused("HEAD") == "the repository has no commit yet"

    def test_no_git(self, project, refused, monkeypatch):
        monkeypatch.setenv("PATH", ".")
        (project.folder / "git").write_text("#!/bin/sh\ntouch ran\n")
        (project.folder / "git").chmod(0o755)
        assert refused("HEAD") == "git is not installed, or not on the PATH"
        assert not (project.folder / "ran").exists()

    def test_nothing_in_common(self, project, refused):
        project.git("checkout", "--quiet", "--orphan", "other")
        project.edit(UPLOADS, "first", "one")
        project.commit()
        assert refused("main") == "HEAD and `main` have no commit in common"

    def test_a_shallow_clone(self, project, refused, monkeypatch, tmp_path):
        project.edit(UPLOADS, "first", "one")
        project.commit()
        project.git("clone", "--quiet", "--depth", "1", project.folder.as_uri(), str(tmp_path / "clone"))
        monkeypatch.chdir(tmp_path / "clone")
        fix = "the clone is shallow, run git fetch --unshallow (in actions/checkout: `fetch-depth: 0`)"
        assert refused("HEAD~1") == f"the repository has no revision `HEAD~1`: {fix}"
        project.git("fetch", "--quiet", "--unshallow", into=tmp_path / "clone")
        assert cli.main(["scan", "--quiet", "--changed-since", "HEAD~1"]) == 0

    def test_a_partial_clone(self, project, refused, monkeypatch, tmp_path):
        project.git("config", "uploadpack.allowFilter", "true")
        project.edit(UPLOADS, "first", "one")
        project.commit()
        clone = tmp_path / "clone"
        project.git("clone", "--quiet", "--filter=blob:none", project.folder.as_uri(), str(clone))
        monkeypatch.chdir(clone)
        assert "run git fetch --refetch --no-filter" in refused("HEAD~1")
        project.git("fetch", "--quiet", "--refetch", "--no-filter", into=clone)
        assert cli.main(["scan", "--quiet", "--changed-since", "HEAD~1"]) == 0


class TestHostileRepositories:
    def test_none_of_its_commands_runs(self, project, since, tmp_path):
        """Filters, text conversions, external programs, monitors and hooks leave a mark when they run."""
        mark = tmp_path / "ran"
        command = f"touch {mark}; cat"
        settings = {
            "core.fsmonitor": command,
            "core.pager": command,
            "core.hooksPath": str(tmp_path / "hooks"),
            "core.sshCommand": command,
            "core.alternateRefsCommand": command,
            "diff.external": command,
            "diff.evil.textconv": command,
            "diff.evil.command": command,
            "filter.evil.clean": command,
            "filter.evil.smudge": command,
            "filter.evil.process": command,
            "credential.helper": f"!{command}",
            "remote.origin.url": f"ext::sh -c '{command}'",
            "remote.origin.promisor": "true",
            "protocol.ext.allow": "always",
            "extensions.partialClone": "origin",
        }
        project.edit(UPLOADS, "from: data).resume()", "from: data) .resume()")
        for name, value in settings.items():
            project.git("config", name, value)
        project.put(".gitattributes", "* filter=evil diff=evil\n")
        for hook in ("post-index-change", "reference-transaction", "fsmonitor-watchman"):
            project.put(f"../hooks/{hook}", f"#!/bin/sh\ntouch {mark}\n")
            (tmp_path / "hooks" / hook).chmod(0o755)
        assert since("HEAD") == (1, [(UPLOADS, FIRST)])
        assert not mark.exists()
        subprocess.run(["git", "diff", "HEAD"], capture_output=True, check=False)
        assert mark.exists(), "the traps are set"

    def test_what_is_missing_is_not_fetched(self, project, refused, tmp_path):
        mark = tmp_path / "ran"
        blob = project.git("rev-parse", f"HEAD:{UPLOADS}")
        project.git("config", "remote.origin.url", f"ext::touch {mark}")
        project.git("config", "remote.origin.promisor", "true")
        project.git("config", "protocol.ext.allow", "always")
        project.edit(UPLOADS, "first", "one")
        (project.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
        assert "the clone is partial" in refused("HEAD")
        assert not mark.exists()

    def test_a_hook_that_calls_us_does_not_mislead(self, since, monkeypatch, tmp_path):
        other = Project(tmp_path / "other")
        monkeypatch.setenv("GIT_DIR", str(other.folder / ".git"))
        monkeypatch.setenv("GIT_INDEX_FILE", str(other.folder / ".git" / "index"))
        assert since("HEAD") == (0, [])

    def test_a_bare_repository_in_the_tree(self, project, monkeypatch, tmp_path):
        project.git("clone", "--quiet", "--bare", str(project.folder), str(tmp_path / "bare"))
        monkeypatch.chdir(tmp_path / "bare")
        assert cli.main(["scan", "--quiet", "--changed-since", "HEAD"]) == 2
