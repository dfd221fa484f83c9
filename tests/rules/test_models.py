"""Look-up in the models that come with Backhaul."""

from __future__ import annotations

from itertools import groupby

import pytest
from backhaul.rules import ApiModels, RuleSet, load_rules
from backhaul.rules.models import ValueKind

from .conftest import Changed


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load_rules(use_index=False)


def test_every_spelling_is_found_by_its_name(rules: RuleSet) -> None:
    for spelling in rules.models.all_spellings():
        assert spelling in rules.models.spellings(spelling.name)


def test_swift_initialisers_are_found_by_every_name_of_their_type(rules: RuleSet) -> None:
    for spelling in rules.models.all_spellings():
        if spelling.form == "init" and spelling.language == "swift":
            api = rules.models.type_named(spelling.type)
            assert api is not None
            for name in (api.name, *api.also):
                assert spelling in rules.models.spellings(name.rpartition(".")[2])


def test_spellings_name_canonical_types(rules: RuleSet) -> None:
    for spelling in rules.models.all_spellings():
        if spelling.type not in ("", "*"):
            api = rules.models.type_named(spelling.type)
            assert api is not None
            assert api.name == spelling.type


def test_ids_and_tags_select_operations(rules: RuleSet) -> None:
    models = rules.models
    for name in models.operation_names:
        found = models.operations_named(name)
        assert found
        assert all(operation.is_named(name) for operation in found)
    assert models.operations_named("no such operation") == ()


def test_shapes_of_one_operation_agree(rules: RuleSet) -> None:
    """Entries of one id differ in the positions of their arguments, not in what they are."""
    operations = sorted(rules.models.operations, key=lambda operation: operation.id)
    for name, shapes in groupby(operations, key=lambda operation: operation.id):
        kinds = {(o.tags, o.returns.kind if o.returns else "", o.leaves) for o in shapes}
        assert len(kinds) == 1, name


def test_every_word_of_the_vocabulary_is_one_word(rules: RuleSet) -> None:
    assert all(word.isidentifier() for word in rules.vocabulary)


def test_models_of_a_folder_join_the_own_ones(rules_with: Changed) -> None:
    models = load_rules([rules_with()], use_index=False).models
    (opening,) = models.operations_named("opening")
    assert [s.name for s in opening.signatures] == ["open", "init", "open:quietly:"]
    assert {s.type for s in opening.signatures} == {"TestDoor"}
    assert opening.returns is not None
    assert opening.returns.type == "TestDoor"
    door = models.type_named("TSTDoor")
    assert door is not None
    assert (door.name, door.noun) == ("TestDoor", "door")
    assert models.spellings("TSTDoor") == models.spellings("TestDoor") != ()
    assert "door.opened" in models.hook_names


def test_what_a_literal_is_of() -> None:
    kinds = [
        ValueKind(
            "plain",
            begins=("http://",),
            unless_begins=("http://localhost",),
            unless_contains=(".local/",),
            unless_is=("http://",),
        ),
        ValueKind("header", is_=("Content-Length",)),
    ]
    models = ApiModels([], [], [], kinds)
    assert models.kind_of_text("HTTP://example.com/") == "plain"
    assert models.kind_of_text("http://localhost:8080/") == ""
    assert models.kind_of_text("http://") == ""
    assert models.kind_of_text("http://printer.local/jobs") == ""
    assert models.kind_of_text("content-length") == "header"
    assert models.kind_of_text("Content-Length: 5") == ""
