"""The results for people: a line for each program, what is not compiled and why, and the means.

program        NumPy ms   x NumPy               x best peer   of peers       floor  compile  version
gemm              35.2    1.02 (0.98 .. 1.05)   0.97 dace     ...
"""

import statistics
from collections.abc import Sequence

from benchmarks.limits import Limits
from benchmarks.measure import ratios
from benchmarks.npbench.contest import Result, Side, Variant

MEBI = 1 << 20


def is_right(result: Result) -> bool:
    """Whether our version of the program runs and gives what NumPy's gives."""
    return speed(result) is not None


def is_native(result: Result) -> bool:
    """Whether our version of it ran native code, with nothing left to Python."""
    told = result.sides["pyaot"].told if "pyaot" in result.sides else ""
    return told.endswith(": native ran")


def best(side: Side | None) -> Variant | None:
    """The fastest right variant of a contestant."""
    timed = [v for v in side.variants if v.times and not v.wrong] if side else []
    return min(timed, key=lambda v: statistics.median(v.times), default=None)


def speed(result: Result, over: str = "numpy", of: str = "pyaot") -> float | None:
    """How many times faster `of` is than `over`."""
    slow, fast = best(result.sides.get(over)), best(result.sides.get(of))
    if slow is None or fast is None:
        return None
    return ratios(slow.times, fast.times).median


def best_peer(result: Result, names: Sequence[str]) -> str | None:
    """The peer that is fastest on the program."""
    speeds = {name: speed(result, of=name) for name in names}
    running = {name: value for name, value in speeds.items() if value is not None}
    return max(running, key=lambda name: running[name], default=None)


def floor(result: Result, limits: Limits | None) -> float | None:
    """Our time over the time in which memory moves what must be read and written, each array once."""
    ours = best(result.sides.get("pyaot"))
    if ours is None or limits is None:
        return None
    return statistics.median(ours.times) * limits.triad_all * 1e9 / (result.read + result.written)


def heading(names: Sequence[str]) -> str:
    """The table's first line."""
    peers = "".join(f"{name:>9}" for name in names)
    columns = f"{'program':25}{'NumPy ms':>10}{'x NumPy':>25}{peers}{'x best peer':>13}"
    return f"{columns}{'x floor':>9}{'compile s':>11}{'MiB':>8}{'NumPy':>7}  version"


def row(result: Result, names: Sequence[str], limits: Limits | None) -> str:
    """The line of one program."""
    numpy, ours = best(result.sides.get("numpy")), best(result.sides.get("pyaot"))
    if numpy is None:
        return f"{result.program:25}{result.failed or failure(result, 'numpy')}"
    mine = str(ratios(numpy.times, ours.times)) if ours else "WRONG"
    peers = "".join(f"{_ratio(speed(result, of=name)):>9}" for name in names)
    peer = best_peer(result, names)
    ahead = _ratio(speed(result, over=peer)) + f" {peer}" if peer else "-"
    compiled = f"{result.compilation.seconds:.2f}" if result.compilation else "-"
    version = "native" if is_native(result) else failure(result, "pyaot") or first_reason(result)
    return (
        f"{result.program:25}{1e3 * statistics.median(numpy.times):10.4g}{mine:>25}{peers}{ahead:>13}"
        f"{_ratio(floor(result, limits)):>9}{compiled:>11}{_mebi(ours):>8}{_mebi(numpy):>7}  {version}"
    )


def failure(result: Result, name: str) -> str:
    """Why a contestant has no right variant; '' where it has one."""
    side = result.sides.get(name)
    if side is None or best(side) is not None:
        return ""
    return side.failed or "; ".join(f"{v.name}: {v.wrong}" for v in side.variants)


def first_reason(result: Result) -> str:
    """The first reason for which our version is not native."""
    reasons = result.compilation.reasons if result.compilation else ()
    told = result.sides["pyaot"].told if "pyaot" in result.sides else ""
    return reasons[0] if reasons else told.removeprefix("pyaot: ")


def coverage(results: Sequence[Result]) -> list[str]:
    """How many are right, how many native, and the reasons for the rest."""
    right, native = sum(map(is_right, results)), sum(map(is_native, results))
    lines = [f"{right} of {len(results)} right, {native} native"]
    lines += [f"  {r.program}: {first_reason(r)}" for r in results if not is_native(r)]
    lines += [f"  {r.program}: {r.failed or failure(r, 'pyaot')}" for r in results if not is_right(r)]
    return lines


def absences(results: Sequence[Result], names: Sequence[str]) -> list[str]:
    """What the peers cannot run, and why."""
    return [f"  {r.program}: {name}: {why}" for r in results for name in names if (why := failure(r, name))]


def summary(results: Sequence[Result], names: Sequence[str], limits: Limits | None) -> list[str]:
    """Geometric means of the speed over NumPy, and of ours over each peer on what that one runs."""
    lines = [str(limits)] if limits else []
    lines.append(f"x NumPy: pyaot {_mean([speed(r) for r in results])}")
    for name in names:
        theirs = [speed(r, of=name) for r in results]
        ours = [speed(r, over=name) for r in results]
        lines.append(f"x NumPy: {name} {_mean(theirs)}; pyaot over {name} {_mean(ours)}")
    peers = {r.program: best_peer(r, names) for r in results}
    over = [speed(r, over=peer) for r in results if (peer := peers[r.program]) is not None]
    if names:
        lines.append(f"pyaot over the best peer of each program {_mean(over)}, worst {_ratio(_least(over))}")
    slower = [r.program for r in results if (value := speed(r)) is not None and value < 1]
    lines.append(f"slower than NumPy: {', '.join(slower) or 'none'}")
    times = [r.compilation.seconds for r in results if r.compilation]
    if times:
        lines.append(f"cold compile: median {statistics.median(times):.2f} s, longest {max(times):.2f} s")
    return lines


def _mean(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{statistics.geometric_mean(known):.2f} ({len(known)} programs)" if known else "-"


def _least(values: Sequence[float | None]) -> float | None:
    return min((value for value in values if value is not None), default=None)


def _ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"


def _mebi(variant: Variant | None) -> str:
    return "-" if variant is None or variant.memory is None else f"{variant.memory / MEBI:.3g}"
