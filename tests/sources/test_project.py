import plistlib
import tempfile
from pathlib import Path

import pytest
from backhaul.projects import project_of
from backhaul.rules import load_rules
from backhaul.sources.project import Product, ProjectFacts
from backhaul.sources.walking import WalkOptions, find_sources
from hypothesis import given, settings
from hypothesis import strategies as st


def facts(root: Path) -> ProjectFacts:
    return project_of(find_sources(str(root), WalkOptions()), load_rules())


def write(root: Path, path: str, text: str | bytes = "") -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())


def info(**values: object) -> bytes:
    return plistlib.dumps(values)


PROJECT = """// !$*UTF8*$!
{ objects = {
P = { isa = PBXProject; mainGroup = G; buildConfigurationList = CLP; targets = (TA, TE, TW, TT); };
CLP = { isa = XCConfigurationList; buildConfigurations = (CP); };
CP = { isa = XCBuildConfiguration; buildSettings = { SDKROOT = iphoneos; }; };
G = { isa = PBXGroup; children = (GA, GS, RX, RD); sourceTree = "<group>"; };
GA = { isa = PBXGroup; children = (RA, RAH, RE, RT, RW); path = App; sourceTree = "<group>"; };
GS = { isa = PBXGroup; children = (RS); name = Virtual; sourceTree = "<group>"; };
RA = { isa = PBXFileReference; path = AppDelegate.m; sourceTree = "<group>"; };
RAH = { isa = PBXFileReference; path = AppDelegate.h; sourceTree = "<group>"; };
RE = { isa = PBXFileReference; path = "Share Extension/Share.swift"; sourceTree = "<group>"; };
RT = { isa = PBXFileReference; name = Checks.swift; path = Checks/Checks.swift; sourceTree = SOURCE_ROOT; };
RW = { isa = PBXFileReference; path = Watch.swift; sourceTree = "<group>"; };
RS = { isa = PBXFileReference; path = Shared.swift; sourceTree = "<group>"; };
RX = { isa = PBXFileReference; path = usr/lib/libz.tbd; sourceTree = SDKROOT; };
RD = { isa = PBXFileReference; path = ../../outside.swift; sourceTree = "<group>"; };
TA = { isa = PBXNativeTarget; name = App; productType = "com.apple.product-type.application";
  buildPhases = (BA); buildConfigurationList = CLA; };
BA = { isa = PBXSourcesBuildPhase; files = (F1, F2, F3, F4); };
F1 = { fileRef = RA; }; F2 = { fileRef = RS; }; F3 = { fileRef = RX; }; F4 = { fileRef = RD; };
CLA = { buildConfigurations = (CA1, CA2, missing); };
CA1 = { buildSettings = { INFOPLIST_FILE = "$(SRCROOT)/App/Info.plist"; 
   CODE_SIGN_ENTITLEMENTS = App/App.entitlements;
   INFOPLIST_KEY_NSCameraUsageDescription = "to see"; }; };
CA2 = { buildSettings = { INFOPLIST_FILE = "App/Info.plist"; OTHER = (a, b); }; };
TE = { isa = PBXNativeTarget; name = Share; productType = "com.apple.product-type.app-extension";
  buildPhases = (BE);
  buildConfigurationList = CLE; };
BE = { isa = PBXSourcesBuildPhase; files = (F5, F6); };
F5 = { fileRef = RE; }; F6 = { fileRef = RS; };
CLE = { buildConfigurations = (CE); };
CE = { buildSettings = { INFOPLIST_FILE = "$(UNKNOWN)/Info.plist"; }; };
TW = { isa = PBXNativeTarget; name = Watch; productType = "com.apple.product-type.application";
  buildPhases = (BW);
  buildConfigurationList = CLW; };
BW = { isa = PBXSourcesBuildPhase; files = (F7); };
F7 = { fileRef = RW; };
CLW = { buildConfigurations = (CW); };
CW = { buildSettings = { SDKROOT = watchos; }; };
TT = { isa = PBXNativeTarget; name = AppTests; productType = "com.apple.product-type.bundle.unit-test";
  buildPhases = (BT); };
BT = { isa = PBXSourcesBuildPhase; files = (F8); };
F8 = { fileRef = RT; };
}; rootObject = P; }
"""


