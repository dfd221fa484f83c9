"""What a Python file declares: classes, methods, fields, globals; and what is left of a broken one."""

from __future__ import annotations

import pytest
from backhaul.model.code import Call
from backhaul.model.declarations import decode_body
from backhaul.model.printing import print_module
from hypothesis import given
from hypothesis import strategies as st
from python_reading import functions_of, module_of

SOURCE = """
import objc
from Foundation import NSObject
from .base import Base
import requests.adapters

LIMIT: int = 3
state = None


class Sender(NSObject, protocols=[objc.protocolNamed("NSURLSessionDelegate")]):
    identifier = "a"
    queue = objc.ivar()
    outlet: NSObject

    def initWithURL_(self, url):
        self.url = url
        self.session: NSURLSession = None
        return self

    def send_to_(this, data, url: "NSURL | None") -> bool:
        this.last = data

    @objc.python_method
    def plain_(self, a):
        self.plain_(a)

    @objc.namedSelector(b"run:with:")
    def anything(self, a, b):
        pass

    @objc.IBAction
    def click_(self, sender):
        pass

    @classmethod
    def shared(cls):
        return cls.alloc().init()

    @staticmethod
    def helper_(a):
        pass

    @property
    def size(self):
        return 1

    async def later(self, *rest):
        pass

    def dealloc(self):
        pass

    class Part(Base, requests.adapters.Adapter):
        def __init__(self):
            pass


if state:
    def fallback():
        pass

    state = 1
"""


def test_types():
    types = {each.name: each.inherits for each in module_of(SOURCE).types}
    assert types == {
        "Sender": ["NSObject", "NSURLSessionDelegate"],
        "Sender.Part": ["base.Base", "requests.adapters.Adapter"],
    }


def test_functions():
    found = {
        (f.owner, f.name, f.kind, f.is_static, len(f.parameters))
        for f in module_of(SOURCE).functions
        if f.kind not in ("value", "script")
    }
    assert found == {
        ("Sender", "initWithURL:", "init", False, 1),
        ("Sender", "send:to:", "method", False, 2),
        ("Sender", "plain_", "method", False, 1),
        ("Sender", "run:with:", "method", False, 2),
        ("Sender", "click:", "method", False, 1),
        ("Sender", "shared", "method", True, 0),
        ("Sender", "helper:", "method", True, 1),
        ("Sender", "size", "getter", False, 0),
        ("Sender", "later", "method", False, 1),
        ("Sender", "dealloc", "deinit", False, 0),
        ("Sender.Part", "__init__", "init", False, 0),
        ("", "fallback", "function", False, 0),
    }


def test_what_a_function_says():
    functions = functions_of(SOURCE)
    assert functions["send:to:"].result == "bool"
    assert [p.type for p in functions["send:to:"].parameters] == ["", "NSURL"]
    assert functions["later"].is_async
    assert functions["click:"].attributes == ["@IBAction"]
    assert "plain_" in functions["plain_"].mentions
    assert {"last", "self"} <= set(functions["send:to:"].mentions)


def test_properties():
    found = {(p.owner, p.name, p.type, p.is_static) for p in module_of(SOURCE).properties}
    assert found == {
        ("", "LIMIT", "int", False),
        ("", "state", "", False),
        ("Sender", "identifier", "", True),
        ("Sender", "queue", "", False),
        ("Sender", "outlet", "NSObject", False),
        ("Sender", "url", "", False),
        ("Sender", "session", "NSURLSession", False),
        ("Sender", "last", "", False),
    }


def test_what_is_assigned_once_is_its_value_and_all_else_is_the_script():
    printed = print_module(module_of(SOURCE))
    assert "value LIMIT\n    return 3" in printed
    assert "script \n    state = nil\n    if state {\n        state = 1\n    }" in printed


def test_names_of_classes_are_no_globals():
    module = module_of(
        'from rubicon.objc import ObjCClass\nNSURL = ObjCClass("NSURL")\nU = ObjCClass("NSURL")\n'
    )
    assert [p.name for p in module.properties] == ["U"]


def test_a_class_in_a_function():
    functions = functions_of(
        "def f(a):\n    class B(NSObject):\n        def c_(self, d):\n            a(d)\n"
    )
    assert functions["c:"].owner == "B"
    assert "a" in functions["c:"].mentions
    assert "d" not in functions["f"].mentions


