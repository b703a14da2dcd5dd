"""Methods of lists that grow: `out.append(x)`, `out.extend(more)`, `stack.pop()`, `out.clear()`."""

from msgspec.structs import replace

from pyaot.base.catalogue import UNKNOWN_FUNCTION
from pyaot.frontend.appending import Listed, append, clear, extend, pop
from pyaot.frontend.arguments import Arguments, number
from pyaot.frontend.arrays import materialise
from pyaot.frontend.context import Context
from pyaot.frontend.list_items import copied
from pyaot.frontend.python_sorting import sort_list
from pyaot.frontend.values import ArrayValue, ListValue, NoneValue, Value


def list_method(ctx: Context, target: Listed, name: str, arguments: Arguments) -> Value:
    """`target.name(*arguments)`."""
    if name == "sort" and isinstance(target, ArrayValue):
        return sort_list(ctx, target, arguments)
    if arguments.keywords:
        raise ctx.refuse(UNKNOWN_FUNCTION, f"Keyword arguments of 'list.{name}' are not compiled.")
    match name, arguments.positional:
        case "append", (item,):
            append(ctx, target, item)
        case "extend", (items,):
            extend(ctx, target, items)
        case "pop", ():
            return pop(ctx, target, None)
        case "pop", (index,):
            return pop(ctx, target, number(ctx, index))
        case "clear", ():
            clear(ctx, target)
        case "copy", () if isinstance(target, ArrayValue):
            return materialise(ctx, target)
        case "copy", () if isinstance(target, ListValue) and all(c.boxed for c in target.columns):
            return replace(target, columns=copied(ctx, target.columns), grows="")
        case _:
            hint = "Write it as a loop, or sort an array: np.sort."
            raise ctx.refuse(
                UNKNOWN_FUNCTION, f"The method '{name}' of a list has no compiled form.", None, hint
            )
    return NoneValue()
