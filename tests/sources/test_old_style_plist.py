from backhaul.sources.old_style_plist import Value, read_old_style
from hypothesis import given
from hypothesis import strategies as st

PROJECT = """// !$*UTF8*$!
{
	archiveVersion = 1;
	objects = {
/* Begin PBXBuildFile section */
		13B07FBC1A681087 /* AppDelegate.m in Sources */ = {isa = PBXBuildFile; fileRef = 1 /* A */; };
		A = {
			path = "../a b/\\"x\\"\\n.m"; sourceTree = "<group>"; children = (
				1,
				two /* 2 */,
				"drei;",
			);
		};
	};
	data = <0fbd 77>;
	'single' = 'quo"ted';
	rootObject = 83CB /* Project object */;
}
"""


def test_a_project_file():
    assert read_old_style(PROJECT) == {
        "archiveVersion": "1",
        "objects": {
            "13B07FBC1A681087": {"isa": "PBXBuildFile", "fileRef": "1"},
            "A": {
                "path": '../a b/"x"\n.m',
                "sourceTree": "<group>",
                "children": ["1", "two", "drei;"],
            },
        },
        "data": "0fbd 77",
        "single": 'quo"ted',
        "rootObject": "83CB",
    }


def test_last_separators_may_be_missing():
    assert read_old_style("{a = (1, 2); b = {c = d}}") == {"a": ["1", "2"], "b": {"c": "d"}}


def test_a_file_cut_short_keeps_what_was_read():
    assert read_old_style("{ a = 1; b = { c = 2; d = ( x, y") == {"a": "1", "b": {"c": "2", "d": ["x", "y"]}}


def test_a_merge_conflict_costs_what_it_touches():
    text = "{ a = 1;\n<<<<<<< HEAD\n b = 2;\n=======\n b = 3;\n>>>>>>> theirs\n c = { d = 4; }; }"
    found = read_old_style(text)
    assert found["a"] == "1"
    assert found["c"] == {"d": "4"}


def test_escapes():
    assert read_old_style(r'{ a = "\U00e9\101\t\\"; }') == {"a": "éA\t\\"}


def test_deep_nesting_takes_no_stack():
    found = read_old_style("{a=" * 50_000)
    assert list(found) == ["a"]
    assert read_old_style("(" * 50_000) == {}
    while found:  # taken apart here, as freeing it in one go is the interpreter's affair
        found = next(iter(found.values()))  # type: ignore[assignment]


def written(value: Value) -> str:
    if isinstance(value, dict):
        return "{" + "".join(f"{written(key)} = {written(item)};" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "(" + ",".join(map(written, value)) + ")"
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


values = st.recursive(
    st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


@given(st.dictionaries(st.text(), values))
def test_whatever_is_written_is_read(value: dict[str, Value]):
    assert read_old_style(written(value)) == value


@given(st.text(alphabet='{}()=;,"\\/*<> \nab'))
def test_any_text_gives_a_dictionary(text: str):
    assert isinstance(read_old_style(text), dict)
