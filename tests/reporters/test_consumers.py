"""The formats of other tools, held against what those tools read."""

from __future__ import annotations

import io
import json
from xml.etree import ElementTree

import jsonschema
import pytest
from backhaul.findings.finding import Finding
from backhaul.reporters import reporter
from junitparser import Failure, JUnitXml

RULE = "background-upload-from-data"

# What https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format asks for.
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "location", "severity"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!\./|/).+"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}

# Elements and attributes that the schema junit-10.xsd of Jenkins' xUnit plugin knows, of those in use here.
JENKINS = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "time", "skipped", "timestamp", "hostname", "id"},
    "testcase": {"name", "classname", "time", "group"},
    "failure": {"type", "message"},
}

# What Checkstyle's own XMLLogger writes, which is the only description of its format.
CHECKSTYLE = {
    "checkstyle": {"version"},
    "file": {"name"},
    "error": {"line", "column", "severity", "message", "source"},
}


def written(format_name: str, contents) -> str:
    stream = io.StringIO()
    reporter(format_name).write(contents, stream)
    return stream.getvalue()


@pytest.fixture(params=["one finding", "many findings", "none"])
def contents(request, make, example):
    if request.param == "one finding":
        return example
    if request.param == "none":
        return make({"a.swift": ""}, [])
    grades = [("note", "low"), ("warning", "medium"), ("error", "high")]
    found = [
        Finding(RULE, path, 5 * n, 5 * n + 4, *grades[n % 3])
        for path in ("a b/<c>.swift", "gone.m")
        for n in range(9)
    ]
    return make({"a b/<c>.swift": "call\n" * 9}, found)


def test_gitlab_takes_the_report(contents):
    report = json.loads(written("gitlab", contents))
    jsonschema.validate(report, GITLAB)
    marks = [issue["fingerprint"] for issue in report]
    assert len(set(marks)) == len(marks) == len(contents.findings), "GitLab shows one issue of a fingerprint"


def test_a_reader_of_junit_takes_the_report(contents):
    suites = list(JUnitXml.fromstring(written("junit", contents).encode()))
    cases = [case for suite in suites for case in suite]
    failures = [result for case in cases for result in case.result if isinstance(result, Failure)]
    assert len(failures) == len(contents.findings)
    assert sum(suite.failures for suite in suites) == len(failures)
    assert sum(suite.tests for suite in suites) == len(cases) >= 1
    assert all(case.name and case.classname for case in cases)


@pytest.mark.parametrize(("format_name", "known"), [("junit", JENKINS), ("checkstyle", CHECKSTYLE)])
def test_xml_has_nothing_that_its_readers_do_not_know(contents, format_name, known):
    for element in ElementTree.fromstring(written(format_name, contents).encode()).iter():
        assert set(element.attrib) <= known[element.tag]


def test_checkstyle_has_severities_and_places_that_its_readers_know(contents):
    errors = list(ElementTree.fromstring(written("checkstyle", contents).encode()).iter("error"))
    assert len(errors) == len(contents.findings)
    for error in errors:
        assert error.attrib["severity"] in {"ignore", "info", "warning", "error"}
        assert int(error.attrib["line"]) >= 1
        assert int(error.attrib["column"]) >= 1