def xcode(tmp_path: Path) -> ProjectFacts:
    write(tmp_path, "ios/App.xcodeproj/project.pbxproj", PROJECT)
    write(tmp_path, "ios/App/Info.plist", info(CFBundlePackageType="APPL", UIBackgroundModes=["fetch"]))
    write(
        tmp_path, "ios/App/App.entitlements", info(**{"com.apple.security.application-groups": ["group.a"]})
    )
    return facts(tmp_path)


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("ios/App/AppDelegate.m", {"app"}),
        ("ios/App/Share Extension/Share.swift", {"extension"}),
        ("ios/Shared.swift", {"app", "extension"}),
        ("ios/Checks/Checks.swift", {"tests"}),
        ("ios/App/Watch.swift", {"watch"}),
        ("ios/App/AppDelegate.h", {"app", "watch"}),
        ("ios/Elsewhere/x.swift", set()),
        ("outside.swift", set()),
    ],
)
def test_targets_of_an_xcode_project(tmp_path: Path, path: str, kinds: set[str]):
    assert xcode(tmp_path).kinds(path) == kinds


def test_property_lists_of_a_target(tmp_path: Path):
    project = xcode(tmp_path)
    first, second = project.products("ios/App/AppDelegate.m")
    assert first.information is not None
    assert first.information.path == "ios/App/Info.plist"
    assert first.information.values == {
        "CFBundlePackageType": "APPL",
        "UIBackgroundModes": ["fetch"],
        "NSCameraUsageDescription": "to see",
    }
    assert first.entitlements is not None
    assert first.entitlements.values == {"com.apple.security.application-groups": ["group.a"]}
    assert second.information is not None
    assert "NSCameraUsageDescription" not in second.information.values
    assert second.entitlements is not None
    assert second.entitlements.values == {}
    (share,) = project.products("ios/App/Share Extension/Share.swift")
    assert share.information is None
    assert project.all_kinds == {"app", "extension", "watch", "tests"}
    assert project.platforms("ios/App/AppDelegate.m") == {"ios"}
    assert project.platforms("ios/App/Watch.swift") == {"watchos"}
    assert project.platforms("ios/Elsewhere/x.swift") == set()


def target(
    settings: str,
    shared: str = "SDKROOT = iphoneos;",
    more: str = "",
    configuration: str = "",
    phases: str = "",
) -> str:
    """A project with the application ``App`` that is built from the folder ``App``."""
    return f"""{{ objects = {{
        P = {{ isa = PBXProject; mainGroup = G; buildConfigurationList = LP; targets = (T); }};
        LP = {{ buildConfigurations = (PR); }};
        PR = {{ name = Release; buildSettings = {{ {shared} }}; }};
        G = {{ isa = PBXGroup; children = (S, C); sourceTree = "<group>"; }};
        S = {{ isa = PBXFileSystemSynchronizedRootGroup; path = App; sourceTree = "<group>"; }};
        C = {{ isa = PBXFileSystemSynchronizedRootGroup; path = Config; sourceTree = "<group>"; }};
        T = {{ isa = PBXNativeTarget; name = "My App"; productType = "com.apple.product-type.application";
              fileSystemSynchronizedGroups = (S); buildConfigurationList = LT; buildPhases = ({phases}); }};
        LT = {{ buildConfigurations = (TR); }};
        TR = {{ name = Release; {configuration} buildSettings = {{ {settings} }}; }};
        {more} }}; rootObject = P; }}"""


