"""SARIF 2.1.0, in the profile that GitHub code scanning reads.

Built from sarif-om's objects. Two reports on the same tree are the same bytes: no times, no
absolute paths, no command line.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any, TextIO

import backhaul
from backhaul.model.languages import language_of
from backhaul.reporters.contents import Contents, counted, damage_clause, sentence, urgency
from backhaul.reporters.sarif_results import (
    MOST_RESULTS,
    ROOT,
    Places,
    Results,
)
from backhaul.reporters.sarif_rules import Rules
from backhaul.reporters.sarif_serialiser import to_json
from backhaul.reporters.version_control import checkout_of
from backhaul.sources.notification import Notification

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_OF_CONFIGURATION = ("bad-ignore-pattern", "bad-suppression", "unused-suppression", "stale-baseline")
_MOST_EMBEDDED = 4_000_000  # bytes; GitHub takes 10 MB of a compressed log


def write(contents: Contents, stream: TextIO) -> None:
    """Writes a SARIF log with one run to ``stream``."""
    import sarif_om  # type: ignore[import-untyped]

    run = _Run(sarif_om, contents).run()
    stream.write(to_json(sarif_om.SarifLog(version="2.1.0", schema_uri=SCHEMA, runs=[run])))


class _Run:
    def __init__(self, om: ModuleType, contents: Contents) -> None:
        self._om = om
        self._contents = contents
        marked = zip(contents.findings, contents.fingerprints, strict=True)
        self._findings = sorted(marked, key=lambda pair: urgency(pair[0]))[:MOST_RESULTS]
        self._cut = len(contents.findings) - len(self._findings)
        paths = [finding.path for finding, _ in self._findings]
        paths += [step.path for finding, _ in self._findings for step in finding.trail]
        self._places = Places(om, contents, paths)

    def run(self) -> Any:
        om, contents = self._om, self._contents
        numbers = {card.id: number for number, card in enumerate(contents.cards)}
        results = Results(om, contents, self._places, numbers)
        notifications = self._notifications()
        driver = om.ToolComponent(
            name="Backhaul",
            semantic_version=backhaul.__version__,
            version=backhaul.__version__,
            information_uri=_homepage(),
            rules=[Rules(om, results).descriptor(card) for card in contents.cards],
        )
        return om.Run(
            tool=om.Tool(driver=driver),
            automation_details=om.RunAutomationDetails(id="backhaul/"),
            invocations=[self._invocation(notifications)],
            version_control_provenance=self._provenance(),
            original_uri_base_ids={
                ROOT: om.ArtifactLocation(description=om.Message(text="The root of the scanned tree."))
            },
            artifacts=list(self._artifacts()),
            column_kind="utf16CodeUnits",
            newline_sequences=["\r\n", "\n", "\r"],
            results=results.of(self._findings),
        )

    def _artifacts(self) -> Iterator[Any]:
        """The files of findings, with their texts as far as the log stays small."""
        om = self._om
        room = _MOST_EMBEDDED
        for path in self._places.paths:
            location = self._places.artifact_location(path)
            location.index = -1
            source = self._contents.texts.get(path)
            content = None
            if source is not None and len(source.text) <= room:
                room -= len(source.text)
                content = om.ArtifactContent(text=source.text.decode("utf-8", "replace"))
            language = language_of(path)
            yield om.Artifact(
                location=location,
                source_language=language and language.sarif,
                contents=content,
                roles=["analysisTarget"],
            )

    def _provenance(self) -> list[Any] | None:
        om = self._om
        checkout = checkout_of(self._contents.root)
        if checkout is None:
            return None
        return [
            om.VersionControlDetails(
                repository_uri=checkout.repository,
                revision_id=checkout.revision,
                branch=checkout.branch or None,
                mapped_to=om.ArtifactLocation(uri_base_id=ROOT),
            )
        ]

    def _notifications(self) -> list[Notification]:
        """What the scan has to say, the files read in part among it."""
        partial = [
            Notification("partial-file", "warning", f"parsed in part: {damage_clause(file)}", file.path)
            for file in self._contents.partial
        ]
        limit = []
        if self._cut:
            text = f"{counted(self._cut, 'finding')} left out: a log holds at most {MOST_RESULTS}"
            limit.append(Notification("too-many-findings", "warning", text))
        return [*limit, *self._contents.notifications, *partial]

    def _invocation(self, notifications: list[Notification]) -> Any:
        contents = self._contents
        about_configuration = [n for n in notifications if n.kind in _OF_CONFIGURATION]
        about_the_scan = [n for n in notifications if n.kind not in _OF_CONFIGURATION]
        return self._om.Invocation(
            execution_successful=contents.is_success,
            tool_execution_notifications=[self._notification(n) for n in about_the_scan] or None,
            tool_configuration_notifications=[self._notification(n) for n in about_configuration] or None,
        )

    def _notification(self, notification: Notification) -> Any:
        om = self._om
        where = None
        if notification.path:
            place = om.PhysicalLocation(artifact_location=self._places.artifact_location(notification.path))
            where = [om.Location(physical_location=place)]
        return om.Notification(
            descriptor=om.ReportingDescriptorReference(id=notification.kind),
            level=notification.level,
            message=om.Message(text=sentence(notification.text)),
            locations=where,
        )


def _homepage() -> str | None:
    """The project's address, as the installed distribution declares it."""
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        addresses = metadata("backhaul").get_all("Project-URL") or []
    except PackageNotFoundError:
        return None
    named = dict(address.split(", ", 1) for address in addresses if ", " in address)
    return named.get("Homepage") or named.get("Repository")
