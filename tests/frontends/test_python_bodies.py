"""Python statements and expressions in the program model."""

from __future__ import annotations

import pytest
from backhaul.frontends import read_module
from python_reading import body_lines, functions_of

STATEMENTS = {
    "local": ("a = p.b()\na.c()", "var a = p.b()\na.c()"),
    "local with a type": ("a: NSURL = p\nreturn a", "var a: NSURL = p\nreturn a"),
    "annotated only": ("a: 'NSURL'\na = p\na.b()", "var a: NSURL = p\na.b()"),
    "parameter assigned": ("p = q", "p = q"),
    "value on two ways": (
        "if p:\n    a = 1\nelse:\n    a = 2\nq(a)",
        "var a\nif p {\n    a = 1\n} else {\n    a = 2\n}\nq(a)",
    ),
    "value on one way only": ("if p:\n    a = 1\n    q(a)", "if p {\n    var a = 1\n    q(a)\n}"),
    "value carried through a loop": (
        "while p():\n    if q:\n        q(a)\n    a = 1",
        "var a\nwhile p() {\n    if q {\n        q(a)\n    }\n    a = 1\n}",
    ),
    "own value": ("a = a + 1", "var a\na = (a + 1)"),
    "two targets": ("a = b = p()", "var b\nvar a = b = p()"),
    "parts": ("a, b = p()\nq(a, b)", "let (a, b) = p()\nq(a, b)"),
    "parts, again": ("a = 1\na, b = p()", "var a = 1\np()\na = opaque()\nvar b = opaque()"),
    "parts on two ways": (
        "if p:\n    a, b = q()\nelse:\n    a, b = None, 1\nq(a, b)",
        "var a\nvar b\nif p {\n    q()\n    a = opaque()\n    b = opaque()\n} else {\n    a = nil\n"
        "    b = 1\n}\nq(a, b)",
    ),
    "parts of a literal": ("a, b = 1, p", "var a = 1\nvar b = p"),
    "swap": ("a, b = p, q\na, b = b, a", "var a = p\nvar b = q\n(b, a)\na = opaque()\nb = opaque()"),
    "parts in a field": (
        "p.x, a = q()",
        "let (_, a) = q()\np.x = opaque()",
    ),
    "compound": ("p.n += 1\np.n //= 2", "p.n += 1\np.n //= 2"),
    "element": ("p['a'] = q[0]", 'p["a"] = q[0]'),
    "delete": ("del p['a']", 'opaque(p["a"])'),
    "documentation": ('"""What it does."""\nreturn', "return"),
    "raise": ("raise E(p) from q", "throw E(p)"),
    "raise again": ("try:\n    p()\nexcept E:\n    raise", "do {\n    p()\n} catch E {\n    throw\n}"),
    "try": (
        "try:\n    p()\nexcept (A, B) as e:\n    q(e)\nexcept Exception:\n    return\nelse:\n    q()\n"
        "finally:\n    q.x()",
        "do {\n    p()\n    q()\n} catch A, B binding e {\n    q(e)\n} catch {\n    return\n} finally {\n"
        "    q.x()\n}",
    ),
    "assert": ("assert p, 'no'", 'guard p else {\n    throw "no"\n}'),
    "elif": (
        "if p:\n    a()\nelif q:\n    b()\nelse:\n    c()",
        "if p {\n    a()\n} else {\n    if q {\n        b()\n    } else {\n        c()\n    }\n}",
    ),
    "one line": ("if p: a(); b()", "if p {\n    a()\n    b()\n}"),
    "conditions": (
        "if not p and (q is None or p is not q):\n    pass",
        "if ((!p) && ((q == nil) || (p != q))) {\n}",
    ),
    "chained comparison": ("if 0 < p <= q: pass", "if ((0 < p) && (p <= q)) {\n}"),
    "membership": ("if p not in q: pass", "if (!(p in q)) {\n}"),
    "walrus": (
        "if (a := p()) is not None:\n    q(a)",
        "var a\nif (a = p() != nil) {\n    q(a)\n}",
    ),
    "for": ("for k, v in p.items():\n    q(k, v)", "for (k, v) in p.items() {\n    q(k, v)\n}"),
    "loop with else": (
        "for a in p:\n    if a: break\nelse:\n    q()",
        "for a in p {\n    if a {\n        break\n    }\n}\nif opaque() {\n    q()\n}",
    ),
    "async": (
        "async for a in p:\n    await q(a)",
        "for await a in p {\n    await q(a)\n}",
    ),
    "with": (
        "with open(p) as f, q:\n    f.read()",
        "do {\n    var f = open(p)\n    q\n    f.read()\n}",
    ),
    "lock": ("with p.lock:\n    q()", "do synchronized(p.lock) {\n    q()\n}"),
    "match": (
        "match p:\n    case 1 | 2:\n        a()\n    case None if q:\n        b()\n"
        "    case {'k': v, **rest}:\n        q(v)\n    case other:\n        q(other)",
        'switch p {\ncase 1, 2:\n    a()\ncase nil where q:\n    b()\ncase opaque("k") binding v, rest:\n'
        "    q(v)\ndefault binding other:\n    q(other)\n}",
    ),
    "break in a match": (
        "while p:\n    match q:\n        case 1:\n            break",
        "loop 18: while p {\n    switch q {\n    case 1:\n        break loop 18\n    }\n}",
    ),
    "nested function": (
        "def g(a, b=None):\n    nonlocal q\n    q = a\np.each_(g)",
        "func g(_ a, _ b = nil) {\n    q = a\n}\n[p each:g]",
    ),
    "lambda": ("p.each_(lambda a: a.b())", "[p each:{ (_ a) in\n    return a.b()\n}]"),
    "comprehension": (
        "a = [b.c() for b in p if b]",
        "var a = value of {\n    for b in p where b {\n        b.c()\n    }\n}",
    ),
    "global": ("global a\na = p", "a = p"),
    "class by its name": ("import objc\nNSURL = objc.lookUpClass('NSURL')\nNSURL.x()", "NSURL.x()"),
    "class by another name": (
        "import objc\nU = objc.lookUpClass('NSURL')\nU.x()\nU = p\nU.x()",
        "var U = NSURL\nNSURL.x()\nU = p\nU.x()",
    ),
    "import": ("from Foundation import NSURL as U\nreturn U.x()", "return NSURL.x()"),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_statement(name: str):
    code, printed = STATEMENTS[name]
    assert body_lines(code) == printed.splitlines()


EXPRESSIONS = {
    "None": "nil",
    "True": "true",
    "-1": "-1",
    "1.5": "1.5",
    "'a' 'b'": '"ab"',
    "f'a{p}b'": 'interpolation("a", p, "b")',
    "'a%s' % p": 'interpolation("a%s", p)',
    "'a%s%s' % (p, q)": 'interpolation("a%s%s", p, q)',
    "'a{}'.format(p)": 'interpolation("a{}", p)',
    "p % q": "(p % q)",
    "[p, *q]": "[p, q]",
    "(p, q)": "(p, q)",
    "{p: q}": "[p: q]",
    "{**p}": "opaque(p)",
    "p if q else 1": "(q ? p : 1)",
    "p or q": "(p ?  : q)",
    "not p": "(!p)",
    "p[0]": "p[0]",
    "p[1:2]": "opaque(p, 1, 2)",
    "p.q.r": "p.q.r",
    "p()()": "p()()",
    "...": "opaque()",
    "str(p)": "(p as str)",
    "int(p, 16)": "int(p, 16)",
}


@pytest.mark.parametrize("code", EXPRESSIONS)
def test_expression(code: str):
    assert body_lines(f"return {code}") == [f"return {EXPRESSIONS[code]}"]


def test_await():
    functions = functions_of("async def f(p):\n    return await p.x()\n")
    assert functions["f"].is_async


MESSAGES = {
    "p.init()": "p.init()",
    "p.setA_(q)": "[p setA:q]",
    "p.a_b_(q, 1)": "[p a:q b:1]",
    "p._a_(q)": "[p _a:q]",
    "p.a_(q, 1)": "p.a_(q, 1)",
    "p.snake_case(q)": "p.snake_case(q)",
    "p.a_b_(*q)": "[p a:opaque(q)]",
    "p.doneWith_error_": "p.doneWith:error:",
    "NSURL.alloc().initWithString_(p)": "[NSURL.alloc() initWithString:p]",
    "Foundation.NSURL.x()": "NSURL.x()",
    "Foundation.NSLog('a')": 'NSLog("a")',
    "objc.lookUpClass('NSURL').x()": "NSURL.x()",
    "objc.super(C, p).init()": "super.init()",
    "super().init()": "super.init()",
}


@pytest.mark.parametrize("code", MESSAGES)
def test_message_of_pyobjc(code: str):
    printed = "\n".join(body_lines(f"return {code}", "import Foundation\nimport objc"))
    wanted = MESSAGES[code].replace("[p a:opaque(q)]", printed.removeprefix("return "))
    assert printed == f"return {wanted}"


RUBICON = {
    "p.a(q, b=1, c=2)": "[p a:q b:1 c:2]",
    "p.a(q, b=1, b__2=2)": "[p a:q b:1 b:2]",
    "p.addObject(q)": "[p addObject:q]",
    "p.append(q)": "p.append(q)",
    "p.snake(q, 1, b=2)": "p.snake(q, 1, b: 2)",
    "p.own(q, b=1)": "p.own(q, b: 1)",
    "p.dumps(q, ensure_ascii=False)": "p.dumps(q, ensure_ascii: false)",
    "json.dumps(q, indent=1)": "json.dumps(q, indent: 1)",
    "p.text": "p.text",
    "NSURL.x": "NSURL.x",
    "U.URLWithString('a')": '[NSURL URLWithString:"a"]',
    "ObjCClass('NSURL').x()": "NSURL.x()",
    "Block(q, None)": "q",
    "send_super(__class__, p, 'initWithA:', q)": "[super initWithA:q]",
}
RUBICON_HEAD = """
import json

from rubicon.objc import Block, ObjCClass, send_super

U = ObjCClass("NSURL")

class Own:
    def own(self, a, b=None):
        pass
"""


@pytest.mark.parametrize("code", RUBICON)
def test_message_of_rubicon(code: str):
    assert body_lines(f"return {code}", RUBICON_HEAD) == [f"return {RUBICON[code]}"]


def test_arguments_of_functions_of_the_file_are_in_order():
    head = "def g(a, b=None, *, c=1, d=x()):\n    pass\n\ndef h(*a, **b):\n    pass\n\n"
    assert body_lines("g(c=p, a=q)\ng(p, q, d=1)\nh(p, b=q)\ng(*p)", head) == [
        "g(a: q, b: nil, c: p, d: opaque())",
        "g(p, q, c: 1, d: 1)",
        "h(p, b: q)",
        "g(opaque(p))",
    ]


def test_deep_nesting_is_flattened():
    deep = "(" * 180 + "g(p)" + ")" * 180
    function = functions_of(f"def f(p):\n    return {'-' * 160}{deep[170:-170]}\n")["f"]
    assert "g" in function.mentions


def test_every_offset_is_a_byte_of_the_file():
    text = "\ufeff# é\r\ndef f(p):\r\n\tä = 'ü' ; p.sendÄ_(ä)\r\n".encode()
    module = read_module("a.py", text)
    (function,) = module.functions
    assert text[function.name_start : function.name_end] == b"f"
    assert text[function.start : function.end].decode() == "def f(p):\r\n\tä = 'ü' ; p.sendÄ_(ä)"
