"""Something that is to be done once with a value: never done, not done on some way, done twice."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.duties import Deed
from backhaul.analysis.fulfilment import Fulfilment, Fulfilments, Left
from backhaul.analysis.held import Held, is_named
from backhaul.analysis.origins import step_at
from backhaul.analysis.types import unwrapped
from backhaul.analysis.variables import Unit
from backhaul.analysis.walking import calls_in, descendants, nodes_of
from backhaul.analysis.ways import Way
from backhaul.findings.finding import Confidence, Finding, Severity, Step
from backhaul.matchers.context import Context, Reporter
from backhaul.matchers.duty_roots import Root, fulfilments_of, roots_of
from backhaul.matchers.early_deeds import done_early
from backhaul.matchers.handed_closures import followed
from backhaul.matchers.parameters import CalledOnceParameters
from backhaul.model.code import Binding, Call, Closure, Name, Node, Return, Throw, Try, Unary

_FOR_EVENTS = "runs-for-each-event"
_ROOT = "root-class"


def find(reporter: Reporter, parameters: CalledOnceParameters, context: Context) -> Iterator[Finding]:
    fulfilments = fulfilments_of(parameters, context)
    for root in roots_of(parameters, context):
        if parameters.fault == "never":
            yield from _never(root, fulfilments, parameters, reporter, context)
        elif parameters.fault == "twice":
            yield from _twice(root, fulfilments, reporter)
        elif parameters.fault == "early":
            yield from done_early(root, fulfilments, parameters, reporter, context)
        elif parameters.fault == "unwarned":
            yield from _unwarned(root, fulfilments, parameters, reporter, context)
        elif parameters.fault == "idle-callback":
            yield from _idle(root, fulfilments, parameters, reporter, context)
        else:
            yield from _missing(root, fulfilments, reporter, context)


def _never(
    root: Root,
    fulfilments: Fulfilments,
    parameters: CalledOnceParameters,
    reporter: Reporter,
    context: Context,
) -> Iterator[Finding]:
    severity: Severity | None = None
    where = f"{root.title} neither does it nor passes it on"
    site, body, trail = root.site, root.body, list[Step]()
    if root.fulfilment.acts:
        place = _kept_for_nobody(root, context)
        if place is None:
            return
        where = f"it is stored in `{place}`, and nothing takes it out again"
    elif root.fulfilment.missing is None:
        return
    elif any(fulfilments.told_in_time(held) for held in _droppers(root.fulfilment, fulfilments)):
        where, severity = "only the handler that runs when its time is up does so", "warning"
    else:
        body = [held.body for held in _droppers(root.fulfilment, fulfilments)][-1]
        if body is not root.body:
            where = f"`{body.symbol.function.spelling}`, which is given it, does nothing with it"
            site, trail = _name_of(body), [root.step]
    if parameters.asked and _is_other_kind(root.body.symbol.owner, parameters.asked, context):
        severity = "warning"
    yield reporter.finding(
        site,
        body,
        confidence="medium" if root.fulfilment.acts else "high",
        severity=severity,
        trail=trail,
        subject=root.value.name,
        where=where,
    )


def _is_other_kind(owner: str, asked: str, context: Context) -> bool:
    """Whether a type, as far as can be seen, is none tagged ``asked``: others hand the value to it."""
    kinds = map(context.models.type_named, context.program.supertypes(owner))
    known = [api for api in kinds if api is not None]
    return any(_ROOT in api.tags for api in known) and not any(asked in api.tags for api in known)


def _droppers(fulfilment: Fulfilment, fulfilments: Fulfilments) -> Iterator[Held]:
    """What holds the value in the functions that are given it, one after the other, and drop it."""
    waiting, seen = [fulfilment], set[int]()
    while waiting:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current.scene.held
        dropped = current.missing.dropped if current.missing is not None else None
        waiting.extend(fulfilments.of(scene) for scene in (dropped.left_to if dropped is not None else ()))


def _kept_for_nobody(root: Root, context: Context) -> str | None:
    """The property in which a closure ends up, where all that becomes of it is to be stored there."""
    scene = root.fulfilment.scene
    if id(root.value) not in scene.held.closures or scene.unit is not root.body.unit:
        return None
    handover = followed(context).of(root.value, root.body)
    if handover.calls or handover.is_unseen or not handover.stores:
        return None
    if followed(context).is_read(set(handover.stores)):
        return None
    return next(iter(handover.stores)).name


def _missing(root: Root, fulfilments: Fulfilments, reporter: Reporter, context: Context) -> Iterator[Finding]:
    if not root.fulfilment.acts:
        return
    if root.fulfilment.ways:
        for way in root.fulfilment.ways:
            yield _missed(root, root.fulfilment, way, "high", reporter)
        return
    alone = {id(root.fulfilment)}  # those that nothing else on their way relieves of it
    for left in fulfilments.inner(root.fulfilment):
        if id(left.by) not in alone or not fulfilments.is_alone(left.act, left.by):
            continue
        alone.add(id(left.to))
        if not left.to.acts:
            continue
        is_function = left.to.scene.form == "function"
        telling = [way for way in left.to.ways if is_function or _is_telling(way, left, context)]
        for way in telling:
            yield _missed(root, left.to, way, "medium", reporter, left)
        if telling:
            return


def _missed(
    root: Root,
    fulfilment: Fulfilment,
    way: Way,
    confidence: Confidence,
    reporter: Reporter,
    left: Left | None = None,
) -> Finding:
    body = fulfilment.scene.held.body
    trail = [root.step]
    if left is not None:
        trail.append(step_at(left.act.node, left.by.scene.held.body, "left to this"))
    if way.tested is not None:
        trail.append(step_at(way.tested, body, "when this decides against it"))
    site, where = _exit_of(way, fulfilment, root, is_inner=left is not None)
    return reporter.finding(
        site, body, confidence=confidence, trail=trail, subject=root.value.name, where=where
    )


def _exit_of(way: Way, fulfilment: Fulfilment, root: Root, *, is_inner: bool) -> tuple[tuple[int, int], str]:
    """The place, in bytes, where a way leaves, and what it does there."""
    scene = fulfilment.scene
    title = root.title
    if is_inner:
        title = f"`{scene.held.body.symbol.function.spelling}`" if scene.form == "function" else "the closure"
    if way.dropped is not None and isinstance(way.dropped.node, Call):
        taker = way.dropped.left_to[0].held.body.symbol if way.dropped.left_to else None
        name = f"`{taker.function.spelling}`" if taker is not None else f"`{way.dropped.node.name}`"
        return _called_at(way.dropped.node), f"{name} does nothing with it"
    if way.left_by is not None and isinstance(way.left_by, (Return, Throw)):
        verb = "throws" if isinstance(way.left_by, Throw) else "returns"
        return (way.left_by.start, way.left_by.end), f"{title} {verb} here without it"
    if way.left_by is not None:
        failing = next(nodes_of(way.left_by, Try), way.left_by)
        return (failing.start, failing.start + 3), f"{title} ends without it after an error here"
    where = f"{title} comes to its end without it"
    if way.tested is not None:
        return (way.tested.start, way.tested.end), where
    if scene.unit.node is not None:
        return (scene.unit.node.start, scene.unit.node.start + 1), where
    return root.site if not is_inner else _name_of(scene.held.body), where


def _name_of(body: Body) -> tuple[int, int]:
    return body.symbol.function.name_start, body.symbol.function.name_end


def _is_telling(way: Way, left: Left, context: Context) -> bool:
    """Whether a way through a closure on which it is not done is likely an oversight.

    Leaving early is, and a test of an argument, or of a value for nil. A closure that runs several times
    (progress, events), or one of several that may do it, does it on a condition of its own: that is not.
    """
    if _tells_its_caller(left) or _runs_for_each_event(left, context):
        return False
    if way.tested is None:
        return way.exit == "throw" or way.is_error
    unit, body = left.to.scene.unit, left.to.scene.held.body
    names = [n for n in descendants(way.tested) if isinstance(n, Name)]
    variables = [body.variable(name) for name in names]
    if any(v is not None and not v.unit.is_inside(unit) and len(v.definitions) > 1 for v in variables):
        return False  # a flag or a counter that others set, too
    if way.exit == "throw" or way.is_error or isinstance(way.left_by, (Return, Throw)):
        return True
    return isinstance(way.tested, Binding) or any(
        v is not None and v.unit.is_inside(unit) and v.unit is not body.unit for v in variables
    )


def _runs_for_each_event(left: Left, context: Context) -> bool:
    """Whether the closure is given to what runs it for one event after the other."""
    uses = context.resolver.operations.at(left.act.node, left.by.scene.held.body)
    return any(use.operation.is_named(_FOR_EVENTS) for use in uses)


def _tells_its_caller(left: Left) -> bool:
    """Whether a closure says through a pointer that it is given what it did: ``*stop = YES``.

    Then the one who calls it goes on to others where it did nothing.
    """
    unit, body = left.to.scene.unit, left.to.scene.held.body
    for assign in body.assigns_in(unit):
        target = unwrapped(assign.target)
        if isinstance(target, Unary) and target.operator == "*":
            named = unwrapped(target.operand)
            variable = body.variable(named) if isinstance(named, Name) else None
            if variable is not None and variable.unit is unit and variable.parameter is not None:
                return True
    return False


def _twice(root: Root, fulfilments: Fulfilments, reporter: Reporter) -> Iterator[Finding]:
    for fulfilment in (root.fulfilment, *(left.to for left in fulfilments.inner(root.fulfilment))):
        if fulfilment.twice is None:
            continue
        first, second = fulfilment.twice
        body = fulfilment.scene.held.body
        yield reporter.finding(
            _called_at(second),
            body,
            trail=[root.step, step_at(first, body, "done here before")],
            subject=root.value.name,
            where="a way on which it was done before comes here",
        )
        return


def _unwarned(
    root: Root,
    fulfilments: Fulfilments,
    parameters: CalledOnceParameters,
    reporter: Reporter,
    context: Context,
) -> Iterator[Finding]:
    """A value whose work goes on in closures, while nothing listens to when time is up.

    Silent where it goes out of sight, or is kept: who has it may listen.
    """
    scenes = [root.fulfilment, *(left.to for left in fulfilments.inner(root.fulfilment))]
    if any(act.deed is not Deed.DONE and not act.left_to for scene in scenes for act in scene.acts):
        return
    if all(scene.scene.at_once for scene in scenes):
        return
    bodies = [scene.scene.held.body for scene in scenes]
    if any(where is body for _, where, _ in context.uses(parameters.warned_by) for body in bodies):
        return
    where = "nobody hears when its time is up"
    yield reporter.finding(root.site, root.body, subject=root.value.name, where=where)


def _idle(
    root: Root,
    fulfilments: Fulfilments,
    parameters: CalledOnceParameters,
    reporter: Reporter,
    context: Context,
) -> Iterator[Finding]:
    """Callbacks of the value that only log: nothing stops the work, and nobody says that it is over.

    Where it is said before the code that is given the value returns, and nothing waits there for others, they
    have nothing to stop.
    """
    if root.fulfilment.deed is Deed.DONE and not _may_wait(root, parameters, context):
        return
    held = {id(h): h for h in (root.fulfilment.scene.held, *_helds(root.fulfilment, fulfilments))}
    for use, body, _ in context.uses(parameters.warned_by):
        if use.receiver is None or not any(
            h.body is body and is_named(use.receiver, h) for h in held.values()
        ):
            continue
        for closure in [*use.arguments.values()]:
            if isinstance(closure, Closure) and _only_logs(body.unit_of(closure), body, parameters, context):
                where = "the handler that runs when time is up does not stop the work, nor end the task"
                yield reporter.finding(
                    use.site,
                    body,
                    confidence="medium",
                    trail=[root.step],
                    subject=root.value.name,
                    where=where,
                )


def _may_wait(root: Root, parameters: CalledOnceParameters, context: Context) -> bool:
    """Whether the code that is given the value, or a function it leads to, waits for work of others."""
    waiting = {id(body) for _, body, _ in context.uses(parameters.waits)}
    unit, body = root.fulfilment.scene.unit, root.body
    called = [f for c in calls_in(unit.block) for f in context.resolver.callees.of(c, body).functions]
    return id(body) in waiting or context.reach.find(called, lambda s: id(s.body) in waiting) is not None


def _helds(fulfilment: Fulfilment, fulfilments: Fulfilments) -> Iterator[Held]:
    for left in fulfilments.inner(fulfilment):
        yield left.to.scene.held


def _only_logs(unit: Unit, body: Body, parameters: CalledOnceParameters, context: Context) -> bool:
    operations = context.resolver.operations
    return not body.assigns_in(unit) and all(
        any(use.operation.is_named(parameters.inert) for use in operations.at(call, body))
        for call in calls_in(unit.block)
    )


def _called_at(node: Node) -> tuple[int, int]:
    if isinstance(node, Call) and node.name:
        return node.name_start, node.name_end
    return node.start, node.end