def only_product(tmp_path: Path, project: str, plist: dict[str, object] | None = None) -> Product:
    write(tmp_path, "App.xcodeproj/project.pbxproj", project)
    if plist is not None:
        write(tmp_path, "App/Info.plist", info(**plist))
    (product,) = facts(tmp_path).products("App/x.swift")
    return product


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("$(PRODUCT_BUNDLE_IDENTIFIER).sync", "org.x.My-App.beta.sync"),
        ("${PRODUCT_NAME:c99extidentifier}", "My_App"),
        ("$(PRODUCT_NAME:rfc1034identifier:lower)", "my-app"),
        ("$(MISSING:default=none)/$(NAME_$(CONFIGURATION))", "none/chosen"),
        ("$(MISSING).a $(PRODUCT_NAME:unheard)", "$(MISSING).a $(PRODUCT_NAME:unheard)"),
        ("$(RING)", "$(RING)"),
        ("$(MODES)", "a b c"),
        ("$5.00 (net)", "$5.00 (net)"),
    ],
)
def test_settings_are_replaced_in_property_lists(tmp_path: Path, written: str, means: str):
    project = target(
        'INFOPLIST_FILE = "$(SRCROOT)/$(FOLDER)/Info.plist"; FOLDER = App; RING = "$(GN)"; GN = "$(RING)";'
        ' PRODUCT_BUNDLE_IDENTIFIER = "$(inherited).beta"; MODES = ("$(inherited)", c);',
        'PRODUCT_BUNDLE_IDENTIFIER = "$(COMPANY).$(PRODUCT_NAME:rfc1034identifier)"; COMPANY = org.x;'
        " NAME_Release = chosen; MODES = (a, b);",
    )
    product = only_product(tmp_path, project, {"a": {"b": [written]}})
    assert product.information is not None
    assert product.information.values == {"a": {"b": [means]}}


def test_settings_that_grow_without_end_stay_as_they_are(tmp_path: Path):
    many = " ".join(f'V{n} = "{f"$(V{n + 1})" * 10}";' for n in range(300))
    product = only_product(tmp_path, target(f"INFOPLIST_FILE = App/Info.plist; {many}"), {"a": "$(V0)"})
    assert product.information is not None
    assert len(str(product.information.values["a"])) < 20_000


def test_a_list_that_xcode_makes(tmp_path: Path):
    product = only_product(
        tmp_path,
        target(
            'GENERATE_INFOPLIST_FILE = YES; INFOPLIST_KEY_UIBackgroundModes = "fetch $(MORE)"; MORE = audio;'
        ),
    )
    assert product.information is not None
    assert product.information.values == {"UIBackgroundModes": "fetch audio"}
    assert product.information.path == "App.xcodeproj/project.pbxproj"


@pytest.mark.parametrize(
    "settings",
    [
        "",
        "INFOPLIST_FILE = App/Other.plist;",
        'INFOPLIST_FILE = "$(X)/a.plist";',
        "INFOPLIST_FILE = /a.plist;",
    ],
)
def test_a_list_that_is_not_in_the_tree_is_not_known(tmp_path: Path, settings: str):
    assert only_product(tmp_path, target(settings), {}).information is None


@pytest.mark.parametrize(("directive", "is_known"), [(b"", True), (b"#include <x.h>\n", False)])
def test_preprocessed_lists(tmp_path: Path, directive: bytes, is_known: bool):
    write(tmp_path, "App/Info.plist", info(Key="NAME").replace(b"<dict>\n", b"<dict>\n" + directive))
    settings = "INFOPLIST_FILE = App/Info.plist; INFOPLIST_PREPROCESS = YES;"
    assert (only_product(tmp_path, target(settings)).information is not None) == is_known


@pytest.mark.parametrize("name", ["app.json", "app.config.ts"])
def test_what_expo_writes_is_not_known(tmp_path: Path, name: str):
    write(tmp_path, name, '{"expo": {}}')
    write(tmp_path, "ios/App.xcodeproj/project.pbxproj", target("INFOPLIST_FILE = App/Info.plist;"))
    write(tmp_path, "ios/App/Info.plist", info())
    assert [product.information for product in facts(tmp_path).products("ios/App/x.swift")] == [None]


