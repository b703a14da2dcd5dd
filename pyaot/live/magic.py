"""`%%pyaot`: the hinted functions of a cell get compiled versions, and the cell runs as it would have run.

    %load_ext pyaot

    %%pyaot --fp strict -v
    def smooth(a: NDArray[np.float64]) -> float: ...
    smooth(np.ones(5))

Functions are compiled together, just before the first statement that does something else than define: the
helpers and constants that they read are there by then.
"""

import ast
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from pyaot.base.options import Options
from pyaot.live.compilation import Made, compile_roots, options_for, root_of
from pyaot.live.definition import NoSourceError
from pyaot.live.known import function_in
from pyaot.live.program import Root
from pyaot.output.report import report_text


def load(shell: InteractiveShell) -> None:
    """Gives the shell its `%%pyaot`."""

    @magic_arguments()
    @argument("--fp", choices=("relaxed", "strict"), default="relaxed", help="strict: the original's bits.")
    @argument("--target", choices=("all", "native", "numpy"), default="all", help="The versions to make.")
    @argument(
        "-v", "--verbose", action="store_true", help="Tell what was made of each loop, and why not more."
    )
    def pyaot(line: str, cell: str) -> None:
        """Run the cell with compiled versions of its hinted functions."""
        asked = parse_argstring(pyaot, line)
        _Cell(shell, options_for(asked.fp, asked.target), asked.verbose).run(cell)

    shell.register_magic_function(pyaot, "cell", "pyaot")


class _Cell:
    """A cell while it runs."""

    def __init__(self, shell: InteractiveShell, options: Options, is_verbose: bool) -> None:
        self._shell, self._options, self._is_verbose = shell, options, is_verbose
        self._waiting: list[str] = []  # functions that are defined and not yet compiled
        self._defined: set[str] = set()

    def run(self, cell: str) -> None:
        """Runs the statements in order; the value of a last expression is shown."""
        text = self._shell.transform_cell(cell)
        name = self._shell.compile.cache(text, self._shell.execution_count, raw_code=cell)
        body = self._shell.transform_ast(ast.parse(text, name)).body
        for number, node in enumerate(body):
            if not _only_defines(node, self._defined):
                self._compile()
            self._defined |= set(_names_of(node))
            self._execute(node, name, is_last=number == len(body) - 1)
            self._waiting += _hinted(node)
        self._compile()

    def _execute(self, node: ast.stmt, name: str, is_last: bool) -> None:
        flags = self._shell.compile.flags
        if is_last and isinstance(node, ast.Expr):
            self._compile()
            code = compile(ast.Interactive([node]), name, "single", flags, dont_inherit=True)
        else:
            code = compile(ast.Module([node], []), name, "exec", flags, dont_inherit=True)
        exec(code, self._shell.user_ns)

    def _compile(self) -> None:
        """All functions that wait; one by one where one of them has no text."""
        names, self._waiting = list(dict.fromkeys(self._waiting)), []
        roots = [root for name in names if (root := self._root(name)) is not None]
        if not roots:
            return
        try:
            self._bind(roots, compile_roots(roots, self._options))
        except NoSourceError:
            for root in roots:
                self._compile_alone(root)

    def _compile_alone(self, root: Root) -> None:
        try:
            self._bind([root], compile_roots([root], self._options))
        except NoSourceError as error:
            _say(f"{root.name} stays Python: {error}")

    def _root(self, name: str) -> Root | None:
        try:
            return root_of(self._value(name))
        except TypeError as error:
            _say(f"{name} stays Python: {error}")
            return None

    def _value(self, name: str) -> Any:
        owner, _, member = name.rpartition(".")
        if owner:
            return function_in(vars(self._shell.user_ns[owner]).get(member))
        return self._shell.user_ns.get(name)

    def _bind(self, roots: Sequence[Root], made: Made) -> None:
        for root, function in zip(roots, made.functions, strict=True):
            owner, _, member = root.name.rpartition(".")
            if not owner:
                self._shell.user_ns[root.name] = function
                continue
            kind = self._shell.user_ns[owner]
            now = vars(kind)[member]
            around = type(now) if isinstance(now, staticmethod | classmethod) else None
            setattr(kind, member, function if around is None else around(function))
        if self._is_verbose:
            print(report_text(made.report), end="")
            for said in made.report["diagnostics"]:
                print("\n".join(_remark(said)))
        else:
            for root in roots:
                _say(_summary(root, made.report))


def _only_defines(node: ast.stmt, defined: set[str]) -> bool:
    """Whether it runs nothing of what the cell defines."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign() | ast.AnnAssign():
            read = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
            return not read & defined
        case _:
            return False


def _names_of(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name


def _hinted(node: ast.stmt) -> Iterator[str]:
    """The functions with hints that a statement defines: 'smooth', 'Radar.process'."""
    match node:
        case ast.FunctionDef(name=name, args=arguments) if _has_hints(arguments):
            yield name
        case ast.ClassDef(name=owner, body=body):
            for part in body:
                if isinstance(part, ast.FunctionDef) and _has_hints(part.args) and _stays_method(part):
                    yield f"{owner}.{part.name}"
        case _:
            return


def _has_hints(arguments: ast.arguments) -> bool:
    return any(part.annotation is not None for part in ast.walk(arguments) if isinstance(part, ast.arg))


def _stays_method(node: ast.FunctionDef) -> bool:
    decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
    return not node.name.startswith("__") and set(decorators) <= {"staticmethod", "classmethod"}


# ---- what is told ---------------------------------------------------------------------------------------


def _summary(root: Root, report: Mapping[str, Any]) -> str:
    """Which versions there are; why there are none."""
    own = [f for f in report["functions"] if f["name"].partition(":")[0] == root.name]
    if not own:
        reasons = [d["message"] for d in report["diagnostics"] if d.get("function") == root.name]
        return f"{root.name} stays Python: {reasons[0] if reasons else 'it has no hints'}"
    versions = dict.fromkeys(v for f in own for i in f["instances"] for v in i["versions"])
    parts = [f["name"].partition(":")[2] for f in own if ":" in f["name"]]
    where = f" (lines {', '.join(parts)})" if parts else ""
    pays = (
        "" if any(i["pays"] for f in own for i in f["instances"]) else "; the original runs, which takes less"
    )
    return f"{root.name}: {', '.join(versions)}{where}{pays}"


def _remark(said: Mapping[str, Any]) -> Iterator[str]:
    place = f" (line {said['span']['line']})" if said["span"] else ""
    yield f"{said['severity']}[{said['code']}]: {said['message']}{place}"
    yield from (f"  = note: {note}" for note in said["notes"])
    yield from (f"  = hint: {hint}" for hint in said["hints"])


def _say(text: str) -> None:
    print(f"pyaot: {text}", file=sys.stderr)
