"""Which modules of a tree make one program."""

from __future__ import annotations

from backhaul.analysis.products import programs_of
from backhaul.frontends import read_module

APP = "class AppDelegate: AppBase { }"
OTHER = "class Helper { }"


def programs(files: dict[str, str], tests: tuple[str, ...] = ()) -> list[list[str]]:
    modules = [read_module(path, text.encode()) for path, text in files.items()]
    return [[m.path for m in program] for program in programs_of(modules, ["AppBase"], tests)]


def test_one_application_is_one_program():
    assert programs({"App/A.swift": APP, "Shared/S.swift": OTHER}) == [["App/A.swift", "Shared/S.swift"]]


def test_no_application_is_one_program():
    assert programs({"A.swift": OTHER, "B.swift": OTHER}) == [["A.swift", "B.swift"]]


def test_two_applications_share_what_is_beside_them():
    files = {"One/App/A.swift": APP, "One/H.swift": OTHER, "Two/A.swift": APP, "Shared/S.swift": OTHER}
    assert programs(files) == [
        ["One/App/A.swift", "One/H.swift", "Shared/S.swift"],
        ["Shared/S.swift", "Two/A.swift"],
    ]


def test_an_application_at_the_root_owns_everything():
    assert len(programs({"A.swift": APP, "Example/A.swift": APP})) == 1


def test_applications_of_tests_do_not_count():
    assert len(programs({"App/A.swift": APP, "Tests/A.swift": APP}, ("Tests/A.swift",))) == 1


def test_extensions_of_an_application_type_are_none():
    files = {"App/A.swift": APP, "Lib/E.swift": "extension AppDelegate: AppBase { }"}
    assert len(programs(files)) == 1