def test_an_app_json_of_react_native_is_no_expo(tmp_path: Path):
    write(tmp_path, "app.json", '{"name": "App", "displayName": "App"}')
    write(tmp_path, "ios/App.xcodeproj/project.pbxproj", target("INFOPLIST_FILE = App/Info.plist;"))
    write(tmp_path, "ios/App/Info.plist", info())
    (product,) = facts(tmp_path).products("ios/App/x.swift")
    assert product.information is not None


def test_a_file_of_settings_in_a_folder_kept_in_step(tmp_path: Path):
    write(tmp_path, "Config/App.xcconfig", "INFOPLIST_FILE = App/Info.plist\n")
    product = only_product(
        tmp_path,
        target(
            "",
            configuration="baseConfigurationReferenceAnchor = C;"
            " baseConfigurationReferenceRelativePath = App.xcconfig;",
        ),
        {"a": 1},
    )
    assert product.information is not None
    assert product.information.values == {"a": 1}


def test_platforms_oldest_system_and_scripts(tmp_path: Path):
    product = only_product(
        tmp_path,
        target(
            'SDKROOT = auto; SUPPORTED_PLATFORMS = "iphoneos iphonesimulator macosx xros";',
            "IPHONEOS_DEPLOYMENT_TARGET = 12.4;",
            'B = { isa = PBXShellScriptBuildPhase; shellScript = "PlistBuddy -c \\"Add :Key\\""; };',
            phases="B",
        ),
    )
    assert product.target.platforms == {"ios", "macos", "visionos"}
    assert product.target.scripts == ('PlistBuddy -c "Add :Key"',)
    assert product.is_for_older("13.0")
    assert not product.is_for_older("12.4")


def test_an_sdk_that_is_named_is_the_only_one(tmp_path: Path):
    settings = 'SDKROOT = macosx; SUPPORTED_PLATFORMS = "iphoneos iphonesimulator macosx";'
    assert only_product(tmp_path, target(settings)).target.platforms == {"macos"}


def test_lists_for_one_sdk_are_lists_of_their_own(tmp_path: Path):
    settings = 'INFOPLIST_FILE = App/Info.plist; "INFOPLIST_FILE[sdk=macosx*]" = App/Mac.plist;'
    write(tmp_path, "App.xcodeproj/project.pbxproj", target(settings))
    write(tmp_path, "App/Info.plist", info(a=1))
    write(tmp_path, "App/Mac.plist", info(a=2))
    products = facts(tmp_path).products("App/x.swift")
    assert [product.information and product.information.values["a"] for product in products] == [1, 2]


@settings(max_examples=60)
@given(st.text(st.sampled_from('{}()=;,"$ <>\n/*AGT'), max_size=60), st.integers(0, 900))
def test_damaged_projects_never_fail(text: str, at: int):
    with tempfile.TemporaryDirectory() as name:
        project = target("INFOPLIST_FILE = App/Info.plist;")
        write(Path(name), "App.xcodeproj/project.pbxproj", project[:at] + text + project[at + len(text) :])
        found = facts(Path(name))
        found.products("App/x.swift")
        assert len(found.notifications) <= 1


def test_folders_that_xcode_keeps_in_step(tmp_path: Path):
    write(
        tmp_path,
        "App.xcodeproj/project.pbxproj",
        """{ objects = { P = { isa = PBXProject; };
        G = { isa = PBXGroup; children = (S); sourceTree = "<group>"; };
        S = { isa = PBXFileSystemSynchronizedRootGroup; path = App; sourceTree = "<group>";
          exceptions = (E1, E2); };
        E1 = { membershipExceptions = (Info.plist, Sub/Share.swift); target = TA; };
        E2 = { membershipExceptions = (Sub/Share.swift); target = TE; };
        TA = { isa = PBXNativeTarget; name = App; productType = "com.apple.product-type.application";
               fileSystemSynchronizedGroups = (S); };
        TE = { isa = PBXNativeTarget; name = Ext; productType = "com.apple.product-type.app-extension"; };
        }; rootObject = P; }""",
    )
    project = facts(tmp_path)
    assert project.kinds("App/Deep/er/x.swift") == {"app"}
    assert project.kinds("App/Sub/Share.swift") == {"extension"}
    assert project.kinds("Apple/x.swift") == set()


