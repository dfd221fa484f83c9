"""SARIF: valid, in GitHub's profile, and the same bytes for the same tree."""

import io
import json
import warnings
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest
import sarif_om
from backhaul.findings.finding import Finding, Step
from backhaul.reporters import sarif, sarif_results
from backhaul.reporters.sarif_serialiser import to_json
from backhaul.scan import PartialFile
from backhaul.sources.notification import Notification
from multitool import UnavailableError, validate
from small_report import SESSIONS, UPLOADER, make_card, spot

SCHEMA = json.loads((Path(__file__).parents[1] / "data" / "sarif-schema-2.1.0.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft4Validator(SCHEMA)
RULE = "background-upload-from-data"


def written(contents) -> str:
    stream = io.StringIO()
    sarif.write(contents, stream)
    return stream.getvalue()


def log_of(contents) -> dict:
    """The log, checked against the schema and against what GitHub asks for beyond it."""
    log = json.loads(written(contents))
    assert [error.message for error in VALIDATOR.iter_errors(log)] == []
    assert len(log["runs"]) == 1
    for result in log["runs"][0]["results"]:
        assert result["message"]["text"]
        assert len(result["locations"]) == 1
        region = result["locations"][0]["physicalLocation"]["region"]
        assert {"startLine", "startColumn", "endLine", "endColumn"} <= region.keys()
        assert "primaryLocationLineHash" in result["partialFingerprints"]
    return log


def run_of(contents) -> dict:
    return log_of(contents)["runs"][0]


def finding(path: str, source: str, needle: str, **fields) -> Finding:
    given = {"severity": "error", "confidence": "high", "arguments": {"subject": "`session`"}, **fields}
    return Finding(RULE, path, *spot(source, needle), **given)


def test_a_result(example):
    [result] = run_of(example)["results"]
    assert result["ruleId"] == RULE
    assert result["ruleIndex"] == 0
    assert result["level"] == "error"
    assert result["message"] == {
        "id": "found",
        "arguments": ["session"],
        "text": "Upload task made from in-memory data on 'session', a background session. "
        'The app stops with an exception ("Uploads from data are not supported."). '
        "How it comes about: [configuration made background here](1).",
    }
    assert result["properties"] == {"confidence": "high", "consequence": "crash"}
    place = result["locations"][0]
    assert place["logicalLocations"] == [{"fullyQualifiedName": "Uploader.send(_:)"}]
    physical = place["physicalLocation"]
    assert physical["artifactLocation"] == {
        "uri": "App/Uploader.swift",
        "uriBaseId": "%SRCROOT%",
        "index": 1,
    }
    assert physical["region"] == {
        "startLine": 5,
        "startColumn": 17,
        "endLine": 5,
        "endColumn": 27,
        "snippet": {"text": "uploadTask"},
    }
    context = physical["contextRegion"]
    assert (context["startLine"], context["endLine"]) == (3, 7)
    assert context["snippet"]["text"] == "\n".join(UPLOADER.splitlines()[2:7])


def test_related_locations_and_the_flow(example):
    [result] = run_of(example)["results"]
    [related] = result["relatedLocations"]
    assert related["id"] == 1
    assert related["message"]["text"] == "Configuration made background here."
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "App/Sessions.swift"
    [flow] = result["codeFlows"]
    steps = flow["threadFlows"][0]["locations"]
    assert [step["location"]["message"]["text"] for step in steps] == [
        "Configuration made background here.",
        "Upload task made from in-memory data on 'session', a background session.",
    ]
    assert [step.get("importance", "important") for step in steps] == ["important", "essential"]


def test_the_rules(example):
    [rule] = run_of(example)["tool"]["driver"]["rules"]
    assert rule["id"] == RULE
    assert rule["name"] == "BackgroundUploadFromData"
    assert rule["shortDescription"]["text"] == "Upload from `Data` on a background session."
    assert rule["fullDescription"]["text"].startswith("The app stops with an exception")
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert rule["messageStrings"]["found"]["text"] == (
        "Upload task made from in-memory data on '{0}', a background session."
    )
    assert rule["properties"] == {
        "tags": ["networking", "background-session", "crash", "swift", "objc"],
        "precision": "high",
        "problem.severity": "error",
    }
    assert rule["helpUri"] == "https://example.com/page"
    assert "[the page](https://example.com/page)" in rule["help"]["markdown"]
    assert "[the page]" not in rule["help"]["text"]
    assert '[String](repeating: "a", count: 2)' in rule["help"]["text"], "code is no link"


def test_a_security_rule_is_ranked_and_names_its_weaknesses(make, tmp_path):
    card = make_card(tmp_path, RULE, consequence="security", cwe=(78, 295), security_severity=7.4)
    files = {"App/Uploader.swift": UPLOADER}
    found = finding("App/Uploader.swift", UPLOADER, "uploadTask")
    [rule] = run_of(make(files, [found], cards=(card,)))["tool"]["driver"]["rules"]
    assert rule["properties"]["security-severity"] == "7.4"
    assert {"security", "external/cwe/cwe-078", "external/cwe/cwe-295"} <= set(rule["properties"]["tags"])


def test_levels_are_always_written(make, tmp_path):
    source = "upload"
    card = make_card(tmp_path, severity="error")
    found = finding("a.swift", source, "upload", severity="warning")
    notification = Notification("too-large", "warning", "too large", "a.swift")
    run = run_of(make({"a.swift": source}, [found], cards=(card,), notifications=[notification]))
    assert run["results"][0]["level"] == "warning"
    assert run["invocations"][0]["toolExecutionNotifications"][0]["level"] == "warning"


def test_no_findings_is_an_empty_list(make):
    run = run_of(make({"a.swift": "x"}, []))
    assert run["results"] == []
    assert run["invocations"] == [{"executionSuccessful": True}]


def test_notifications(make):
    run = run_of(
        make(
            {"a.swift": "x"},
            [],
            notifications=[
                Notification("too-large", "warning", "larger than 8 MB, not read", "Big File.swift"),
                Notification("unused-suppression", "note", "line 3: nothing is suppressed", "a.swift"),
            ],
            partial=[PartialFile("a.swift", 9, 1, 0, 0, 0)],
        )
    )
    [invocation] = run["invocations"]
    execution = invocation["toolExecutionNotifications"]
    assert [n["descriptor"]["id"] for n in execution] == ["too-large", "partial-file"]
    assert execution[0]["message"]["text"] == "Larger than 8 MB, not read."
    assert execution[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "Big%20File.swift"
    assert execution[1]["message"]["text"] == "Parsed in part: 1 of 9 functions not analysed."
    [configuration] = invocation["toolConfigurationNotifications"]
    assert configuration["level"] == "note"


@pytest.mark.parametrize(
    ("seen", "relevant", "analysed", "success"),
    [(0, 0, 0, False), (5, 0, 0, True), (5, 4, 1, False), (5, 4, 2, True)],
)
def test_success(make, seen, relevant, analysed, success):
    contents = make({}, [], files_seen=seen, files_relevant=relevant, files_analysed=analysed)
    assert run_of(contents)["invocations"][0]["executionSuccessful"] is success


ODD_PATHS = ["Home Assistant/a b.swift", "日本/é.swift", "a#b%20c?.swift", "x:y.m", "[a](b).h", "caf\udce9.m"]


@pytest.mark.parametrize("path", ODD_PATHS)
def test_odd_paths(make, path):
    run = run_of(make({path: "upload"}, [finding(path, "upload", "upload")]))
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.isascii()
    assert not set(uri) & set(' #?:[]"<>\\^`{|}')
    assert unquote(uri, errors="surrogateescape") == path
    assert run["artifacts"][0]["location"]["uri"] == uri
    assert run["artifacts"][0]["sourceLanguage"] == ("swift" if path.endswith("swift") else "objectivec")


def test_columns_are_utf16(make):
    source = 'a("😀é"); upload()'
    [result] = run_of(make({"a.swift": source}, [finding("a.swift", source, "upload")]))["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (region["startColumn"], region["endColumn"]) == (11, 17)


def test_a_generated_file_of_one_line_brings_no_context(make):
    source = "x;" * 10_000 + "upload"
    [result] = run_of(make({"a.swift": source}, [finding("a.swift", source, "upload")]))["results"]
    assert "contextRegion" not in result["locations"][0]["physicalLocation"]


def test_a_context_that_would_be_the_region_itself_is_left_out(make):
    [result] = run_of(make({"a.swift": "upload"}, [finding("a.swift", "upload", "upload")]))["results"]
    assert "contextRegion" not in result["locations"][0]["physicalLocation"]


def test_brackets_in_names_make_no_links(make):
    source = "upload"
    steps = (Step("a.m", 0, 1, "stored in `[a](b)` here"),)
    found = finding("a.m", source, "upload", arguments={"subject": "`-[A b](c)`"}, trail=steps)
    [result] = run_of(make({"a.m": source}, [found]))["results"]
    text = result["message"]["text"]
    assert r"on '-\[A b](c)', a background" in text
    assert text.endswith(r"How it comes about: [stored in '\[a\](b)' here](1).")


def test_worst_and_surest_first(make):
    source = "a b c d"
    grades = {"a": ("note", "high"), "b": ("error", "low"), "c": ("error", "high"), "d": ("warning", "high")}
    found = [finding("a.swift", source, n, severity=s, confidence=c) for n, (s, c) in grades.items()]
    results = run_of(make({"a.swift": source}, found))["results"]
    columns = [r["locations"][0]["physicalLocation"]["region"]["startColumn"] for r in results]
    assert columns == [5, 3, 7, 1]


def test_more_results_than_github_takes(make, monkeypatch):
    monkeypatch.setattr(sarif, "MOST_RESULTS", 2)
    source = "a b c"
    run = run_of(make({"a.swift": source}, [finding("a.swift", source, n) for n in "abc"]))
    assert len(run["results"]) == 2
    [notification] = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["message"]["text"] == "1 finding left out: a log holds at most 2."


def test_a_file_that_is_gone_still_has_a_place(make):
    log = json.loads(written(make({}, [Finding(RULE, "gone.swift", 5, 9, "error", "high")])))
    assert [error.message for error in VALIDATOR.iter_errors(log)] == []
    assert log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 1


def test_the_same_bytes_wherever_the_tree_lies(make, tmp_path):
    text = written(make({"a.swift": "upload"}, [finding("a.swift", "upload", "upload")]))
    assert str(tmp_path) not in text
    assert "Utc" not in text


def test_embedded_files_stay_small(make, monkeypatch):
    monkeypatch.setattr(sarif, "_MOST_EMBEDDED", 10)
    files = {"a.swift": "upload 456", "b.swift": "upload"}
    run = run_of(make(files, [finding(path, text, "upload") for path, text in files.items()]))
    assert ["contents" in artifact for artifact in run["artifacts"]] == [True, False]


def git(root: Path, **files: str) -> None:
    for name, text in files.items():
        file = root / ".git" / name.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


REVISION = "0123456789abcdef0123456789abcdef01234567"
REMOTE = '[remote "origin"]\n\turl = git@github.com:owner/app.git\n'


def test_provenance(make):
    contents = make({"a.swift": "x"}, [])
    git(Path(contents.root), HEAD="ref: refs/heads/main\n", refs__heads__main=REVISION, config=REMOTE)
    assert run_of(contents)["versionControlProvenance"] == [
        {
            "repositoryUri": "https://github.com/owner/app",
            "revisionId": REVISION,
            "branch": "main",
            "mappedTo": {"uriBaseId": "%SRCROOT%"},
        }
    ]


class TestSerialiser:
    def test_defaults_are_left_out_and_levels_are_not(self):
        result = sarif_om.Result(message=sarif_om.Message(text="a"), rule_index=-1, kind="fail")
        assert json.loads(to_json(result)) == {"message": {"text": "a"}, "level": "warning"}

    def test_made_defaults(self):
        run = sarif_om.Run(tool=sarif_om.Tool(driver=sarif_om.ToolComponent(name="a")), results=[])
        assert json.loads(to_json(run)) == {"tool": {"driver": {"name": "a"}}, "results": []}

    def test_other_objects_are_refused(self):
        with pytest.raises(TypeError):
            to_json(sarif_om.Message(text=object()))

    def test_text_that_is_not_unicode(self):
        assert json.loads(to_json({"a": "caf\udce9"})) == {"a": "caf\\udce9"}


def everything(make):
    """Contents with every part that a log can have."""
    files = {"App/Sessions.swift": SESSIONS, "App/My Uploader.swift": UPLOADER}
    made, used = spot(SESSIONS, "background"), spot(UPLOADER, "uploadTask")
    way = (Step("App/Sessions.swift", *made, "configuration made background here"),)
    arguments = {"subject": "`session`"}
    path = "App/My Uploader.swift"
    found = Finding(RULE, path, *used, "error", "high", symbol="A.b()", arguments=arguments, trail=way)
    short = Finding(RULE, path, *spot(UPLOADER, "send"), "warning", "low", arguments=arguments)
    contents = make(
        files,
        [short, found],
        notifications=[
            Notification("too-large", "warning", "larger than 8 MB, not read", "Big File.swift"),
            Notification("unused-suppression", "note", "line 3: nothing is suppressed", path),
        ],
        partial=[PartialFile(path, 9, 1, 0, 0, 0)],
    )
    git(Path(contents.root), HEAD=REVISION, config=REMOTE)
    return contents


def test_microsofts_validator_finds_nothing_but_the_form_of_ids_and_unreachable_addresses(make, tmp_path):
    log = tmp_path / "log.sarif"
    log.write_text(written(everything(make)), encoding="utf-8")
    try:
        said = validate(log)
    except UnavailableError as reason:
        warnings.warn(f"SARIF was not validated by sarif-multitool: {reason}", stacklevel=1)
        pytest.skip(f"sarif-multitool cannot be had: {reason}")
    allowed = {"SARIF2006", "SARIF2009"}
    if not has_homepage():
        allowed.add("SARIF2005")  # the address of the project, which comes with an installed Backhaul
    assert [remark for remark in said if remark[1] not in allowed] == []
    assert {rule for level, rule, _ in said if level in ("error", "warning")} <= {"SARIF2005"}


def has_homepage() -> bool:
    try:
        return bool(metadata.metadata("backhaul").get_all("Project-URL"))
    except metadata.PackageNotFoundError:
        return False


def test_the_limit_is_githubs():
    assert sarif_results.MOST_RESULTS == 25_000
