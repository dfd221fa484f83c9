"""What the name of a folder or file says about it: vendored, built, hidden, a test."""

from __future__ import annotations

import re
from typing import Literal as Choice
from typing import TypeAlias

SkipReason: TypeAlias = Choice["hidden", "vendored", "built", "ignored", "link"]

_VENDORED = frozenset(
    "pods carthage node_modules bower_components vendor vendors vendored third_party third-party"
    " thirdparty 3rdparty sourcepackages".split()
)
_BUILT = frozenset(["deriveddata", "xcuserdata", "__macosx"])
_BUNDLES = frozenset(
    "app appex bundle dsym framework lproj momd xcarchive xcassets xcframework xcresult xcworkspace".split()
)
"""Suffixes of folders that hold a build's results, or resources but no sources."""

_TEST_FOLDER = re.compile(r"\w*Tests|Tests?|tests?|__tests__|\w*UITests?|Specs")
_TEST_FILE = re.compile(r"\w(?:.*\w)?(?:Tests?|Specs?)\.(?:swift|mm?)")


def reason_to_skip(folder: str) -> SkipReason | None:
    """Why a walk leaves out a folder of this name unless it was asked for; None to enter it."""
    if folder.startswith("."):
        return "hidden"
    name = folder.lower()
    if name in _VENDORED:
        return "vendored"
    if name in _BUILT or (name.rpartition(".")[2] in _BUNDLES and "." in name):
        return "built"
    return None


def is_test_folder(name: str) -> bool:
    return _TEST_FOLDER.fullmatch(name) is not None


def is_test_file(name: str) -> bool:
    return _TEST_FILE.fullmatch(name) is not None
