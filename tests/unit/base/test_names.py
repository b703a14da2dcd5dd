"""Made-up names are identifiers that nobody else uses."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyaot.base.names import c_identifier, fresh, is_c_reserved, is_python_reserved


def test_fresh_counts_on_from_what_is_taken() -> None:
    assert fresh("acc", set()) == "acc"
    assert fresh("acc", {"acc"}) == "acc_2"
    assert fresh("acc", {"acc", "acc_2", "acc_4"}) == "acc_3"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Radar.process", "Radar_process"),
        ("größe", "gru00f6u00dfe"),
        ("double", "double_"),
        ("sin", "sin_"),
        ("PyObject", "vPyObject"),
        ("_x", "v_x"),
        ("2d", "v2d"),
        ("", "v"),
        ("x", "x"),
    ],
)
def test_c_identifier(text: str, expected: str) -> None:
    assert c_identifier(text) == expected


@given(st.text())
def test_c_identifier_is_always_one(text: str) -> None:
    name = c_identifier(text)
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name)
    assert not is_c_reserved(name)


def test_python_reserved() -> None:
    assert is_python_reserved("lambda")
    assert is_python_reserved("len")
    assert not is_python_reserved("total")
