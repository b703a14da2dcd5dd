"""`python -m benchmarks npbench`: which programs we compile, whether they are right, and who is how fast."""

import argparse
import json
import os
from dataclasses import asdict
from pathlib import Path

from benchmarks import peers
from benchmarks.limits import measured_limits
from benchmarks.npbench.checkout import programs
from benchmarks.npbench.contest import Result, Settings, contest
from benchmarks.npbench.plot import draw
from benchmarks.npbench.table import absences, coverage, heading, is_right, row, summary

HELP = "NPBench from a checkout: our versions beside NumPy and the peers"


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `python -m benchmarks npbench`."""
    parser.add_argument("--path", type=Path, required=True, help="the checkout of github: spcl/npbench")
    parser.add_argument("--programs", nargs="+", default=[], help="all 54 if left out")
    parser.add_argument("--preset", default="S", choices=("S", "M", "L", "paper"))
    parser.add_argument("--peers", nargs="*", default=[], choices=list(peers.PACKAGES))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=float, default=120.0, help="seconds for one call")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--json", type=Path, help="where all that was measured is written")
    parser.add_argument("--plot", type=Path, help="where the plot (PNG) is written")
    parser.add_argument(
        "--varied", action="store_true", help="ours compiled from the programs written otherwise"
    )
    parser.add_argument("--keep", type=Path, help="where the compiled programs are left")
    peers.add_folder(parser)


def run(options: argparse.Namespace) -> int:
    """Prints a line for each program; 1 where one is not right."""
    absent = [name for name in options.peers if not peers.is_there(name, options.folder)]
    if absent:
        raise SystemExit(f"not installed: {', '.join(absent)}; run 'python -m benchmarks peers'")
    settings = Settings(
        options.preset,
        tuple(options.peers),
        options.rounds,
        options.limit,
        options.threads,
        options.folder,
        options.keep,
        options.varied,
    )
    found = programs(options.path.resolve(), options.programs)
    limits = measured_limits(options.threads) if options.rounds else None
    print(heading(settings.peers), flush=True)
    results: list[Result] = []
    for program in found:
        results.append(contest(program, settings))
        print(row(results[-1], settings.peers, limits), flush=True)
        if options.json:
            data = {"limits": limits and asdict(limits), "results": [asdict(result) for result in results]}
            options.json.write_text(json.dumps(data, indent=1))
    parts = [coverage(results), absences(results, settings.peers), summary(results, settings.peers, limits)]
    print("\n" + "\n\n".join("\n".join(part) for part in parts if part))
    if options.plot:
        draw(results, settings.peers, options.plot)
    return int(any(not is_right(result) for result in results))
