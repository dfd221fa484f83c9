"""The table of languages: which files are sources."""

from __future__ import annotations

import pytest
from backhaul.model.languages import BY_NAME, LANGUAGES, language_of

SOURCES = [
    "import objc",
    "#!/usr/bin/python\n# x\nfrom Foundation import NSURL\n",
    "def f():\n\tfrom rubicon.objc import ObjCClass",
    "try: import AppKit\nexcept ImportError: pass",
    "import os, Cocoa",
    "import  os ;import sys\r\nfrom objc import super\r\n",
    "from pyobjus import autoclass",
    "import rubicon.objc as r",
]
NO_SOURCES = [
    "",
    "import os\n# import objc",
    "from django.Foundation import x",
    "from .objc import x",
    "x = 'objc'\n",
    "import objcx",
    "import myobjc",
    "import os  # for objc",
]


@pytest.mark.parametrize("text", SOURCES)
def test_python_that_imports_a_bridge(text: str):
    assert BY_NAME["python"].takes(text.encode())


@pytest.mark.parametrize("text", NO_SOURCES)
def test_other_python(text: str):
    assert not BY_NAME["python"].takes(text.encode())


def test_other_languages_take_any_text():
    assert all(language.takes(b"") for language in LANGUAGES if language.name != "python")


def test_language_of_a_file():
    found = {
        path: getattr(language_of(path), "name", None) for path in ("a.M", "b/c.swift", "d.py", "e.txt", "f")
    }
    assert found == {"a.M": "objc", "b/c.swift": "swift", "d.py": "python", "e.txt": None, "f": None}