def test_settings_kept_in_configuration_files(tmp_path: Path):
    write(
        tmp_path,
        "App.xcodeproj/project.pbxproj",
        """{ objects = { P = { isa = PBXProject; };
        G = { isa = PBXGroup; children = (R, X); path = Config; sourceTree = "<group>"; };
        R = { isa = PBXFileReference; path = App.xcconfig; sourceTree = "<group>"; };
        X = { isa = PBXFileReference; path = x.swift; sourceTree = "<group>"; };
        T = { isa = PBXNativeTarget; name = App; productType = "com.apple.product-type.application";
              buildConfigurationList = L; buildPhases = (B); };
        B = { isa = PBXSourcesBuildPhase; files = (F); };
        F = { fileRef = X; };
        L = { buildConfigurations = (C); };
        C = { baseConfigurationReference = R; buildSettings = { CODE_SIGN_ENTITLEMENTS = "a.b"; }; };
        }; rootObject = P; }""",
    )
    write(
        tmp_path,
        "Config/App.xcconfig",
        '#include "Shared.xcconfig" // first\n#include? "Missing.xcconfig"\nINFOPLIST_FILE = App/Info.plist\n'
        "CODE_SIGN_ENTITLEMENTS = base.entitlements\nSDKROOT[arch=arm64] = iphoneos\n",
    )
    write(
        tmp_path, "Config/Shared.xcconfig", '#include "App.xcconfig"\nSDKROOT=watchos\nINFOPLIST_FILE = no\n'
    )
    write(tmp_path, "App/Info.plist", info(CFBundlePackageType="APPL"))
    (target,) = facts(tmp_path).targets("Config/x.swift")
    assert (target.kind, target.info, target.entitlements) == (
        "watch",
        ("App/Info.plist",),
        ("a.b",),
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "not a project",
        "{ objects = (); }",
        "{ objects = { A = b; }; rootObject = { }; }",
        '{ objects = { A = { isa = PBXGroup; children = (A); sourceTree = "<group>"; path = x; };'
        " T = { isa = PBXNativeTarget; buildPhases = (B); }; B = { files = (F); }; F = { fileRef = A; };"
        " }; }",
        "{ objects = { A = { isa = PBXNativeTarget; buildPhases = x; productType = (); name = {}; }; }; }",
        b"\xff\xfe\x00",
        b"<?xml version='1.0'?><plist version='1.0'><dict><key>objects</key><array/></dict></plist>",
    ],
)
def test_broken_projects_say_nothing(tmp_path: Path, text: str | bytes):
    write(tmp_path, "App.xcodeproj/project.pbxproj", text)
    project = facts(tmp_path)
    assert project.kinds("x.swift") == set()
    assert all(notification.path.endswith("project.pbxproj") for notification in project.notifications)


def test_a_swift_package(tmp_path: Path):
    write(
        tmp_path,
        "Kit/Package.swift",
        """// swift-tools-version: 5.9
        let package = Package(name: "Kit", products: [.library(name: "Kit", targets: ["Kit"])],
          dependencies: [.package(url: "https://x.y", from: "1.0.0")],
          targets: [ // .target(name: "Commented")
            .target(name: "Kit", dependencies: [.target(name: "Core"), .product(name: "P", package: "p")]),
            .target(name: "Core", path: "Elsewhere", swiftSettings: [.define("path: \\"no\\"")]),
            .executableTarget(name: "tool", dependencies: ["Kit"]),
            .testTarget(name: "KitTests", dependencies: ["Kit"]),
          ])""",
    )
    project = facts(tmp_path)
    assert project.kinds("Kit/Sources/Kit/a.swift") == {"library"}
    assert project.kinds("Kit/Elsewhere/a.swift") == {"library"}
    assert project.kinds("Kit/Sources/tool/main.swift") == {"tool"}
    assert project.kinds("Kit/Tests/KitTests/a.swift") == {"tests"}
    assert project.kinds("Kit/Sources/Commented/a.swift") == set()
    assert project.kinds("Sources/Kit/a.swift") == set()
    assert [target.name for target in project.targets("Kit/Sources/Kit/a.swift")] == ["Kit"]