# Broken files

BROKEN = '''
import objc
from Foundation import *

def whole():
    return (1,

class Half(NSObject):
    """Says "class".

    def none: """
    @objc.python_method
    def good(self, a):
        self.a = a

    def bad_(self, b):
        print b

    def last(self):
        return {
            "a": 1,
        }

class Whole(NSObject):
    def fine_(self, c):
        c.d()

print "done"
print "really"
'''


def test_a_broken_file_loses_what_is_broken():
    text = BROKEN.encode()
    module = module_of(BROKEN)
    found = {(f.owner, f.name) for f in module.functions}
    assert found == {("Half", "good"), ("Half", "last"), ("Whole", "fine:")}
    lost = [text[start:end].split(b"(")[0].split()[:2] for start, end in module.damage.lost]
    assert lost == [[b"def", b"whole"], [b"def", b"bad_"], [b"print", b'"done"']]
    assert module.damage.functions == 6
    assert {t.name for t in module.types} == {"Half", "Whole"}
    good = next(f for f in module.functions if f.name == "good")
    assert text[good.name_start : good.name_end] == b"good"


ODD = {
    "lone carriage returns": b"def f(a):\r\ta.b_(1)\rx = 1\r",
    "page breaks": b"import objc\n\x0c\ndef f(a):\n    a.b_(1)\n\x0cx = 1\n",
    "a page break before a line": b"\x0cdef f(a):\n    a.b_(1)\n",
    "a byte-order mark": b"\xef\xbb\xbfdef f(a):\n    a.b_(1)\n",
    "a cookie": b"# -*- coding: latin-1 -*-\ndef f(a):\n    '\xc3\xa9'; a.b_(1)\n",
    "bytes that are no UTF-8": b"# \xe9\ndef f(a):\n    a.b_(1)\n",
    "tabs": b"def f(a):\n\tif a:\n\t\ta.b_(1)\n",
    "no end of line": b"def f(a): a.b_(1)",
    "mixed ends of lines": b"import objc\r\n\rdef f(a):\n    a.b_(1)\r\n",
    "a line continued": b"def f(a):\n    a \\\n  .b_(1)\n",
}


@pytest.mark.parametrize("name", ODD)
def test_offsets_in_odd_text(name: str):
    text = ODD[name]
    module = module_of(text)
    assert module.damage.lost == []
    function = next(each for each in module.functions if each.name == "f")
    assert text[function.name_start : function.name_end] == b"f"
    (call,) = (node for node in _calls(function) if node.name == "b:")
    assert text[call.name_start : call.name_end] == b"b_"
    assert text[call.start : call.end].replace(b" \\\n  ", b"") == b"a.b_(1)"


def _calls(function: object) -> list[Call]:
    found, pending = [], [decode_body(function)]  # type: ignore[arg-type, list-item, var-annotated]
    while pending:
        node = pending.pop()
        if isinstance(node, Call):
            found.append(node)
        for field in getattr(node, "__struct_fields__", ()):
            value = getattr(node, field)
            pending += value if isinstance(value, list) else [value]
    return found


@given(st.binary(max_size=60))
def test_any_bytes(data: bytes):
    text = b"import objc\n" + data + b"\nclass A(NSObject):\n    def f_(self, a):\n        a.b_(1)\n"
    module = module_of(text)
    for start, end in module.damage.lost:
        assert 0 <= start < end <= len(text)


@pytest.mark.parametrize(
    "opening", ["(", "[", "{", "a(", "a[", "not ", "-", "a.", "a+", "lambda:", "a if b else ", "f'{"]
)
def test_deep_nesting_is_lost_and_the_rest_is_not(opening: str):
    text = f"import objc\n\ndef f(a):\n    x = {opening * 3000}\n\n\ndef g(a):\n    a.b_(1)\n"
    module = module_of(text)
    assert [f.name for f in module.functions] == ["g"]
    assert len(module.damage.lost) == 1


def test_many_branches():
    branches = "".join(f"    elif a == {number}:\n        a.b_({number})\n" for number in range(1200))
    module = module_of(f"def f(a):\n    if a:\n        pass\n{branches}")
    assert [f.name for f in module.functions] == ["f"]
    assert module.functions[0].is_damaged
