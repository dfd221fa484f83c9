"""The words that every reporter uses: sentences, and what a page says first."""

import pytest
from backhaul.findings.finding import Finding
from backhaul.reporters.contents import clause, sentence
from backhaul.reporters.prose import first_sentence, plain_text
from small_report import make_card


@pytest.mark.parametrize(
    ("markdown", "first"),
    [
        ("The app stops. It does.", "The app stops."),
        ("The app\nstops at `a.b`. More.", "The app stops at `a.b`."),
        ('It stops ("No. Not here.") at once. More.', 'It stops ("No. Not here.") at once.'),
        ("Use e.g. a file. More.", "Use e.g. a file."),
        ("Since iOS 9.0 it is so. More.", "Since iOS 9.0 it is so."),
        ("Is it? Yes.", "Is it?"),
        ("Write a file, and upload that:\n\n```swift\nx\n```", "Write a file, and upload that."),
        ("- First do this:\n  `a`. Then more.\n- Second.", "First do this: `a`."),
        ("1. First\n2. Second", "First."),
        ("See [the *page*](https://a.b/c.html). More.", "See the *page*."),
        ("See [it](https://a.b/c(d:e:)). More.", "See it."),
        ("```swift\nlet a = 1\n```", ""),
        ("", ""),
        ("No stop at the end", "No stop at the end."),
    ],
)
def test_first_sentence(markdown, first):
    assert first_sentence(markdown) == first


def test_plain_text_leaves_code_alone():
    markdown = "## How\n\n**Use** `[a](b)` or [this](c).\n\n```objc\n[x](y) **z\n```"
    assert plain_text(markdown) == "How\n\nUse `[a](b)` or this.\n\n```objc\n[x](y) **z\n```"


def test_a_message_without_an_argument_is_still_a_sentence(tmp_path):
    card = make_card(tmp_path, message="task made on {the_session} by {call}")
    finding = Finding(card.id, "a.swift", 0, 1, "error", "high", arguments={"call": "`x`"})
    assert sentence(clause(finding, card)) == "Task made on the session by `x`."
