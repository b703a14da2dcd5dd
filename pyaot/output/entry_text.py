"""The text that follows a compiled def: its guard, the call of its kernels, and the new meaning of its name.

    @_pyaot.versions(scale)
    def scale(_pyaot_bind):
        def _pyaot_guard(a, k): ...            None where the kernels are right, else why not
        _pyaot_guard, _pyaot_kernel = _pyaot_bind.choose(_pyaot_guard, native=_pyaot_kernels.get('scale'))
        def _pyaot_call(a, k): ...             the kernel's answer as a result, or DECLINED
        def _pyaot_run_scale(a, k=None): ...   the user's signature
        return _pyaot_run_scale

With several instances the names carry numbers. Numbered or not, everything made up starts with the prefix.
"""

from collections.abc import Iterator, Mapping
from textwrap import indent

from pyaot.backends.c_flags import can_meet_errors, may_miss_errors
from pyaot.backends.emitted import Emitted
from pyaot.ir.types import Array
from pyaot.output.dispatcher_text import dispatcher_lines, dispatcher_name
from pyaot.output.fact_text import capture_lines, changed_text, global_facts
from pyaot.output.guard_text import guard_lines
from pyaot.output.result_text import result_lines
from pyaot.output.runtime_names import Wording
from pyaot.output.scene import STEP, Scene
from pyaot.plan.plan import EntryPlan


def entry_text(entry_plan: EntryPlan, numpy: Mapping[str, Emitted], wording: Wording) -> str:
    """The text for one of the user's functions, at no indentation."""
    entry = entry_plan.entry
    name = entry.def_name
    numbers = (
        [f"_{i + 1}" for i in range(len(entry_plan.instances))] if len(entry_plan.instances) > 1 else [""]
    )
    scenes = [Scene(entry, p, wording, n) for p, n in zip(entry_plan.instances, numbers, strict=True)]
    head = [
        f"@{wording.runtime('versions')}({name})",
        f"def {name}({wording.own('bind')}):",
        f'{STEP}"""Versions of {entry.qualified_name!r}: one whose guard holds, else the original."""',
        f"{STEP}{wording.own('original')} = {wording.own('bind')}.original",
    ]
    body: list[str] = []
    for scene in scenes:
        body += ["", *_instance_lines(scene, numpy)]
    body += ["", *dispatcher_lines(scenes), "", f"return {dispatcher_name(entry, wording)}"]
    return "\n".join(head) + "\n" + indent("\n".join(body), STEP) + "\n"


# ---- one instance: guard and call


def _instance_lines(scene: Scene, numpy: Mapping[str, Emitted]) -> Iterator[str]:
    facts = global_facts(scene.entry, scene.plan.instance)
    yield from capture_lines(facts, scene.wording)
    if facts:
        yield from _function(f"{scene.own('changed')}()", _changed_lines(scene))
        yield ""
    yield from _function(f"{scene.own('guard')}({scene.params})", _guard_lines(scene))
    yield ""
    for target in scene.plan.targets:
        if target != "native":
            yield from numpy[scene.plan.function.name].text.rstrip("\n").splitlines()
            yield ""
    yield from _choice_lines(scene, numpy)
    yield ""
    yield from _function(f"{scene.own('call')}({scene.params})", _call_lines(scene))


def _function(head: str, body: Iterator[str]) -> Iterator[str]:
    yield f"def {head}:"
    yield from (STEP + line if line else "" for line in body)


def _changed_lines(scene: Scene) -> Iterator[str]:
    """Names of globals are read where no parameter can hide them."""
    yield "try:"
    for fact in global_facts(scene.entry, scene.plan.instance):
        yield f"{STEP}if {changed_text(fact, scene.wording)}:"
        yield f"{STEP * 2}return {f'{fact.name!r} is not what it was at compile time'!r}"
    yield f"except ({scene.wording.builtin('NameError')}, {scene.wording.builtin('AttributeError')}):"
    yield f"{STEP}return 'a global that was there at compile time is gone'"
    yield "return None"