PLUGINS = {
    "Thing.podspec": "Pod::Spec.new do |s|\nend",
    "package.json": '{"peerDependencies": {"react-native": "*"}}',
    "plugin.xml": '<?xml version="1.0"?><plugin id="x"></plugin>',
    "pubspec.yaml": "name: x\nflutter:\n  plugin:\n    platforms:\n      ios:\n        pluginClass: X\n",
}


@pytest.mark.parametrize("name", PLUGINS)
def test_plugins_are_libraries_of_someone_s_app(tmp_path: Path, name: str):
    write(tmp_path, f"plugin/{name}", PLUGINS[name])
    write(tmp_path, "plugin/example/ios/Runner/Info.plist", info(CFBundlePackageType="APPL"))
    project = facts(tmp_path)
    assert project.kinds("plugin/ios/Classes/x.m") == {"library"}
    assert project.kinds("plugin/example/ios/Runner/AppDelegate.m") == {"app"}
    assert project.kinds("elsewhere/x.m") == set()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("package.json", '{"dependencies": {"react-native": "0.72.0"}}'),
        ("package.json", '{"cordova": {"platforms": ["ios"], "plugins": {}}}'),
        ("package.json", "[]"),
        ("package.json", '{"peerDependencies": '),
        ("package.json", "[" * 100_000),
        ("plugin.xml", "<other/>"),
        ("pubspec.yaml", "name: x\nflutter:\n  uses-material-design: true\n"),
        ("pubspec.yaml", "flutter:\n" + " \n" * 5_000 + "dependencies:\n  plugin: 1\n"),
    ],
)
def test_an_app_is_no_plugin(tmp_path: Path, name: str, text: str):
    write(tmp_path, name, text)
    assert facts(tmp_path).kinds("ios/x.m") == set()


@pytest.mark.parametrize(
    ("values", "kinds"),
    [
        ({"CFBundlePackageType": "APPL"}, {"app"}),
        ({"CFBundlePackageType": "APPL", "WKApplication": True}, {"watch"}),
        ({"CFBundlePackageType": "XPC!", "NSExtension": {}}, {"extension"}),
        ({"CFBundlePackageType": "FMWK"}, {"library"}),
        ({"CFBundlePackageType": "$(PRODUCT_BUNDLE_PACKAGE_TYPE)"}, set()),
        ({"CFBundlePackageType": "$(PRODUCT_BUNDLE_PACKAGE_TYPE)", "UIMainStoryboardFile": "Main"}, {"app"}),
        ({"UIBackgroundModes": ["fetch"]}, {"app"}),
        ({"CFBundlePackageType": "BNDL", "UIBackgroundModes": []}, set()),
        ({"CFBundlePackageType": ["APPL"]}, set()),
    ],
)
def test_without_a_project_the_nearest_property_list_tells(
    tmp_path: Path, values: dict[str, object], kinds: set[str]
):
    write(tmp_path, "App/Info.plist", info(**values))
    project = facts(tmp_path)
    assert project.kinds("App/Sub/x.swift") == kinds
    assert project.kinds("Other/x.swift") == set()


def test_a_broken_property_list_is_told_once(tmp_path: Path):
    write(tmp_path, "Info.plist", "<plist><dict>")
    project = facts(tmp_path)
    assert project.notifications == []
    assert project.kinds("x.swift") == set()
    assert project.property_list("Info.plist") is None
    assert [(n.kind, n.path) for n in project.notifications] == [("bad-property-list", "Info.plist")]


def test_nothing_is_read_before_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write(tmp_path, "Info.plist", info())
    monkeypatch.setattr("backhaul.sources.walking.read_file", None)
    facts(tmp_path)
