"""Lists that grow and what walks a value: after every stage, and in C, what Python does."""

import copy
import re

import pytest

from pyaot.base.options import Options
from pyaot.base.source import SourceFile
from tests.equivalence.agreement import assert_same, lowered
from tests.equivalence.agreement import load as run_text
from tests.equivalence.compiled import compile_text, load
from tests.equivalence.lowering_array_lists import ARRAY_LISTS
from tests.equivalence.lowering_cases import HEAD, Small
from tests.equivalence.lowering_growing import GROWING
from tests.equivalence.lowering_mixed_lists import MIXED_LISTS
from tests.equivalence.lowering_tuple_lists import TUPLE_LISTS
from tests.equivalence.lowering_walked import WALKED
from tests.equivalence.test_stages import wrong_stages
from tests.house.sources import ROOT
from tests.strategies.arguments import Arguments

COMPILED = [
    case for case in (*GROWING, *TUPLE_LISTS, *ARRAY_LISTS, *MIXED_LISTS, *WALKED) if case.verdict == "agreed"
]


@pytest.mark.parametrize("case", COMPILED, ids=lambda case: case.name)
def test_stages(case: Small) -> None:
    source = SourceFile(ROOT / "prog.py", HEAD + case.text)
    for call in case.calls:
        given = Arguments(copy.deepcopy(call), {})
        for strict in (True, False):
            count, told = wrong_stages(source, run_text(source.text), "f", given, strict)
            assert told == []
        assert count == 1  # strict refuses sums that NumPy makes in another order


def test_native(tmp_path_factory: pytest.TempPathFactory) -> None:
    texts = [re.sub(r"\bdef f\(", f"def f_{k}(", case.text) for k, case in enumerate(COMPILED)]
    text = HEAD + "\n\n".join(texts)
    whole = {entry.qualified_name for entry in lowered(text).program.entries if entry.region is None}
    assert {f"f_{k}" for k in range(len(COMPILED))} <= whole
    original = run_text(text)
    module = load(compile_text(text, tmp_path_factory.mktemp("growing"), Options(strict=True)), "native")
    for k, case in enumerate(COMPILED):
        for call in case.calls:
            given, kept = copy.deepcopy(call), copy.deepcopy(call)
            want = original[f"f_{k}"](*given)
            function = getattr(module, f"f_{k}")
            got = function(*kept)
            assert_same((want, given), (got, kept), exact=True, values=True)
