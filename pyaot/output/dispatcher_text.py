"""The function that stands behind the user's name.

It has the user's signature, tries the instances in order of preference, then the original:

    def _pyaot_run_scale(self, a, k=None):
        if _pyaot.has_fields(self, 'gain'):
            _pyaot_value_gain = self.gain
            if _pyaot_guard(_pyaot_value_gain, a, k) is None:
                _pyaot_result = _pyaot_call(_pyaot_value_gain, a, k)
                if _pyaot_result is not _pyaot.DECLINED:
                    return _pyaot_result
        return _pyaot_original(self, a, k)
"""

from collections.abc import Iterator

from pyaot.base.names import c_identifier
from pyaot.ir.program import Entry, Kind, Parameter
from pyaot.ir.types import Array
from pyaot.output.binding_text import access_checks, is_simple, owners
from pyaot.output.fact_text import changed_text, parameter_facts
from pyaot.output.runtime_names import DTYPES, Wording
from pyaot.output.scene import STEP, Scene
from pyaot.plan.guards import boxed_params


def dispatcher_name(entry: Entry, wording: Wording) -> str:
    """The dispatcher's name in tracebacks; else it goes by the user's."""
    return wording.own("run_" + c_identifier(entry.def_name.lstrip("_")))


def dispatcher_lines(scenes: list[Scene]) -> Iterator[str]:
    """The whole dispatcher: every instance in order of preference, then the original."""
    entry, wording = scenes[0].entry, scenes[0].wording
    yield f"def {dispatcher_name(entry, wording)}({signature_text(entry.parameters)}):"
    for scene in scenes:
        yield from (STEP + line for line in _attempt_lines(scene))
    yield f"{STEP}return {wording.own('original')}({arguments_text(entry.parameters)})"


def _attempt_lines(scene: Scene) -> Iterator[str]:
    """`if` the arguments can be read: read them, ask the guard, call."""
    checks = [f"not {name}" for name in _unused_rest(scene)]
    facts = parameter_facts(scene.entry, scene.plan.instance)
    checks += access_checks([*scene.texts.values(), *(fact.name for fact in facts)], scene.wording)
    checks += [f"not ({changed_text(fact, scene.wording)})" for fact in facts]
    checks += _field_checks(scene)
    step = STEP if checks else ""
    if checks:
        yield f"if {' and '.join(checks)}:"
    yield from (step + line for line in _guarded_lines(scene))


def _guarded_lines(scene: Scene) -> Iterator[str]:
    wording, values = scene.wording, _dispatcher_values(scene)
    for name, value in values.items():
        if value != scene.texts[name]:
            yield f"{value} = {_read_text(scene, name)}"
    result, args = wording.own("result"), ", ".join(values.values())
    boxed = boxed_params(scene.plan.function)
    rewritten = [values[p.name] for p in boxed if p.name in scene.plan.written]
    holds = " and ".join((f"{scene.own('guard')}({args}) is None", *_view_checks(scene)))
    yield f"if {holds}:"
    yield from (f"{STEP}{wording.runtime('keep')}({value})" for value in rewritten)
    yield f"{STEP}{result} = {scene.own('call')}({args})"
    yield f"{STEP}if {result} is not {wording.runtime('DECLINED')}:"
    yield from (f"{STEP * 2}{wording.runtime('rebox')}({value})" for value in rewritten)
    if fields := scene.plan.instance.fields:
        yield f"{STEP * 2}{result}, {', '.join(fields)} = {result}"
    yield f"{STEP * 2}return {result}"


def _field_checks(scene: Scene) -> Iterator[str]:
    """That setting fields runs nobody's code, and that no other object is the same one."""
    fields: dict[str, list[str]] = {}
    for owner, _, name in (field.rpartition(".") for field in scene.plan.instance.fields):
        fields.setdefault(owner, []).append(name)
    others = {owner for text in scene.texts.values() for owner in owners(text)}
    for owner, names in fields.items():
        yield f"{scene.wording.runtime('takes_fields')}({owner}, {', '.join(map(repr, names))})"
        yield from (f"{owner} is not {other}" for other in sorted(others - {owner}))


def _view_checks(scene: Scene) -> Iterator[str]:
    """That a parameter is the view of others that the kernel takes it for, once these are what it wants."""
    for view in scene.plan.instance.views:
        yield f"{scene.wording.runtime('is_view')}({view.param}, lambda: {view.text})"


def _read_text(scene: Scene, name: str) -> str:
    """The user's argument, as the elements of its list where it is one."""
    type = next(p.type for p in scene.plan.function.params if p.name == name)
    text, wording = scene.texts[name], scene.wording
    if _is_global(scene, name):  # it may be gone, or not be there yet
        text = f"{wording.builtin('globals')}().get({text!r})"
    if not (isinstance(type, Array) and type.boxed):
        return text
    return f"{wording.runtime('unbox')}({text}, {wording.runtime(DTYPES[type.dtype])}, {type.rank})"


def _is_global(scene: Scene, name: str) -> bool:
    """Whether the IR parameter is a name of the module, not one of the user's parameters."""
    text = scene.texts[name]
    return is_simple(text) and text not in {parameter.name for parameter in scene.entry.parameters}


def _dispatcher_values(scene: Scene) -> dict[str, str]:
    """For each IR parameter the name that holds its value in the dispatcher."""
    boxed = {param.name for param in boxed_params(scene.plan.function)}
    return {
        param.name: scene.texts[param.name]
        if is_simple(scene.texts[param.name])
        and param.name not in boxed
        and not _is_global(scene, param.name)
        else scene.wording.own(f"value_{c_identifier(param.name)}")
        for param in scene.plan.function.params
    }


def _unused_rest(scene: Scene) -> list[str]:
    """`*args` and `**kwargs` that no binding reads must be empty."""
    read = " ".join(scene.texts.values())
    rest = (Kind.VAR_POSITIONAL, Kind.VAR_KEYWORD)
    return [p.name for p in scene.entry.parameters if p.kind in rest and p.name not in read]


def signature_text(parameters: tuple[Parameter, ...]) -> str:
    """The user's signature; the values of defaults are put in when the function is bound."""
    parts: list[str] = []
    for index, parameter in enumerate(parameters):
        before = parameters[index - 1].kind if index else None
        if before is Kind.POSITIONAL_ONLY and parameter.kind is not Kind.POSITIONAL_ONLY:
            parts.append("/")
        if parameter.kind is Kind.KEYWORD_ONLY and before not in (Kind.KEYWORD_ONLY, Kind.VAR_POSITIONAL):
            parts.append("*")
        parts.append(_parameter_text(parameter))
    if parameters and parameters[-1].kind is Kind.POSITIONAL_ONLY:
        parts.append("/")
    return ", ".join(parts)


def arguments_text(parameters: tuple[Parameter, ...]) -> str:
    """All parameters handed on."""
    stars = {Kind.VAR_POSITIONAL: "*{0}", Kind.VAR_KEYWORD: "**{0}", Kind.KEYWORD_ONLY: "{0}={0}"}
    return ", ".join(stars.get(p.kind, "{0}").format(p.name) for p in parameters)


def _parameter_text(parameter: Parameter) -> str:
    stars = {Kind.VAR_POSITIONAL: "*", Kind.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    return f"{stars}{parameter.name}{'=None' if parameter.has_default else ''}"
