"""`python -m benchmarks SUITE`: programs of others, side by side with the compilers of others.

    python -m benchmarks peers                              environments of numba, pythran, dace and jax
    python -m benchmarks npbench --path CHECKOUT --peers numba jax

`python -m benchmarks.stap`, `.examples` and `.guard` measure our own programs.
"""

import argparse
import sys

from benchmarks import peers
from benchmarks.npbench import command as npbench

SUITES = {"peers": peers, "npbench": npbench}  # each has HELP, add_options(parser) and run(options)


def main() -> int:
    """Runs the suite that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.split("\n")[0])
    suites = parser.add_subparsers(dest="suite", required=True)
    for name, suite in SUITES.items():
        suite.add_options(suites.add_parser(name, help=suite.HELP, description=suite.HELP))
    options = parser.parse_args()
    return SUITES[options.suite].run(options)


if __name__ == "__main__":
    sys.exit(main())
