import tempfile
from pathlib import Path

import pytest
from backhaul.projects import project_of
from backhaul.rules import load_rules
from backhaul.sources.project import Product, ProjectFacts
from backhaul.sources.walking import WalkOptions, find_sources
from hypothesis import given, settings
from hypothesis import strategies as st

MANIFEST = """
name: App
options: { deploymentTarget: { iOS: 16.0, macOS: "13.0" } }
include: [Watch/target.yml, { path: Kit/kit.yml, relativePaths: false }, missing.yml, project.yml]
configs: { Debug: debug, Release: release }
settings: { COMPANY: org.x }
settingGroups:
  signed: { CODE_SIGN_ENTITLEMENTS: App/App.entitlements }
targetTemplates:
  Extension:
    type: app-extension
    platform: iOS
    sources: ["${target_name}"]
    info: { path: "${target_name}/Info.plist" }
targets:
  App:
    type: application
    platform: iOS
    sources:
      - path: App
        excludes: [Generated, "**/*.generated.swift"]
      - path: Notes
        buildPhase: none
      - Shared/Both.swift
    info:
      path: App/Info.plist
      properties:
        UIBackgroundModes: [fetch]
        BGTaskSchedulerPermittedIdentifiers: [$(PRODUCT_BUNDLE_IDENTIFIER).refresh]
    settings:
      groups: [signed]
      base: { PRODUCT_BUNDLE_IDENTIFIER: "$(COMPANY).app$(SUFFIX)" }
      configs: { debug: { SUFFIX: .debug }, release: { SUFFIX: "" } }
    postBuildScripts: [{ script: "plutil -insert" }]
  Share: { templates: [Extension] }
  Cross: { type: application, platform: [iOS, macOS], sources: C, settings: { GENERATE_INFOPLIST_FILE: yes } }
"""
WATCH = "targets: { Watch: { type: application, platform: watchOS, sources: [.], deploymentTarget: 9.0 } }"
KIT = "targets: { Kit: { type: framework, platform: iOS, sources: Kit } }"


def write(root: Path, files: dict[str, str]) -> ProjectFacts:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return project_of(find_sources(str(root), WalkOptions()), load_rules())


@pytest.fixture
def project(tmp_path: Path) -> ProjectFacts:
    files = {"ios/project.yml": MANIFEST, "ios/Watch/target.yml": WATCH, "ios/Kit/kit.yml": KIT}
    files["ios/App/App.entitlements"] = "<plist version='1.0'><dict><key>a</key><true/></dict></plist>"
    files["ios/Share/Info.plist"] = "<plist version='1.0'><dict><key>NSExtension</key><dict/></dict></plist>"
    return write(tmp_path, files)


@pytest.mark.parametrize(
    ("path", "names", "kinds", "platforms"),
    [
        ("ios/App/a/x.swift", ["App"], {"app"}, {"ios"}),
        ("ios/App/Generated/x.swift", [], set(), set()),
        ("ios/App/a/x.generated.swift", [], set(), set()),
        ("ios/Notes/x.swift", [], set(), set()),
        ("ios/Shared/Both.swift", ["App"], {"app"}, {"ios"}),
        ("ios/Share/x.swift", ["Share"], {"extension"}, {"ios"}),
        ("ios/Watch/x.swift", ["Watch"], {"watch"}, {"watchos"}),
        ("ios/Kit/x.swift", ["Kit"], {"library"}, {"ios"}),
        ("ios/C/x.swift", ["Cross", "Cross"], {"app"}, {"ios", "macos"}),
    ],
)
def test_targets(project: ProjectFacts, path: str, names: list[str], kinds: set[str], platforms: set[str]):
    assert [target.name for target in project.targets(path)] == names
    assert project.kinds(path) == kinds
    assert project.platforms(path) == platforms
    assert project.notifications == []


def modes(product: Product) -> object:
    assert product.information is not None
    return product.information.values["BGTaskSchedulerPermittedIdentifiers"]


def test_what_the_products_are_built_with(project: ProjectFacts):
    debug, release = project.products("ios/App/x.swift")
    assert (modes(debug), modes(release)) == (["org.x.app.debug.refresh"], ["org.x.app.refresh"])
    assert release.entitlements is not None
    assert release.entitlements.values == {"a": True}
    assert release.target.scripts == ("plutil -insert",)
    assert release.is_for_older("16.1")
    share = project.products("ios/Share/x.swift")[0]
    assert share.information is not None
    assert share.information.path == "ios/Share/Info.plist"
    cross = project.products("ios/C/x.swift")[0]
    assert cross.information is not None
    assert cross.information.path == "ios/project.yml"


BOMB = "a0: &a0 [x, x]\n" + "\n".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))


@pytest.mark.parametrize(
    "text",
    [
        "targets: [",
        "targets: {a: !!python/object:os.system x}",
        BOMB,
        "a: " + "[" * 5000,
        "x" * 600_000,
        "\x00",
    ],
    ids=["cut", "code", "bomb", "deep", "large", "nul"],
)
def test_a_bad_manifest_is_told_once(tmp_path: Path, text: str):
    project = write(tmp_path, {"project.yml": text})
    assert project.kinds("x.swift") == set()
    assert project.kinds("y.swift") == set()
    assert [(n.kind, n.path) for n in project.notifications] == [("bad-project-file", "project.yml")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a",
        "targets: x",
        "targets: {A: 1, B: {type: [], platform: {}, sources: {path: 1}, settings: 2}}",
    ],
)
def test_other_files_of_that_name_say_nothing(tmp_path: Path, text: str):
    project = write(tmp_path, {"project.yml": text})
    assert project.kinds("x.swift") == set()
    assert project.notifications == []


@settings(max_examples=60)
@given(st.integers(0, len(MANIFEST)), st.text(st.sampled_from("[]{}:-,&*a \n\"'"), max_size=20))
def test_any_damage(at: int, text: str):
    with tempfile.TemporaryDirectory() as name:
        project = write(Path(name), {"project.yml": MANIFEST[:at] + text + MANIFEST[at + len(text) :]})
        project.products("App/x.swift")
        assert len(project.notifications) <= 1
