import tempfile
from pathlib import Path

import pytest
from backhaul.projects import project_of
from backhaul.rules import load_rules
from backhaul.sources.project import ProjectFacts
from backhaul.sources.walking import WalkOptions, find_sources
from hypothesis import given, settings
from hypothesis import strategies as st

MANIFEST = """
import ProjectDescription // .target(name: "Commented", product: .app)
let name = "x"
let project = Project(name: "App", targets: [
    .target(
        name: "App", destinations: [.iPhone, .iPad], product: .app, bundleId: "org.x.app",
        infoPlist: .file(path: "App/Info.plist"),
        sources: ["App/**", "Shared/Both.swift"],
        entitlements: "App/App.entitlements",
        scripts: [.pre(script: "plutil -insert", name: "x")],
        dependencies: [.target(name: "Kit"), .external(name: "Y")]
    ),
    .target(name: "Kit", destinations: .iOS, product: .framework, bundleId: "k", sources: "Kit/**"),
    Target(name: "Tests", platform: .iOS, product: .unitTests, infoPlist: .default, sources: ["Tests/**"]),
    .target(name: "Made", destinations: .iOS, product: .app, bundleId: "org.x.made",
            infoPlist: .extendingDefault(with: [
        "UIBackgroundModes": ["fetch", .string("processing")], "Flag": true, "Number": .integer(1),
        "Nested": .dictionary(["a": [:], "b": []]), "Id": "$(PRODUCT_BUNDLE_IDENTIFIER).refresh",
    ]), sources: ["Made/**"]),
    .target(name: "Computed", destinations: destinations, product: .app, bundleId: id(name),
        infoPlist: .extendingDefault(with: ["UIBackgroundModes": modes]), sources: ["Computed/**"]),
    .target(name: name, product: .app, sources: ["Other/**"]),
])
"""


def write(root: Path, files: dict[str, str]) -> ProjectFacts:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return project_of(find_sources(str(root), WalkOptions()), load_rules())


@pytest.fixture
def project(tmp_path: Path) -> ProjectFacts:
    plist = "<plist version='1.0'><dict><key>a</key><true/></dict></plist>"
    return write(tmp_path, {"ios/Project.swift": MANIFEST, "ios/App/Info.plist": plist})


@pytest.mark.parametrize(
    ("path", "names", "kinds"),
    [
        ("ios/App/a/x.swift", ["App"], {"app"}),
        ("ios/Shared/Both.swift", ["App"], {"app"}),
        ("ios/Kit/x.swift", ["Kit"], {"library"}),
        ("ios/Tests/x.swift", ["Tests"], {"tests"}),
        ("ios/Computed/x.swift", ["Computed"], {"app"}),
        ("ios/Other/x.swift", [], set()),
    ],
)
def test_targets(project: ProjectFacts, path: str, names: list[str], kinds: set[str]):
    assert [target.name for target in project.targets(path)] == names
    assert project.kinds(path) == kinds


def test_what_the_products_are_built_with(project: ProjectFacts):
    (app,) = project.products("ios/App/x.swift")
    assert app.information is not None
    assert app.information.values == {"a": True}
    assert app.target.platforms == {"ios"}
    assert app.target.scripts == ('"plutil -insert"', '"x"')
    (made,) = project.products("ios/Made/x.swift")
    assert made.information is not None
    assert made.information.values == {
        "UIBackgroundModes": ["fetch", "processing"],
        "Flag": True,
        "Number": 1,
        "Nested": {"a": {}, "b": []},
        "Id": "org.x.made.refresh",
    }
    (computed,) = project.products("ios/Computed/x.swift")
    assert computed.information is None
    assert computed.target.platforms == set()


def test_another_file_of_that_name(tmp_path: Path):
    project = write(tmp_path, {"Models/Project.swift": "struct Project { let name: String }"})
    assert project.kinds("Models/x.swift") == set()
    assert project.notifications == []


@settings(max_examples=60)
@given(st.integers(0, len(MANIFEST)), st.text(st.sampled_from('[](),:."x\\'), max_size=30))
def test_any_damage(at: int, text: str):
    with tempfile.TemporaryDirectory() as name:
        project = write(Path(name), {"Project.swift": MANIFEST[:at] + text + MANIFEST[at + len(text) :]})
        project.products("App/x.swift")
        assert project.notifications == []


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "Target(" * 5_000, '.target(name: "a", product: [' + "[" * 50_000]
)
def test_deep_nesting(tmp_path: Path, text: str):
    project = write(tmp_path, {"Project.swift": f"import ProjectDescription\n{text}"})
    assert project.kinds("x.swift") == set()
