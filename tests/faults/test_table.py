"""Every fault of the table can be planted: its text stands in its file once, and the change makes Python."""

import ast

import pytest

from tests.faults.table import FAULTS, Fault
from tests.faults.tree import faulty
from tests.house.sources import ROOT


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_can_be_planted(fault: Fault) -> None:
    text = (ROOT / fault.path).read_text(encoding="utf-8")
    changed = faulty(fault, text)
    assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(text))


def test_faults_differ() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert len({(fault.path, fault.old, fault.new) for fault in FAULTS}) == len(FAULTS)
