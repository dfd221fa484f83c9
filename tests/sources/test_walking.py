import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from backhaul.sources import walking
from backhaul.sources.walking import SourceTree, WalkOptions, find_root, find_sources
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

posix = pytest.mark.skipif(sys.platform == "win32", reason="links, FIFOs and modes are POSIX's")


def make(root: Path, *paths: str, text: str = "let a = 1\n") -> None:
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def walk(root: Path, *paths: str, **options: object) -> SourceTree:
    return find_sources(str(root), WalkOptions(**options), [str(root / path) for path in paths])  # type: ignore[arg-type]


def names(tree: SourceTree) -> list[str]:
    return [source.path for source in tree.sources]


def skipped(tree: SourceTree) -> dict[str, str]:
    return {skipped.path: skipped.reason for skipped in tree.skipped}


def test_sources_and_project_files_are_told_apart(tmp_path: Path):
    make(tmp_path, "b.swift", "a/x.m", "a/x.h", "a/y.mm", "a/readme.md", "a/z.swift.orig")
    make(tmp_path, "Info.plist", "App.entitlements", "A.xcodeproj/project.pbxproj", "Package.swift")
    tree = walk(tmp_path)
    assert names(tree) == ["Package.swift", "a/x.h", "a/x.m", "a/y.mm", "b.swift"]
    assert [fact.path for fact in tree.facts] == [
        "A.xcodeproj/project.pbxproj",
        "App.entitlements",
        "Info.plist",
        "Package.swift",
    ]
    assert tree.notifications == []


def test_size_and_place_of_a_file(tmp_path: Path):
    make(tmp_path, "a/x.swift", text="12345")
    (source,) = walk(tmp_path).sources
    status = (tmp_path / "a/x.swift").stat()
    assert (source.size, source.mtime_ns) == (5, status.st_mtime_ns)
    assert Path(source.location) == (tmp_path / "a/x.swift").resolve()


def test_what_others_made_is_left_out(tmp_path: Path):
    make(
        tmp_path,
        *("Pods/P/a.m", "Carthage/Checkouts/C/a.swift", ".build/checkouts/a.swift", "DerivedData/a.swift"),
        *(
            "node_modules/n/ios/a.m",
            "App/Vendor/a.m",
            "third_party/a.m",
            "A.framework/Headers/A.h",
            ".x.swift",
        ),
        "App/a.swift",
    )
    tree = walk(tmp_path)
    assert names(tree) == ["App/a.swift"]
    assert skipped(tree) == {
        ".build": "hidden",
        ".x.swift": "hidden",
        "A.framework": "built",
        "App/Vendor": "vendored",
        "Carthage": "vendored",
        "DerivedData": "built",
        "Pods": "vendored",
        "node_modules": "vendored",
        "third_party": "vendored",
    }


def test_vendored_sources_on_request(tmp_path: Path):
    make(tmp_path, "Pods/P/a.m", "A.framework/Headers/A.h")
    assert names(walk(tmp_path, include_vendored=True)) == ["Pods/P/a.m"]


def test_a_folder_that_is_named_is_walked_whatever_its_name(tmp_path: Path):
    make(tmp_path, "node_modules/n/ios/a.m", "node_modules/n/node_modules/o/a.m", "b.swift")
    make(tmp_path, ".gitignore", text="node_modules/\n")
    assert names(walk(tmp_path, "node_modules/n")) == ["node_modules/n/ios/a.m"]
    assert names(walk(tmp_path, ".", "node_modules/n")) == ["b.swift", "node_modules/n/ios/a.m"]


def test_a_root_below_a_vendored_folder(tmp_path: Path):
    make(tmp_path, "node_modules/n/package/ios/a.m")
    assert names(walk(tmp_path / "node_modules/n/package")) == ["ios/a.m"]


def test_a_single_file(tmp_path: Path):
    make(tmp_path, "a/x.swift", "a/XTests.swift")
    make(tmp_path, ".gitignore", text="*.swift\n")
    (source,) = walk(tmp_path, "a/XTests.swift").sources
    assert (source.path, source.is_test) == ("a/XTests.swift", False)


def test_overlapping_paths_give_each_file_once(tmp_path: Path):
    make(tmp_path, "a/x.swift", "a/b/y.swift")
    assert names(walk(tmp_path, "a/b/y.swift", "a/b", "a", ".")) == ["a/b/y.swift", "a/x.swift"]


