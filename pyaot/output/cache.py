"""The cache of `pyaot run`: a folder per content, made elsewhere and put in its place in one step.

    <cache>/<key>/prog.py  prog_kernels.c  prog_kernels.*.so  prog.report.json  manifest.json

The key says everything that the files depend on; the manifest has the digest of every file, and an entry that
differs from it is built anew, never loaded.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import stat
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from platformdirs import user_cache_path

import pyaot
from pyaot.base.catalogue import CACHE_UNWRITABLE
from pyaot.base.diagnostics import Diagnostic
from pyaot.base.options import Options
from pyaot.base.source import NOWHERE, SourceFile
from pyaot.output.bundle import Inserted
from pyaot.output.version import VERSION
from pyaot.output.write import publish_folder, write_files

MANIFEST = "manifest.json"
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n#;]+)|import[ \t]+([^\n#;]+))",
    re.MULTILINE,
)
_PRIVATE = 0o700
_WRITEABLE_BY_OTHERS = 0o022


class Cached(Struct, frozen=True):
    """An intact entry: where it stands, and what is needed to run its module as the user's file."""

    folder: Path
    module: Path
    inserted: tuple[Inserted, ...]
    prefix: str


class Listing(Struct, frozen=True):
    """An entry as `pyaot cache list` shows it."""

    key: str
    source: str
    size: int
    intact: bool


# ---- the folder


def cache_folder() -> Path:
    """Where the cache is, or would be: PYAOT_CACHE_DIR, else the user's cache folder."""
    named = os.environ.get("PYAOT_CACHE_DIR")
    return Path(named).absolute() if named else user_cache_path("pyaot", appauthor=False)


def open_cache(folder: Path) -> Diagnostic | None:
    """Makes the folder, for this user only; says why where that is not possible or somebody else owns it."""
    try:
        folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        status = folder.stat()
        if status.st_uid != os.getuid():
            return _unwritable(folder, "another user owns it")
        if stat.S_IMODE(status.st_mode) & _WRITEABLE_BY_OTHERS:
            return _unwritable(folder, "others may write into it")
        _try_to_write(folder / f".pyaot-probe-{os.getpid()}")
    except OSError as error:
        return _unwritable(folder, error.strerror or str(error))
    return None


def _try_to_write(file: Path) -> None:
    """OSError where the file cannot be written; it is gone again afterwards."""
    try:
        file.write_bytes(b"pyaot")
    finally:
        file.unlink(missing_ok=True)


def _unwritable(folder: Path, reason: str) -> Diagnostic:
    return Diagnostic(
        CACHE_UNWRITABLE,
        f"The cache '{folder}' cannot be used: {reason}.",
        NOWHERE,
        notes=("The program is compiled into a temporary folder, and again at the next start.",),
        hints=("PYAOT_CACHE_DIR names another folder.",),
    )


# ---- keys


def key_of(source: SourceFile, options: Options, compiler: str) -> str:
    """The name of the entry: a digest of all that its files depend on."""
    facts = {
        "pyaot": [VERSION, _compiler_state()],
        "python": [sys.implementation.cache_tag, platform.machine()],
        "name": source.path.name,
        "text": source.text,
        "imported": [_digest(path.read_bytes()) for path in imported_files(source)],
        "options": asdict(options),
        "compiler": compiler,
        "cpu": _cpu() if options.march == "native" else "",
    }
    return _digest(json.dumps(facts, sort_keys=True, default=list).encode("utf-8", "surrogatepass"))[:40]


def imported_files(source: SourceFile) -> tuple[Path, ...]:
    """The files in the source's folder that it imports, directly or through others, in a fixed order."""
    start = source.path.absolute()
    found: set[Path] = set()
    todo = [(start.parent, source.text)]
    while todo:
        folder, text = todo.pop()
        for path in _files_named_in(text, {start.parent, folder}) - found - {start}:
            found.add(path)
            todo.append((path.parent, path.read_text(encoding="utf-8", errors="replace")))
    return tuple(sorted(found))


