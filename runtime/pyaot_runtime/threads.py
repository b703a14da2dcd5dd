"""How many threads kernels use: PYAOT_NUM_THREADS, else OMP_NUM_THREADS, else the cores this process may use.

A forked child uses one thread: the teams of OpenMP do not survive a fork.
"""

import math
import os
import sys
from collections.abc import Callable

_MAXIMUM = 256

_followers: list[Callable[[int], None]] = []
_chosen: list[int] = []  # the number in force, once somebody asked


def threads() -> int:
    """The number of threads that kernels use now."""
    return abs(_asked())


def set_threads(count: int) -> None:
    """Sets the number of threads for all kernels, loaded ones and those that will be."""
    _choose(max(1, min(count, _MAXIMUM)))


def set_team(count: int) -> None:
    """As `set_threads`, and every parallel loop gets them, however short it is: to look for races."""
    _choose(-max(1, min(count, _MAXIMUM)))


def _asked() -> int:
    """What kernels are told: the number of threads, negative where short loops get them too."""
    if not _chosen:
        _chosen.append(_default())
    return _chosen[0]


def _choose(asked: int) -> None:
    _chosen[:] = [asked]
    for follow in _followers:
        follow(asked)


def follow_threads(follow: Callable[[int], None]) -> None:
    """Calls `follow` with the number of threads, now and whenever it changes; negative after `set_team`."""
    _followers.append(follow)
    follow(_asked())


def _default() -> int:
    for name in ("PYAOT_NUM_THREADS", "OMP_NUM_THREADS"):
        text = os.environ.get(name, "")
        asked = _number(text)
        if asked > 0:
            return min(asked, _MAXIMUM)
        if text and name == "PYAOT_NUM_THREADS":
            print(f"pyaot: {name}={text!r} is no number of threads; not used", file=sys.stderr)
    return max(1, min(available_cores(), _MAXIMUM))


def _number(text: str) -> int:
    """The number that the text begins with: OMP_NUM_THREADS may be a list, one for each level."""
    first = text.partition(",")[0].strip()
    return int(first) if first.isdigit() else 0


def available_cores() -> int:
    """The cores this process may use: its affinity, and the quota of its control group."""
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    quota = cgroup_quota()
    return cores if quota is None else max(1, min(cores, math.ceil(quota)))


def cgroup_quota(root: str = "/sys/fs/cgroup", own: str = "/proc/self/cgroup") -> float | None:
    """The CPUs that the control group grants, the least along the path to the root; None without a limit."""
    limits = []
    for folder in _groups(root, own):
        limits += [_quota_v2(folder), _quota_v1(folder)]
    found = [limit for limit in limits if limit is not None]
    return min(found, default=None)


def _groups(root: str, own: str) -> list[str]:
    folders = [root, f"{root}/cpu"]
    for line in _read(own).splitlines():
        _, controllers, path = (*line.split(":", 2), "", "")[:3]
        base = root if controllers == "" else f"{root}/cpu"
        if controllers == "" or "cpu" in controllers.split(","):
            steps = path.strip("/").split("/")
            folders += ["/".join((base, *steps[:depth])) for depth in range(len(steps), 0, -1)]
    return list(dict.fromkeys(folders))


def _quota_v2(folder: str) -> float | None:
    return _ratio(_read(f"{folder}/cpu.max").split())


def _quota_v1(folder: str) -> float | None:
    return _ratio([_read(f"{folder}/cpu.cfs_quota_us").strip(), _read(f"{folder}/cpu.cfs_period_us").strip()])


def _ratio(numbers: list[str]) -> float | None:
    if len(numbers) != 2 or not all(number.isdigit() for number in numbers) or int(numbers[1]) == 0:
        return None
    return int(numbers[0]) / int(numbers[1])


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as stream:
            return stream.read()
    except OSError:
        return ""


def _after_fork() -> None:
    set_threads(1)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
