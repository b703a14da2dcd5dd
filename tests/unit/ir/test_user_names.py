"""Messages call variables as the user does."""

import pytest

from pyaot.ir.user_names import UserNames

NAMES = UserNames(
    {"total": "total", "total_2": "total", "helper_call_x": "x", "product": "", "x_sum": "", "x": "x"}
)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("total", "'total'"),
        ("total_2", "'total'"),
        ("total_2_part", "'total'"),
        ("helper_call_x", "'x'"),
        ("product", "an intermediate result"),
        ("product_2", "an intermediate result"),
        ("x_sum", "an intermediate result"),
        ("x_kept_2", "'x'"),
        ("acc", "an intermediate result"),
    ],
)
def test_words(name: str, words: str) -> None:
    assert NAMES.words(name) == words