def _files_named_in(text: str, folders: set[Path]) -> set[Path]:
    """The files that the import statements may mean; one too many does no harm."""
    stems = {
        folder.joinpath(*parts[:end])
        for parts in _dotted_names(text)
        for end in range(1, len(parts) + 1)
        for folder in folders
    }
    candidates = {stem.with_name(f"{stem.name}.py") for stem in stems} | {s / "__init__.py" for s in stems}
    return {path for path in candidates if path.is_file()}


def _dotted_names(text: str) -> Iterator[list[str]]:
    for module, names, modules in _IMPORT.findall(text):
        for name in re.findall(r"[\w.]+", names or modules):
            yield [part for part in f"{module}.{name}".split(".") if part]


def _compiler_state() -> str:
    """Changes whenever a file of the compiler does, for those who work on it."""
    states = [
        f"{folder} {file.name} {file.stat().st_size} {file.stat().st_mtime_ns}"
        for folder, _, _ in os.walk(Path(pyaot.__file__).parent)
        for file in os.scandir(folder)
        if file.name.endswith(".py")
    ]
    return _digest("\n".join(sorted(states)).encode())


def compiler_identity() -> str:
    """Changes when another C compiler would be taken, without starting one."""
    named = os.environ.get("CC", "")
    paths = [path for name in (named, "cc", "gcc", "clang") if name and (path := shutil.which(name))]
    states = [f"{path} {status.st_size} {status.st_mtime_ns}" for path in paths if (status := os.stat(path))]
    return "\n".join([named, *states, str(find_spec("ziglang") is not None)])


def _cpu() -> str:
    """The processor's model and its instructions, as far as the system tells."""
    try:
        with open("/proc/cpuinfo", "rb") as stream:
            lines = stream.read(8192).split(b"\n\n")[0].splitlines()
    except OSError:
        return platform.processor()
    wanted = (b"model name", b"flags", b"Features", b"CPU part")
    return _digest(b"\n".join(line for line in lines if line.startswith(wanted)))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# ---- entries


def load_entry(root: Path, key: str) -> Cached | None:
    """The entry if it is there and every file of it is what was written; else None."""
    folder = root / key
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        if manifest["folder"] != str(folder) or not _is_intact(folder, manifest):
            return None
        inserted = tuple(Inserted(first, count, tuple(lines)) for first, count, lines in manifest["inserted"])
        return Cached(folder, folder / manifest["module"], inserted, manifest["prefix"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_damaged(root: Path, key: str) -> bool:
    """Whether something stands in the entry's place that is no intact entry."""
    return (root / key).exists() and load_entry(root, key) is None


def seal(stage: Path, folder: Path, facts: Mapping[str, Any]) -> None:
    """Writes the manifest of the files in `stage` and puts them in their place as `folder`."""
    files = {path.name: _digest(path.read_bytes()) for path in sorted(stage.iterdir())}
    manifest = {"pyaot": VERSION, "folder": str(folder), "files": files, **facts}
    write_files({MANIFEST: json.dumps(manifest, indent=1).encode()}, stage)
    publish_folder(stage, folder)


def _is_intact(folder: Path, manifest: Mapping[str, Any]) -> bool:
    return all(_digest((folder / name).read_bytes()) == digest for name, digest in manifest["files"].items())


def entries(root: Path) -> list[Listing]:
    """All entries, oldest first."""
    if not root.is_dir():
        return []
    folders = [path for path in root.iterdir() if (path / MANIFEST).exists()]
    return [_listed(root, path) for path in sorted(folders, key=lambda path: path.stat().st_mtime)]


def clear(root: Path) -> int:
    """Removes all that the cache put there; gives the number of entries."""
    found = entries(root)
    for entry in found:
        shutil.rmtree(root / entry.key, ignore_errors=True)
    shutil.rmtree(root / "locks", ignore_errors=True)
    for leftover in root.glob(".pyaot-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    return len(found)


def _listed(root: Path, folder: Path) -> Listing:
    try:
        source = str(json.loads((folder / MANIFEST).read_bytes())["source"])
    except (OSError, ValueError, KeyError, TypeError):
        source = "?"
    size = sum(path.stat().st_size for path in folder.iterdir())
    return Listing(folder.name, source, size, load_entry(root, folder.name) is not None)
