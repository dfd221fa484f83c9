"""What the name of a folder or file says about it: vendored, built, hidden, a test."""

from __future__ import annotations

import re
from typing import Literal as Choice
from typing import TypeAlias

SkipReason: TypeAlias = Choice["hidden", "vendored", "built", "resources", "ignored", "link"]

_VENDORED = frozenset(
    "pods carthage node_modules bower_components vendor vendors vendored third_party third-party"
    " thirdparty 3rdparty 3rd_party 3rd-party sourcepackages".split()
)
_BUILT = frozenset("app appex bundle dsym framework momd xcarchive xcframework xcresult".split())
_RESOURCES = frozenset("lproj storyboardc xcassets xcdatamodel xcdatamodeld xcworkspace".split())
"""Suffixes of folders that hold no sources and of which nobody expects any."""

_TEST_FOLDER = re.compile(
    r".*Tests|.*[-_. ]tests|Tests?|tests?|__tests__|\w*UITests?|Specs"
    r"|\w*Tests?(?:Foundation|Support|Helpers?|Utils|Utilities|Cases)|tests?_(?:cases|helpers?|support|utils)"
    r"|\w*(?:Mocks?|Stubs|Fakes)|mocks?|stubs|fakes|__mocks__|TestDoubles"
)
_TEST_FILE = re.compile(r"\w(?:.*\w)?(?:Tests?|Specs?)\.(?:swift|mm?)|(?:test_\w+|\w+_test|conftest)\.py")
_STAND_IN_FILE = re.compile(
    r"(?:[A-Z]{2,4})?(?:Mock|Stub|Fake|Dummy)s?(?:[A-Z0-9_+].*)?\.(?:swift|mm?)"
    r"|.*[a-z0-9_+.](?:Mock|Stub|Fake|Dummy)s?\.(?:swift|mm?)|.*[._+](?:mock|stub|fake)s?\.(?:swift|mm?)"
)
"""What stands in for a real thing in tests and previews, and talks to nobody."""

_TESTING = re.compile(
    rb"XCT|SenTest|STAssert|GHTest|GHAssert|@testable|\bimport Testing\b|Quick|Kiwi|Specta|Cedar"
    rb"|SPEC_BEGIN|SpecBegin|[Tt]est[Cc]ase|OCMock|[Mm]ock|\bfunc test|\(void\)\s*test|\bdescribe\s*\("
)
"""What tests say that other code does not: a framework's name, its assertions, a test's method."""


def reason_to_skip(folder: str) -> SkipReason | None:
    """Why a walk leaves out a folder of this name unless it was asked for; None to enter it."""
    if folder.startswith("."):
        return "hidden"
    name = folder.lower()
    if name in _VENDORED:
        return "vendored"
    stem, _, suffix = name.rpartition(".")
    if name in ("xcuserdata", "__macosx") or (stem and suffix in _RESOURCES):
        return "resources"
    if name == "deriveddata" or (stem and suffix in _BUILT):
        return "built"
    return None


def is_test_folder(name: str) -> bool:
    return _TEST_FOLDER.fullmatch(name) is not None


def is_test_file(name: str, data: bytes) -> bool:
    """Whether a file is a test by its name, and says so: ``SpeedTest.swift`` may be a part of a product.

    What stands in for something in tests counts as one: ``MockServer.swift``.
    """
    if _STAND_IN_FILE.fullmatch(name):
        return True
    if _TEST_FILE.fullmatch(name) is None:
        return False
    return not data or name.endswith(".py") or _TESTING.search(data) is not None


def may_be_test_file(name: str) -> bool:
    return _TEST_FILE.fullmatch(name) is not None or _STAND_IN_FILE.fullmatch(name) is not None
