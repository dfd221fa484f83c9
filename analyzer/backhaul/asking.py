"""All that the cards ask about a source tree, asked in several processes at once where they can be forked.

Cards of one family ask about much the same, and share what is found out on the way; families share
little. So a process takes on one family at a time, whichever is next.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence

from backhaul.findings.finding import Finding
from backhaul.matchers import Questions
from backhaul.model.declarations import Module
from backhaul.rules import Card, RuleSet
from backhaul.sources.notification import Notification
from backhaul.sources.project import ProjectFacts
from backhaul.workers import ForkedWorker

_FUNCTIONS_PER_PROCESS = 1000  # of fewer, another process costs more than it saves


def find(
    modules: Sequence[Module],
    rules: RuleSet,
    project: ProjectFacts,
    tests: frozenset[str] = frozenset(),
    processes: int = 1,
) -> list[Finding]:
    """Every finding of every card of ``rules``, sorted.

    ``tests``: see ``Questions``. ``processes``: how many may be at it, this one included; more than one
    only where processes can be forked.
    """
    questions = Questions(modules, rules, project, tests)
    worth = sum(len(module.functions) for module in modules) // _FUNCTIONS_PER_PROCESS
    families = _families(rules.cards)
    others = min(processes, worth, len(families)) - 1
    found = _found_together(questions, families, others) if others > 0 else questions.answers(rules.cards)
    return sorted(found, key=lambda finding: finding.sort_key)


def _families(cards: Sequence[Card]) -> list[list[Card]]:
    """The cards by family, the largest first."""
    families: dict[str, list[Card]] = defaultdict(list)
    for card in cards:
        families[card.family].append(card)
    return sorted(families.values(), key=len, reverse=True)


def _found_together(questions: Questions, families: list[list[Card]], others: int) -> list[Finding]:
    """What this process and ``others`` find; what those that die had taken on is asked here again."""
    import pickle

    waiting, entrance = os.pipe()
    os.write(entrance, bytes(range(len(families))))
    os.close(entrance)

    def take_part() -> tuple[list[int], list[Finding], list[Notification]]:
        taken: list[int] = []
        found: list[Finding] = []
        while number := os.read(waiting, 1):
            taken += number
            found += questions.answers(families[number[0]])
        return taken, found, questions.project.notifications

    def serve(_: bytes) -> bytes:
        return pickle.dumps(take_part())

    workers: list[ForkedWorker] = []
    try:
        for _ in range(others):
            workers.append(ForkedWorker(serve, workers))
            workers[-1].send(b"begin")
        done, found, _ = take_part()
        for worker in workers:
            for reply in _replies_of(worker):
                taken, theirs, notifications = pickle.loads(reply)
                done += taken
                found += theirs
                questions.project.note(notifications)
    finally:
        os.close(waiting)
        for worker in workers:
            worker.end()
    for number in {*range(len(families))}.difference(done):
        found += questions.answers(families[number])
    return found


def _replies_of(worker: ForkedWorker) -> list[bytes]:
    """The reply of a worker, as soon as it is there; none when the worker died."""
    while not worker.has_ended:
        worker.wait([worker], 60)
        if replies := worker.receive():
            return replies
    return []