def test_a_path_that_does_not_exist(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        walk(tmp_path, "nowhere")


def test_project_files_above_a_named_folder(tmp_path: Path):
    make(tmp_path, "App.xcodeproj/project.pbxproj", "ios/Info.plist", "ios/App/a.swift", "other/Info.plist")
    tree = walk(tmp_path, "ios/App")
    assert [fact.path for fact in tree.facts] == ["App.xcodeproj/project.pbxproj", "ios/Info.plist"]


@pytest.mark.parametrize(
    ("path", "is_test"),
    [
        ("AppTests/a.swift", True),
        ("AppUITests/Deep/a.m", True),
        ("Unit Tests/a.m", True),
        ("app-sdk-tests/a.m", True),
        ("integration_tests/Deep/a.swift", True),
        ("latests/a.swift", False),
        ("Tests/a.swift", True),
        ("test/a.m", True),
        ("App/UploaderTests.swift", True),
        ("Core/TestsFoundation/a.swift", True),
        ("KitTestSupport/a.swift", True),
        ("server/test_cases/a.mm", True),
        ("Contests/a.swift", False),
        ("TestFlightSupport/a.swift", False),
        ("App/UploaderTest.m", True),
        ("App/UploaderSpec.m", True),
        ("App/a.swift", False),
        ("App/Tests.swift", False),
        ("SpeedTest/a.swift", False),
        ("App/MockServer.swift", True),
        ("App/ABCFakeClient.m", True),
        ("App/ClientStub.swift", True),
        ("App/Client+Mock.swift", True),
        ("App/Mocks/a.swift", True),
        ("App/Mockup.swift", False),
        ("App/MockingbirdView.m", False),
        ("App/Stubborn.swift", False),
        ("App/LatestNews.swift", False),
        ("App/ABTestsView.swift", False),
        ("App/ModuleSpec.h", False),
        ("Contests/a.swift", False),
    ],
)
def test_test_code_is_known_by_its_place(tmp_path: Path, path: str, is_test: bool):
    make(tmp_path, path, text="@import XCTest;\n")
    (source,) = walk(tmp_path).sources
    assert source.is_test == is_test


@pytest.mark.parametrize(
    ("path", "text", "is_test"),
    [
        ("App/SpeedTest.swift", "final class SpeedTest {\n    func start() {}\n}\n", False),
        ("App/SpeedTest.m", "@implementation SpeedTest\n@end\n", False),
        ("App/SpeedTest.swift", "final class SpeedTest: Base {\n    func testStart() {}\n}\n", True),
        ("App/SpeedTest.m", "@implementation SpeedTest\n- (void)testStart {}\n@end\n", True),
        ("App/SpeedTests.swift", "", True),
        ("AppTests/SpeedTest.swift", "let speed = 1\n", True),
        ("server/speed_test.py", "speed = 1\n", True),
    ],
)
def test_a_file_named_like_a_test_may_be_of_the_product(tmp_path: Path, path: str, text: str, is_test: bool):
    make(tmp_path, path, text=text)
    (source,) = walk(tmp_path).sources
    assert source.is_test == is_test


def test_order_does_not_depend_on_the_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    make(tmp_path, "b.swift", "a/a.swift", "a.swift", "A/b.swift", "a-b/c.swift")
    tree = walk(tmp_path)
    scandir = os.scandir

    class Reversed:
        def __init__(self, path: str) -> None:
            self.entries = scandir(path)

        def __enter__(self):
            return reversed(list(self.entries))

        def __exit__(self, *exception: object) -> None:
            self.entries.close()

    monkeypatch.setattr(walking.os, "scandir", Reversed)
    assert walk(tmp_path).sources == tree.sources
    assert names(tree) == sorted(names(tree))


# Links


@posix
def test_a_link_to_a_file_in_the_tree_is_no_second_file(tmp_path: Path):
    make(tmp_path, "a/x.swift")
    (tmp_path / "b.swift").symlink_to("a/x.swift")
    assert names(walk(tmp_path)) == ["a/x.swift"]


@posix
def test_a_link_to_what_is_not_walked_otherwise(tmp_path: Path):
    make(tmp_path, "Templates/x.txt", "Pods/P/a.m")
    (tmp_path / "b.swift").symlink_to("Templates/x.txt")
    (tmp_path / "c.swift").symlink_to("Templates/x.txt")
    (tmp_path / "Local").symlink_to("Pods/P")
    tree = walk(tmp_path)
    assert names(tree) == ["Local/a.m", "b.swift"]
    assert Path(tree.sources[1].location) == (tmp_path / "Templates/x.txt").resolve()


@posix
def test_links_that_loop(tmp_path: Path):
    make(tmp_path, "a/x.swift", "b/y.swift")
    (tmp_path / "a/up").symlink_to("..")
    (tmp_path / "a/self").symlink_to(".")
    (tmp_path / "a/b").symlink_to("../b")
    (tmp_path / "b/a").symlink_to("../a")
    (tmp_path / "ring.swift").symlink_to("ring.swift")
    tree = walk(tmp_path)
    assert names(tree) == ["a/x.swift", "b/y.swift"]
    assert [(n.kind, n.path) for n in tree.notifications] == [("unreadable-file", "ring.swift")]


@posix
def test_links_out_of_the_tree(tmp_path: Path):
    make(tmp_path, "tree/x.swift", "outside/secret.swift")
    (tmp_path / "tree/file.swift").symlink_to("../outside/secret.swift")
    (tmp_path / "tree/folder").symlink_to("../outside")
    (tmp_path / "tree/root").symlink_to("/")
    tree = walk(tmp_path / "tree")
    assert names(tree) == ["x.swift"]
    assert [(n.kind, n.path) for n in tree.notifications] == [
        ("outside-link", "file.swift"),
        ("outside-link", "folder"),
        ("outside-link", "root"),
    ]


@posix
def test_a_named_path_that_is_a_link(tmp_path: Path):
    make(tmp_path, "real/x.swift")
    (tmp_path / "link").symlink_to("real")
    assert find_root([str(tmp_path / "link")]) == str((tmp_path / "real").resolve())
    assert names(walk(tmp_path, "link")) == ["real/x.swift"]


# What cannot be read


@posix
@pytest.mark.parametrize("kind", ["fifo", "socket"])
def test_special_files_are_never_opened(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    make(tmp_path, "x.swift")
    if kind == "fifo":
        os.mkfifo("pipe.swift")
    else:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind("pipe.swift")
    Path("link.swift").symlink_to("pipe.swift")
    tree = walk(tmp_path)
    assert names(tree) == ["x.swift"]
    assert [(n.kind, n.path) for n in tree.notifications] == [
        ("special-file", "link.swift"),
        ("special-file", "pipe.swift"),
    ]


@posix
def test_an_ignore_file_that_is_a_fifo(tmp_path: Path):
    make(tmp_path, "x.swift")
    os.mkfifo(tmp_path / ".gitignore")
    assert names(walk(tmp_path)) == ["x.swift"]


def test_an_unreadable_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    make(tmp_path, "x.swift", "closed/y.swift")
    scandir = os.scandir

    def refusing(path: str):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(walking.os, "scandir", refusing)
    tree = walk(tmp_path)
    assert names(tree) == ["x.swift"]
    (notification,) = tree.notifications
    assert (notification.kind, notification.level, notification.path) == (
        "unreadable-folder",
        "warning",
        "closed",
    )
    assert "Permission denied" in notification.text


@posix
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS refuses names that are no UTF-8")
def test_names_that_are_no_text(tmp_path: Path):
    make(tmp_path, "new\nline.swift", "spa ce/ümlaut.swift")
    odd = os.fsencode(tmp_path) + b"/od\xffd.swift"
    Path(os.fsdecode(odd)).write_text("let a = 1", encoding="utf-8")
    tree = walk(tmp_path)
    assert [os.fsencode(name) for name in names(tree)] == [
        b"new\nline.swift",
        b"od\xffd.swift",
        "spa ce/ümlaut.swift".encode(),
    ]


def test_deep_folders(tmp_path: Path):
    deep = "/".join(["d"] * 300)
    make(tmp_path, "x.swift", f"{deep}/y.swift")
    assert names(walk(tmp_path)) == [f"{deep}/y.swift", "x.swift"]


def test_a_folder_with_a_source_file_s_name(tmp_path: Path):
    make(tmp_path, "Dir.swift/x.swift")
    tree = walk(tmp_path)
    assert names(tree) == ["Dir.swift/x.swift"]
    assert tree.notifications == []


# Roots


def test_the_root_is_the_repository(tmp_path: Path):
    make(tmp_path, "repo/.git/HEAD", "repo/a/x.swift", "repo/b/y.swift", "plain/c/z.swift")
    root = tmp_path.resolve()
    assert find_root([str(tmp_path / "repo/a")]) == str(root / "repo")
    assert find_root([str(tmp_path / "repo/a/x.swift")]) == str(root / "repo")
    assert find_root([str(tmp_path / "repo/a"), str(tmp_path / "repo/b")]) == str(root / "repo")
    assert find_root([str(tmp_path / "plain/c")]) == str(root / "plain/c")
    assert find_root([str(tmp_path / "plain/c/z.swift")]) == str(root / "plain/c")


# Ignore files


def test_nested_ignore_files_and_negation(tmp_path: Path):
    make(
        tmp_path,
        "a/keep.swift",
        "a/drop.swift",
        "a/b/drop.swift",
        "gen/x.swift",
        "gen/y.swift",
        "out/z.swift",
    )
    make(tmp_path, ".gitignore", text="drop.swift\ngen/*\n!gen/y.swift\n/out/\n")
    make(tmp_path, "a/b/.gitignore", text="!drop.swift\n")
    tree = walk(tmp_path)
    assert names(tree) == ["a/b/drop.swift", "a/keep.swift", "gen/y.swift"]
    assert skipped(tree) == {"a/drop.swift": "ignored", "gen/x.swift": "ignored", "out": "ignored"}
    assert len(names(walk(tmp_path, use_ignore_files=False))) == 6


def test_ignore_files_above_a_named_folder_count(tmp_path: Path):
    make(tmp_path, "a/b/x.swift", "a/b/x.generated.swift")
    make(tmp_path, ".gitignore", text="*.generated.swift\n")
    assert names(walk(tmp_path, "a/b")) == ["a/b/x.swift"]


def test_exclusions_of_a_configuration(tmp_path: Path):
    make(tmp_path, "a/x.swift", "Legacy/y.swift", "a/Legacy/z.swift")
    make(tmp_path, "a/.gitignore", text="!Legacy\n")
    assert names(walk(tmp_path, exclude=("Legacy/",))) == ["a/x.swift"]


def test_patterns_that_make_no_sense(tmp_path: Path):
    make(tmp_path, "x.swift", "y.swift")
    traps = [
        "!",
        "[z-a].swift",
        "[",
        "a" * 5000,
        "**/*a*a*a*a*a*a*a*a*b",
        "\\",
        "x\\",
        "\x00",
        "é\udcff",
        "y.*",
    ]
    text = "\n".join(traps).encode("utf-8", "surrogateescape")
    (tmp_path / ".gitignore").write_bytes(text)
    tree = walk(tmp_path)
    assert names(tree) == ["x.swift"]
    assert {notification.kind for notification in tree.notifications} == {"bad-ignore-pattern"}
    assert {notification.path for notification in tree.notifications} == {".gitignore"}


FOLDERS = ["", "a/", "a/b/", "build/", "a/build/", "foo/", "foo/bar/", "Sources/gen/", "x y/"]
FILES = ["a.swift", "b.m", "Gen.swift", "gen.h", "#a.swift", "!b.m", "foo.swift", "a b.swift", "t.swift"]
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is the reference")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    make(root, *(folder + file for folder in FOLDERS for file in FILES))
    subprocess.run(["git", "-C", str(root), "init", "-q"], check=True)
    return root


def as_git_lists(root: Path) -> list[str]:
    """The sources that git does not ignore, by no rules but the tree's own."""
    listing = ["ls-files", "-z", "--others", "--exclude-standard", "--", "*.swift", "*.m", "*.h"]
    command = ["git", "-C", str(root), "-c", "core.excludesFile=", *listing]
    listed = subprocess.run(command, check=True, capture_output=True).stdout
    return sorted(os.fsdecode(name) for name in listed.split(b"\0") if name)


@needs_git
def test_ignoring_as_git_does(repository: Path):
    make(
        repository,
        ".gitignore",
        text="# comment\nbuild/\n!a/build/\n*.h\n!a/b/gen.h\n/foo/*\n!/foo/bar\nGen.sw?ft\n\\#a.swift\n"
        "\\!b.m\n**/gen/**\n!**/gen/t.swift\nx\\ y/a*\na b.swift \n[t-u].swift\n!foo.swift\n  \n",
    )
    make(repository, "a/.gitignore", text="/b.m\n!Gen.swift\nb/t*\n")
    make(repository, "a/b/.gitignore", text="!t.swift\n*\n!*.swift\n!.gitignore\n")
    wanted = as_git_lists(repository)
    assert wanted
    assert names(walk(repository)) == wanted


WORDS = (
    "a b foo bar build gen Sources * ** f* *o *.swift *.m *.h a.swift b.m Gen.swift gen.* ?.m [ab].* *a* t.*t"
)
segments = st.sampled_from([*WORDS.split(), "x y", "a b.swift", "#a.swift", "\\#*"])
patterns = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "!", "/", "!/", ""]),
    st.lists(segments, min_size=1, max_size=3).map("/".join),
    st.sampled_from(["", "", "/"]),
    st.sampled_from(["", "", "\r", " "]),
)


@needs_git
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(patterns, max_size=6), st.lists(patterns, max_size=2))
def test_any_patterns_mean_what_they_mean_to_git(repository: Path, root: list[str], inner: list[str]):
    make(repository, ".gitignore", text="\n".join(root))
    make(repository, "a/.gitignore", text="\n".join(inner))
    make(repository, "a/b/.gitignore", text="")
    assert names(walk(repository)) == as_git_lists(repository)
