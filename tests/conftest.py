"""What all tests share: `--update-golden`, which tests run only when asked for, and how hypothesis draws.

CI runs a seeded sample: the same examples every time, whatever the machine's load. `-m long` draws new ones.
"""

import pytest
from hypothesis import HealthCheck, Phase, settings

_CALM = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
settings.register_profile("seeded", derandomize=True, deadline=None, suppress_health_check=_CALM)
settings.register_profile(
    "long", derandomize=False, deadline=None, suppress_health_check=_CALM, print_blob=True
)
# `--hypothesis-profile=once --hypothesis-seed=3`: examples of that seed; a failing one is not made smaller.
settings.register_profile(
    "once",
    derandomize=False,
    deadline=None,
    suppress_health_check=_CALM,
    phases=[Phase.generate],
    database=None,
)


def pytest_configure(config: pytest.Config) -> None:
    """Every process of the run draws in the same way."""
    if config.getoption("--hypothesis-profile"):
        return
    settings.load_profile("long" if "long" in str(config.getoption("markexpr")) else "seeded")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` rewrites expected texts with what the compiler says now."""
    parser.addoption("--update-golden", action="store_true", help="rewrite the expected texts")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether expected texts are to be rewritten instead of compared."""
    return bool(request.config.getoption("--update-golden"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests marked `long` or `gpu` are left out unless a `-m` expression chooses."""
    if config.getoption("markexpr"):
        return
    left_out = [item for item in items if item.get_closest_marker("long") or item.get_closest_marker("gpu")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
