"""Fixtures of the commands' tests."""

from pathlib import Path

import pytest


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder; the cache is in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYAOT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path