def _guard_lines(scene: Scene) -> Iterator[str]:
    yield f'"""None where the compiled versions of {scene.entry.qualified_name!r} are right, else why not."""'
    if global_facts(scene.entry, scene.plan.instance):
        reason = scene.wording.own("reason")
        yield f"{reason} = {scene.own('changed')}()"
        yield f"if {reason} is not None:"
        yield f"{STEP}return {reason}"
    yield from guard_lines(scene.plan.conditions, scene.texts, scene.names, scene.wording)


def _choice_lines(scene: Scene, numpy: Mapping[str, Emitted]) -> Iterator[str]:
    name = scene.plan.function.name
    kernels = {
        target: f"{scene.wording.own('kernels')}.get({name!r})"
        if target == "native"
        else numpy[name].symbols[-1]
        for target in scene.plan.targets
    }
    guard = scene.own("guard")
    choose = "choose" if scene.plan.pays else "choose_if_forced"
    yield f"{guard}, {scene.own('kernel')} = {scene.wording.own('bind')}.{choose}("
    yield f"{STEP}{guard}, {', '.join(f'{target}={text}' for target, text in kernels.items())}"
    yield ")"


def _call_lines(scene: Scene) -> Iterator[str]:
    wording, answer = scene.wording, scene.wording.own("answer")
    yield from _copy_lines(scene)
    yield from _answer_lines(scene, answer)
    yield f"if {answer}[0] < 0:"
    yield f"{STEP}return {wording.runtime('DECLINED')}"
    report = f"{wording.runtime('report')}({answer}[1], {scene.entry.qualified_name!r})"
    yield f"if {answer}[1] and not {report}:"
    yield f"{STEP}return {wording.runtime('DECLINED')}"
    yield from result_lines(scene.plan.function, answer, scene.names, wording)


def _answer_lines(scene: Scene, answer: str) -> Iterator[str]:
    """The kernel's answer; where an error may raise in the middle, nothing of the caller's changes before."""
    wording, kernel, written = scene.wording, scene.own("kernel"), _written_arrays(scene)
    if may_miss_errors(scene.plan.function):
        yield f"if not {wording.runtime('only_warns')}():"
        yield f"{STEP}return {wording.runtime('DECLINED')}"
        yield f"{answer} = {kernel}({scene.as_tuple})"
        return
    if not written or not can_meet_errors(scene.plan.function):
        yield f"{answer} = {kernel}({scene.as_tuple})"
        return
    yield f"if {wording.runtime('only_warns')}():"
    yield f"{STEP}{answer} = {kernel}({scene.as_tuple})"
    yield "else:"
    yield f"{STEP}{answer} = {wording.runtime('on_copies')}({kernel}, {scene.as_tuple}, {written})"


def _copy_lines(scene: Scene) -> Iterator[str]:
    """Arrays that are not contiguous go through a copy, and the call begins anew."""
    params = scene.plan.function.params
    arrays = [p.name for p in params if isinstance(p.type, Array) and not p.type.boxed]
    if not arrays:
        return
    flags = " & ".join(f"{scene.names.value(name)}.flags.num" for name in arrays)
    plain = scene.wording.runtime("PLAIN")
    yield f"if {flags} & {plain} != {plain}:"
    arguments = f"{scene.own('call')}, {scene.as_tuple}, {_written_arrays(scene)}"
    copies = f"{scene.wording.runtime('with_copies')}({arguments})"
    yield f"{STEP}return {copies}"


def _written_arrays(scene: Scene) -> tuple[int, ...]:
    """The positions of arrays that are written; a list is rewritten after the call anyway."""
    params, written = scene.plan.function.params, scene.plan.written
    return tuple(
        place
        for place, param in enumerate(params)
        if param.name in written and isinstance(param.type, Array) and not param.type.boxed
    )
