"""What the functions of a file do with the objects that calls hand them, as far as the text tells.

def step(self, k):             reads self.x, sets self.n; `self.step(k)` in another method does so, too
    self.n += 1
    return self.x * k
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import libcst as cst

from pyaot.frontend.facts import assigned_names
from pyaot.frontend.rank_uses import is_text
from pyaot.frontend.scope_classes import FieldInfo
from pyaot.frontend.scopes import FunctionInfo, ModuleScope
from pyaot.frontend.syntax import walk, walk_body

Handed: TypeAlias = "tuple[cst.FunctionDef, str]"  # a function, and its parameter that is the object
_Seen: TypeAlias = frozenset[tuple[cst.FunctionDef, str]]
_PROPERTY = ("builtins.property",)


def method_of(module: ModuleScope, class_name: str, name: str) -> FunctionInfo | None:
    """The method of that name, of the class or of a base that stands in the same file."""
    found = module.functions.get(f"{class_name}.{name}")
    if found is not None:
        return None if found.qualified_name in module.rebound else found
    bases = module.classes[class_name].bases if class_name in module.classes else ()
    inherited = (method_of(module, base, name) for base in bases if base in module.classes)
    return next((info for info in inherited if info is not None), None)


def is_property(info: FunctionInfo) -> bool:
    """It is read like a field."""
    return info.decorators == _PROPERTY


def fields_of(module: ModuleScope, class_name: str) -> Mapping[str, FieldInfo]:
    """The fields of a class, those of its bases in the same file among them."""
    made = module.classes[class_name]
    inherited = [fields_of(module, base) for base in reversed(made.bases) if base in module.classes]
    return {name: field for fields in (*inherited, made.fields) for name, field in fields.items()}


def handed_to(node: cst.CSTNode, text: str, class_name: str, module: ModuleScope) -> Iterator[Handed]:
    """The functions of the file that a call, or the reading of a property, hands an object to."""
    match node:
        case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value=name))) if is_text(owner, text):
            info = method_of(module, class_name, name)
            if info is not None and info.is_method and not info.obstacle:
                yield from _first_parameter(info)
        case cst.Attribute(value=owner, attr=cst.Name(value=name)) if is_text(owner, text):
            info = method_of(module, class_name, name)
            if info is not None and is_property(info):
                yield from _first_parameter(info)
        case cst.Call(func=cst.Name(value=name), args=args) if name in module.functions:
            yield from _of_arguments(module.functions[name].node, args, text)


def _first_parameter(info: FunctionInfo) -> Iterator[Handed]:
    params = info.node.params
    yield from ((info.node, p.name.value) for p in (*params.posonly_params, *params.params)[:1])


def _of_arguments(function: cst.FunctionDef, args: Sequence[cst.Arg], text: str) -> Iterator[Handed]:
    params = [p.name.value for p in (*function.params.posonly_params, *function.params.params)]
    for position, arg in enumerate(args):
        if is_text(arg.value, text) and not arg.star:
            own = arg.keyword.value if arg.keyword else params[position] if position < len(params) else ""
            if own:
                yield function, own


# ---- what is read ---------------------------------------------------------------------------------------


def read_by_calls(
    node: cst.FunctionDef, text: str, class_name: str, module: ModuleScope, seen: _Seen = frozenset()
) -> set[str]:
    """The fields of the object that functions read which the body hands it to."""
    found: set[str] = set()
    for part in walk(node.body):
        for function, own in handed_to(part, text, class_name, module):
            if (function, own) not in seen:
                found |= {inner.attr.value for inner in _attributes_of(function, own)}
                found |= read_by_calls(function, own, class_name, module, seen | {(function, own)})
    return found


def _attributes_of(function: cst.FunctionDef, text: str) -> Iterator[cst.Attribute]:
    for part in walk(function.body):
        if isinstance(part, cst.Attribute) and is_text(part.value, text):
            yield part


# ---- what is set ----------------------------------------------------------------------------------------


def set_in(
    node: cst.FunctionDef, name: str, class_name: str, module: ModuleScope, seen: _Seen = frozenset()
) -> tuple[str, ...] | None:
    """The fields of a parameter's object that the function sets, itself or by calls; None where it has
    another name there, so that nobody can tell."""
    seen |= {(node, name)}
    found: dict[str, None] = {}
    for part in walk_body(node.body):
        texts = (text.partition(".") for text in set_by(part))
        found |= dict.fromkeys(field for owner, _, field in texts if owner == name)
        handed = [pair for pair in handed_to(part, name, class_name, module) if pair not in seen]
        inner = [set_in(function, own, class_name, module, seen) for function, own in handed]
        if None in inner or (len(handed) > 1 and any(inner)):
            return None
        found |= dict.fromkeys(field for fields in inner if fields for field in fields)
    if found and (name in assigned_names(node.body) or not _is_in_sight(node, name, class_name, module)):
        return None
    return tuple(found)


def set_by_call(node: cst.CSTNode, objects: Mapping[str, str], module: ModuleScope) -> tuple[str, ...]:
    """The fields that a call sets, as text; `objects` are the names of objects here, and their classes."""
    found: list[tuple[int, str]] = []
    for name, class_name in objects.items():
        for function, own in handed_to(node, name, class_name, module):
            params = [p.name.value for p in walk(function.params) if isinstance(p, cst.Param)]
            fields = set_in(function, own, class_name, module) or ()
            found += [(params.index(own), f"{name}.{field}") for field in fields]
    return tuple(text for _, text in sorted(found, key=lambda pair: pair[0]))


def set_by(node: cst.CSTNode) -> Iterator[str]:
    """The fields that a statement itself sets, as text: `s.n`."""
    match node:
        case (
            cst.AssignTarget(target=target)
            | cst.AugAssign(target=target)
            | cst.AnnAssign(target=target, value=cst.BaseExpression())
        ):
            parts = [part.value for part in walk(target) if isinstance(part, cst.Element)]
            yield from (text for part in (target, *parts) if (text := field_text(part)))


def field_text(node: cst.CSTNode) -> str:
    """`s.n`; "" where it is no field of a variable."""
    match node:
        case cst.Attribute(value=cst.Name(value=owner), attr=cst.Name(value=name)):
            return f"{owner}.{name}"
    return ""


def _is_in_sight(node: cst.FunctionDef, name: str, class_name: str, module: ModuleScope) -> bool:
    """Whether only fields and methods of the object are used, and by no function inside."""
    mentioned = sum(isinstance(part, cst.Name) and part.value == name for part in walk(node.body))
    used = 0
    for part in walk_body(node.body):
        used += field_text(part).partition(".")[0] == name
        if isinstance(part, cst.Call) and isinstance(part.func, cst.Name):
            used += sum(1 for _ in handed_to(part, name, class_name, module))
    return mentioned == used
