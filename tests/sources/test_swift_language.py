"""Whether a build checks isolation when the program runs, by settings and packages."""

from __future__ import annotations

import pytest
from backhaul.sources.swift_language import SwiftLanguage, language_of_package, language_of_settings

SIX = SwiftLanguage(checks_isolation=True)
NOTHING = SwiftLanguage()


@pytest.mark.parametrize(
    ("configurations", "expected"),
    [
        ([{"SWIFT_VERSION": "6.0"}, {"SWIFT_VERSION": "6.2"}], SIX),
        ([{"SWIFT_VERSION": "6.0"}, {"SWIFT_VERSION": "5.0"}], NOTHING),
        ([{"SWIFT_VERSION": "5.0", "SWIFT_UPCOMING_FEATURE_DYNAMIC_ACTOR_ISOLATION": "YES"}], SIX),
        ([{"OTHER_SWIFT_FLAGS": "-enable-upcoming-feature DynamicActorIsolation"}], SIX),
        ([{"SWIFT_VERSION": "$(VERSION)"}], NOTHING),
        (
            [{"SWIFT_VERSION": "6.0", "SWIFT_DEFAULT_ACTOR_ISOLATION": "MainActor"}],
            SwiftLanguage(checks_isolation=True, is_main_by_default=True),
        ),
        ([], NOTHING),
    ],
)
def test_settings(configurations, expected):
    assert language_of_settings(configurations) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("// swift-tools-version: 6.0\n", SIX),
        ("// swift-tools-version:5.9\n", NOTHING),
        ("// swift-tools-version: 6.0\nPackage(swiftLanguageModes: [.v5])", NOTHING),
        ("// swift-tools-version: 6.0\nPackage(swiftLanguageModes: [.v5, .v6])", NOTHING),
        ('// swift-tools-version: 5.9\nPackage(swiftLanguageVersions: [.version("6")])', SIX),
        (
            "// swift-tools-version: 6.2\n.defaultIsolation(MainActor.self)",
            SwiftLanguage(checks_isolation=True, is_main_by_default=True),
        ),
        ("", NOTHING),
    ],
)
def test_packages(text, expected):
    assert language_of_package(text) == expected
