"""Dense programs mean the same after every stage of the middle, and with parallel loops turned round."""

import pytest

from tests.equivalence.drawn_stages import main


@pytest.mark.parametrize("fp", ["relaxed", "strict"])
def test_stages_of_dense_programs(fp: str) -> None:
    assert main(fp, number=1, examples=12) == 0


@pytest.mark.long
@pytest.mark.parametrize("seed", range(400, 420))
@pytest.mark.parametrize("fp", ["relaxed", "strict"])
def test_stages_of_many_dense_programs(fp: str, seed: int) -> None:
    assert main(fp, seed, examples=200) == 0
