"""What a repository's files say, without running git."""

import pytest
from backhaul.reporters.version_control import Checkout, checkout_of

REVISION = "0123456789abcdef0123456789abcdef01234567"
OTHER = "f" * 40
CONFIG = '[core]\n\tbare = false\n[remote "origin"]\n\turl = https://github.com/owner/app.git\n'
FOUND = Checkout("https://github.com/owner/app", REVISION, "main")


def repository(folder, files: dict[str, str]):
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return str(folder)


def test_a_branch(tmp_path):
    files = {
        ".git/HEAD": "ref: refs/heads/main\n",
        ".git/refs/heads/main": f"{REVISION}\n",
        ".git/config": CONFIG,
    }
    assert checkout_of(repository(tmp_path, files)) == FOUND


def test_packed_references(tmp_path):
    packed = (
        f"# pack-refs with: peeled fully-peeled sorted\n{OTHER} refs/heads/old\n{REVISION} refs/heads/main\n"
    )
    files = {".git/HEAD": "ref: refs/heads/main\n", ".git/packed-refs": packed, ".git/config": CONFIG}
    assert checkout_of(repository(tmp_path, files)) == FOUND


def test_no_branch(tmp_path):
    files = {".git/HEAD": REVISION, ".git/config": CONFIG}
    assert checkout_of(repository(tmp_path, files)) == Checkout(FOUND.repository, REVISION, "")


def test_a_linked_work_tree(tmp_path):
    main = tmp_path / "main" / ".git"
    own = "main/.git/worktrees/side"
    repository(
        tmp_path,
        {
            "main/.git/HEAD": "ref: refs/heads/other",
            "main/.git/refs/heads/main": REVISION,
            "main/.git/config": CONFIG,
            f"{own}/HEAD": "ref: refs/heads/main",
            f"{own}/commondir": "../..",
            "side/.git": f"gitdir: {main}/worktrees/side\n",
        },
    )
    assert checkout_of(str(tmp_path / "side")) == FOUND


@pytest.mark.parametrize(
    "files",
    [
        {},
        {".git": "nonsense"},
        {".git": "gitdir: ../nowhere"},
        {".git/HEAD": "ref: refs/heads/unborn", ".git/config": CONFIG},
        {".git/HEAD": "ref: ../../secret", ".git/config": CONFIG},
        {".git/HEAD": "ref: refs/../../secret", "secret": REVISION, ".git/config": CONFIG},
        {".git/HEAD": "not a revision", ".git/config": CONFIG},
        {".git/HEAD": REVISION},
        {".git/HEAD": REVISION, ".git/config": "[core]\n"},
        {
            ".git/HEAD": "ref: refs/heads/a",
            ".git/refs/heads/a": "ref: refs/heads/a",
            ".git/config": CONFIG,
        },
    ],
)
def test_repositories_that_do_not_tell(tmp_path, files):
    assert checkout_of(repository(tmp_path, files)) is None


@pytest.mark.parametrize(
    ("address", "uri"),
    [
        ("https://user:secret@github.com/owner/app.git", "https://github.com/owner/app"),
        ("https://token@example.com:8443/a%20b/app", "https://example.com:8443/a%20b/app"),
        ("git@github.com:owner/app.git", "https://github.com/owner/app"),
        ("ssh://git@github.com:22/owner/app.git", "https://github.com/owner/app"),
        ("http://host.local/app?token=secret#x", "http://host.local/app"),
        ("git://example.com/app.git", "https://example.com/app"),
        ("/srv/git/app.git", None),
        ("../app.git", None),
        ("C:/repositories/app.git", None),
        ("file:///srv/app.git", None),
        ("https://[broken", None),
        ("ext::sh -c touch% /srv/x", None),
    ],
)
def test_addresses(tmp_path, address, uri):
    config = f'[remote "other"]\n url = https://x.y/z\n[remote "origin"]\n\turl = {address}\n'
    found = checkout_of(repository(tmp_path, {".git/HEAD": REVISION, ".git/config": config}))
    assert (found.repository if found else None) == uri


def test_the_only_remote_need_not_be_called_origin(tmp_path):
    config = CONFIG.replace("origin", "upstream")
    found = checkout_of(repository(tmp_path, {".git/HEAD": REVISION, ".git/config": config}))
    assert found is not None and found.repository == FOUND.repository
