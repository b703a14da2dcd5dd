"""The modules of the radar program import each other by their bare names, as a program in one folder does."""

import sys

from tests.house.sources import ROOT

sys.path.insert(0, str(ROOT / "apps/stap"))
