import tree_sitter_objc
import tree_sitter_swift
from backhaul.frontends.reparsing import reparse
from hypothesis import given
from hypothesis import strategies as st
from tree_sitter import Language, Parser

SWIFT = Parser(Language(tree_sitter_swift.language()))
OBJC = Parser(Language(tree_sitter_objc.language()))
SWIFT_TEXT = b"""import A

final class B: C {
    func send(_ data: Data) -> Bool {
        guard let url = URL(string: "a") else { return false }
        return session.dataTask(with: url) { _, _, error in print(error) }.resume()
    }
}
"""
OBJC_TEXT = b"""@implementation B
- (BOOL)send:(NSData *)data {
    if (data) { [self.session dataTaskWithURL:url completionHandler:^(NSData *d) { NSLog(@"a"); }]; }
    return NO;
}
@end
"""


@given(st.lists(st.tuples(st.integers(0, 150), st.sampled_from([b" ", b"\n", b"{", b")", b"x", b'"', b";"]))))
def test_a_text_with_some_bytes_written_over_gets_the_tree_of_its_own(changes: list[tuple[int, bytes]]):
    for parser, before in ((SWIFT, SWIFT_TEXT), (OBJC, OBJC_TEXT)):
        changed = bytearray(before)
        for at, new in changes:
            changed[at : at + 1] = new
        text = bytes(changed)
        tree = parser.parse(before)
        untouched = str(tree.root_node)
        afresh = parser.parse(text).root_node
        again = reparse(parser, text, before, tree).root_node
        assert str(again) == str(afresh)
        assert (again.start_byte, again.end_byte) == (afresh.start_byte, afresh.end_byte)
        assert str(tree.root_node) == untouched


def test_nothing_changed():
    tree = SWIFT.parse(SWIFT_TEXT)
    assert str(reparse(SWIFT, SWIFT_TEXT, SWIFT_TEXT, tree).root_node) == str(tree.root_node)
    empty = SWIFT.parse(b"")
    assert str(reparse(SWIFT, b"", b"", empty).root_node) == str(empty.root_node)
