"""The formats for programs."""

import io
import json
from pathlib import Path
from xml.etree import ElementTree

import backhaul
import jsonschema
import pytest
from backhaul.findings.finding import CONFIDENCES, SEVERITIES, Finding, Step
from backhaul.reporters import FORMATS, reporter
from backhaul.reporters.contents import CONSEQUENCES, Contents
from backhaul.scan import PartialFile
from backhaul.sources.notification import Notification
from backhaul.sources.walking import Skipped

RULE = "background-upload-from-data"


def written(format_name: str, contents) -> str:
    stream = io.StringIO()
    reporter(format_name).write(contents, stream)
    return stream.getvalue()


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_takes_an_empty_report(make, format_name):
    written(format_name, make({}, [], files_seen=0, files_relevant=0, files_analysed=0))


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_takes_a_file_that_is_gone(make, format_name):
    assert "gone" in written(format_name, make({}, [Finding(RULE, "gone.swift", 5, 9, "note", "low")]))


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_gives_the_same_bytes_again(example, format_name):
    assert written(format_name, example) == written(format_name, example)


def test_json(example):
    report = json.loads(written("json", example))
    [finding] = report["findings"]
    assert report["version"] == 1
    assert finding | {"fingerprint": "", "trail": []} == {
        "rule": RULE,
        "title": "Upload from `Data` on a background session",
        "severity": "error",
        "confidence": "high",
        "consequence": "crash",
        "message": "Upload task made from in-memory data on `session`, a background session.",
        "path": "App/Uploader.swift",
        "region": {"startLine": 5, "startColumn": 17, "endLine": 5, "endColumn": 27},
        "symbol": "Uploader.send(_:)",
        "fingerprint": "",
        "trail": [],
    }
    assert finding["trail"][0] == {
        "message": "Configuration made background here.",
        "path": "App/Sessions.swift",
        "region": {"startLine": 3, "startColumn": 45, "endLine": 3, "endColumn": 55},
    }
    assert report["summary"] == {
        "error": 1,
        "warning": 0,
        "note": 0,
        "filesSeen": 2,
        "filesRelevant": 1,
        "filesAnalysed": 1,
        "heldBack": {},
    }


def test_json_names_everything_that_was_not_seen(make):
    contents = make(
        {},
        [],
        notifications=[Notification("too-large", "warning", "larger than 8 MB", "caf\udce9.m")],
        partial=[PartialFile("a.swift", 9, 1, 2, 3, 4)],
        skipped=[Skipped("Pods", "vendored")],
        held_back={"in tests": 2},
    )
    report = json.loads(written("json", contents))
    assert report["notifications"] == [
        {"kind": "too-large", "level": "warning", "message": "Larger than 8 MB.", "path": "caf%E9.m"}
    ]
    assert report["partial"] == [
        {"path": "a.swift", "functions": 9, "lost": 1, "damaged": 2, "declarations": 3, "badDeclarations": 4}
    ]
    assert report["skipped"] == [{"path": "Pods", "reason": "vendored"}]
    assert report["summary"]["heldBack"] == {"in tests": 2}


SCHEMA = json.loads(Path(backhaul.__file__).with_name("schemas").joinpath("report.schema.json").read_text())


