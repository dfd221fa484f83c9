"""Finds, reads and checks all rule pages and API models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from backhaul.rules.card import Card
from backhaul.rules.errors import RuleError, TomlText
from backhaul.rules.index import Index, digest_of, read_index, user_index_folder, write_index
from backhaul.rules.models import ApiModels

_MODELS = "models"
_NOT_RULES = ("README.md",)


class RuleSet(Struct, frozen=True):
    """Everything a scan asks.

    ``cards``: in order of family and id. ``vocabulary``: a source file can matter only if it
    holds one of these whole words, or all the words of one of ``together``. ``fingerprint``:
    changes whenever a page, a model or the way they are read does.
    """

    cards: tuple[Card, ...]
    models: ApiModels
    vocabulary: frozenset[str]
    fingerprint: str
    together: tuple[tuple[str, ...], ...] = ()

    def card(self, rule: str) -> Card | None:
        return next((card for card in self.cards if card.id == rule), None)


def rules_folder() -> Path:
    """The folder of the rules that come with Backhaul: in an installed package, or in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "rules_data"
    return installed if installed.is_dir() else package.parents[1] / "rules"


def load_rules(
    extra: Sequence[Path] = (), *, index_folder: Path | None = None, use_index: bool = True
) -> RuleSet:
    """The rules that come with Backhaul and those in the folders ``extra``, which have the same form.

    ``index_folder``: where the compiled form is kept, by default among the user's caches. Without
    ``use_index`` it is neither read nor written. Raises ``RuleError`` for the first page or
    model that is wrong.
    """
    folders = [rules_folder(), *extra]
    texts = [text for folder in folders for text in _read_folder(folder)]
    digest = digest_of(texts)
    if use_index:
        index = _indexed(folders, texts, digest, index_folder or user_index_folder())
    else:
        index = compile_rules(texts, digest)
    return RuleSet(index.cards, index.models, frozenset(index.words), digest, index.together)


def _indexed(
    folders: Sequence[Path], texts: Sequence[tuple[str, bytes]], digest: str, cache: Path | None
) -> Index:
    """The index of ``texts``, kept in the folder ``cache``: one file for each combination of folders."""
    if cache is None:
        return compile_rules(texts, digest)
    name = sha256("\0".join(str(folder.resolve()) for folder in folders).encode()).hexdigest()
    file = cache / f"rules-{name[:16]}.msgpack"
    index = read_index(file, digest)
    if index is None:
        index = compile_rules(texts, digest)
        write_index(file, index)
    return index


def _read_folder(folder: Path) -> list[tuple[str, bytes]]:
    """Path and content of every page and model in ``folder``, in a fixed order."""
    if not folder.is_dir():
        raise RuleError(str(folder), 1, "there is no such folder of rules")
    found = [*folder.glob(f"{_MODELS}/*.toml"), *folder.glob("*/*.md")]
    pages = sorted((file for file in found if _is_rule_or_model(file)), key=str)
    if not pages:
        raise RuleError(str(folder), 1, "no rule page (FAMILY/RULE.md) and no model (models/NAME.toml) in it")
    try:
        return [(str(file), file.read_bytes()) for file in pages]
    except OSError as error:
        raise RuleError(str(error.filename), 1, f"cannot be read: {error.strerror}") from None


def _is_rule_or_model(file: Path) -> bool:
    return file.name not in _NOT_RULES and (file.suffix == ".toml" or file.parent.name != _MODELS)


def pages_of_models(folder: Path) -> list[Path]:
    """The pages in a folder of rules that hold examples for its API models, beside them."""
    return sorted(file for file in folder.glob(f"{_MODELS}/*.md") if file.name not in _NOT_RULES)


def compile_rules(texts: Iterable[tuple[str, bytes]], digest: str) -> Index:
    """Parses and checks everything. Raises ``RuleError``."""
    from backhaul.rules.card_files import read_card
    from backhaul.rules.matching import check_match
    from backhaul.rules.model_files import join_models, read_model_file

    decoded = [(path, _decoded(path, data)) for path, data in texts]
    files = [read_model_file(path, text) for path, text in decoded if path.endswith(".toml")]
    models = join_models(files)
    cards: dict[str, Card] = {}
    for path, text in decoded:
        if not path.endswith(".md"):
            continue
        card = read_card(path, text)
        if card.id in cards:
            TomlText(path, text).fail(f"the rule `{card.id}` is already on {cards[card.id].path}", key="id")
        check_match(card, text, models)
        cards[card.id] = card
    ordered = sorted(cards.values(), key=lambda card: (card.family, card.id))
    words = sorted({word for file in files for word in file.words})
    return Index(
        digest,
        tuple(ordered),
        models.types,
        models.operations,
        models.hooks,
        models.value_kinds,
        tuple(words),
        tuple(names for file in files for names in file.together),
    )


def _decoded(path: str, data: bytes) -> str:
    try:
        return data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RuleError(path, line, "not UTF-8") from None
