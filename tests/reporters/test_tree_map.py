"""The picture of where findings sit."""

from itertools import pairwise

from backhaul.findings.finding import Finding
from backhaul.reporters.tree_map import Counts, tree_map
from hypothesis import given
from hypothesis import strategies as st

PATHS = st.lists(
    st.lists(st.sampled_from("abcdef"), min_size=1, max_size=7).map("/".join).map(lambda path: f"{path}.m"),
    min_size=1,
    max_size=300,
)


def picture(*paths: str, severity="error"):
    return tree_map([Finding("rule", path, 0, 1, severity, "high") for path in paths])


def test_folders_stand_left_of_what_they_hold():
    drawn = picture("App/Net/Up.swift", "App/Net/Down.swift", "App/Main.swift")
    assert drawn.base == "App/"
    assert [(cell.path, cell.counts.all, cell.row, cell.rows, cell.is_row) for cell in drawn.cells] == [
        ("App/Main.swift", 1, 0, 1, True),
        ("App/Net/", 2, 1, 2, False),
        ("App/Net/Down.swift", 1, 1, 1, True),
        ("App/Net/Up.swift", 1, 2, 1, True),
    ]


def test_a_folder_with_one_folder_in_it_is_drawn_with_it():
    names = [cell.name for cell in picture("A/B/C/x.m", "A/B/C/y.m", "D/z.m").cells]
    assert names == ["A/B/C", "x.m", "y.m", "D", "z.m"]


def test_one_file_alone():
    drawn = picture("A/B/x.m")
    assert (drawn.base, drawn.rows, [cell.name for cell in drawn.cells]) == ("A/B/", 1, ["x.m"])


def test_bars_begin_at_one_line_and_are_as_long_as_the_count():
    found = [
        Finding("rule", path, 0, 1, severity, "high")
        for path, severity in [("a.m", "error"), ("a.m", "note"), ("b/c.m", "warning"), ("b/d.m", "warning")]
    ]
    rows = [cell for cell in tree_map(found).cells if cell.is_row]
    starts = {round(cell.x + cell.bars[0][1] * cell.width / 100, 1) for cell in rows}
    lengths = [round(sum(bar[2] for bar in cell.bars) * cell.width / 100, 1) for cell in rows]
    assert len(starts) == 1
    assert lengths == [lengths[0], round(lengths[0] / 2, 1), round(lengths[0] / 2, 1)]
    assert [severity for severity, _, _ in rows[0].bars] == ["error", "note"]


@given(PATHS)
def test_any_tree_finds_room_and_loses_nothing(paths):
    drawn = picture(*paths)
    rows = [cell for cell in drawn.cells if cell.is_row]
    assert len(rows) == drawn.rows <= 30
    assert sum(cell.counts.all for cell in rows) == len(paths)
    assert sum(cell.files for cell in rows) == len(set(paths))
    assert [cell.row for cell in rows] == list(range(len(rows)))
    assert all(0 <= cell.x < cell.x + cell.width <= 100.01 for cell in drawn.cells)


def test_a_folder_that_would_take_one_row_too_many_stays_closed():
    files = [f"{number:02}.m" for number in range(29)]
    for inner, rows in ((1, 30), (2, 30), (3, 30)):
        assert picture(*files, *(f"a/{number}.m" for number in range(inner))).rows == rows


def test_many_files_in_one_folder_end_in_one_row_for_the_rest():
    drawn = picture(*(f"{number:03}.m" for number in range(500)), "007.m")
    assert drawn.rows == 30
    assert "007.m" in [cell.path for cell in drawn.cells]
    assert (drawn.cells[-1].path, drawn.cells[-1].files) == ("", 471)


def test_parts_of_a_bar_follow_one_another():
    parts = list(Counts(note=1, warning=2, error=1).bars(8))
    assert parts == [("error", 0, 12.5), ("warning", 12.5, 25), ("note", 37.5, 12.5)]
    assert all(before[1] + before[2] == after[1] for before, after in pairwise(parts))