def closed(schema: object) -> object:
    """``schema`` without room for keys that it does not name: the tool's own output has none."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(part) for key, part in schema.items()}
    return {"additionalProperties": False, **inner} if "properties" in inner else inner


def full_report(make) -> Contents:
    found = [
        Finding(RULE, "a.swift", 0, 4, "error", "high", "f()", trail=(Step("gone.swift", 0, 1, "x"),)),
        Finding(RULE, "gone.swift", 5, 9, "note", "low"),
    ]
    return make(
        {"a.swift": "call()"},
        found,
        notifications=[Notification("too-large", "warning", "larger than 8 MB", "caf\udce9.m")],
        partial=[PartialFile("a.swift", 9, 1, 2, 3, 4)],
        skipped=[Skipped("Pods", "vendored")],
        held_back={"in tests": 2},
    )


def test_json_is_what_its_schema_says(make, example):
    assert SCHEMA["$id"] == json.loads(written("json", example))["$schema"]
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for contents in (example, full_report(make), make({}, [])):
        jsonschema.validate(json.loads(written("json", contents)), closed(SCHEMA))


def test_the_schema_of_json_tells_wrong_reports(example):
    report = json.loads(written("json", example))
    report["findings"][0]["region"]["startLine"] = 0
    with pytest.raises(jsonschema.ValidationError, match="minimum"):
        jsonschema.validate(report, SCHEMA)


@pytest.mark.parametrize(
    ("key", "values"),
    [("severity", SEVERITIES), ("confidence", CONFIDENCES), ("consequence", CONSEQUENCES)],
)
def test_the_schema_of_json_knows_every_value(key, values):
    assert set(SCHEMA["$defs"]["finding"]["properties"][key]["enum"]) == set(values)


def test_xcode(example):
    root = example.root
    assert written("xcode", example) == (
        f"{root}/App/Uploader.swift:5:17: error: Upload task made from in-memory data on `session`, "
        f"a background session. ({RULE})\n"
        f"{root}/App/Sessions.swift:3:45: note: Configuration made background here.\n"
    )


def test_xcode_names_files_read_in_part(make):
    contents = make({}, [], partial=[PartialFile("a.swift", 9, 1, 0, 0, 0)])
    assert written("xcode", contents) == (
        f"{contents.root}/a.swift:1:1: note: Parsed only in part: 1 of 9 functions not analysed.\n"
    )


def test_github(example):
    assert written("github", example) == (
        "::error file=App/Uploader.swift,line=5,endLine=5,col=17,endColumn=27,"
        f"title={RULE}%3A Upload from `Data` on a background session::"
        "Upload task made from in-memory data on `session`, a background session."
        "%0AApp/Sessions.swift:3:45: Configuration made background here.\n"
    )


def test_github_commands_cannot_be_forged(make):
    path = "a,b:c%\n::set-output name=x::y.swift"
    found = Finding(RULE, path, 0, 6, "error", "high", arguments={"subject": "x\r\n::warning::100%"})
    lines = written("github", make({path: "upload"}, [found])).splitlines()
    [command] = lines
    assert command.startswith("::error file=a%2Cb%3Ac%25␊%3A%3Aset-output name=x%3A%3Ay.swift,line=1,")
    assert command.endswith("on x␍␊::warning::100%25, a background session.")


def test_github_shows_the_most_urgent_first(make):
    grades = [("note", "high"), ("error", "low"), ("warning", "high"), ("error", "high")]
    found = [Finding(RULE, "a.swift", n, n + 1, *grade) for n, grade in enumerate(grades)]
    report = written("github", make({"a.swift": "abcd"}, found, partial=[PartialFile("b.m", 1, 1, 0, 0, 0)]))
    assert [line.split(" ")[0] for line in report.splitlines()] == [
        "::error",
        "::error",
        "::warning",
        "::notice",
        "::notice",
    ]
    assert ",col=4," in report.splitlines()[0]
    assert report.endswith("::notice title=Backhaul::1 file could be parsed only in part.\n")


def test_a_range_over_lines_has_no_columns(make):
    found = Finding(RULE, "a.swift", 0, 9, "error", "high")
    assert "line=1,endLine=2,title" in written("github", make({"a.swift": "call(\n  a)"}, [found]))


def test_gitlab(example):
    [issue] = json.loads(written("gitlab", example))
    assert issue == {
        "description": "Upload task made from in-memory data on `session`, a background session.",
        "check_name": RULE,
        "fingerprint": example.fingerprints[0],
        "severity": "critical",
        "location": {"path": "App/Uploader.swift", "lines": {"begin": 5}},
    }


def test_checkstyle(example):
    [file] = ElementTree.fromstring(written("checkstyle", example))
    assert file.attrib == {"name": "App/Uploader.swift"}
    assert [error.attrib for error in file] == [
        {
            "line": "5",
            "column": "17",
            "severity": "error",
            "message": "Upload task made from in-memory data on `session`, a background session.",
            "source": f"backhaul.{RULE}",
        }
    ]


def test_junit(example):
    suites = ElementTree.fromstring(written("junit", example))
    assert (suites.attrib["tests"], suites.attrib["failures"]) == ("1", "1")
    [[case]] = suites
    assert case.attrib == {"name": f"{RULE} 5:17", "classname": "App/Uploader.swift"}
    assert case[0].attrib["type"] == "error"
    assert case[0].text == (
        "App/Uploader.swift:5:17: Upload task made from in-memory data on `session`, a background session.\n"
        "App/Sessions.swift:3:45: Configuration made background here."
    )


def test_junit_of_a_clean_tree_is_a_test_that_passed(make):
    [[case]] = ElementTree.fromstring(written("junit", make({}, [])))
    assert list(case) == []


@pytest.mark.parametrize("format_name", ["checkstyle", "junit"])
def test_xml_is_well_formed_whatever_the_names(make, format_name):
    path = "a<&\"'>\x01\x1b\ufffe\udce9.swift"
    found = Finding(RULE, path, 0, 6, "error", "high", arguments={"subject": "]]>\x00\uffff<b>"})
    report = written(format_name, make({path: "upload"}, [found]))
    [suite] = ElementTree.fromstring(report.encode())
    assert suite.attrib["name"] == "a<&\"'>␁␛<U+FFFE><0xE9>.swift"
