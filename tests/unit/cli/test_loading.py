"""Commands are loaded when they are called, without collecting garbage meanwhile."""

import gc
from types import SimpleNamespace

import click
import pytest

from pyaot import cli


def test_no_garbage_is_collected_while_a_command_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def load(name: str) -> SimpleNamespace:
        seen.append((name, gc.isenabled()))
        return SimpleNamespace(command=click.Command("compile"))

    monkeypatch.setattr(cli, "import_module", load)
    cli.main.get_command(click.Context(cli.main), "compile")
    assert seen == [("pyaot.cli.compile", False)]
    assert gc.isenabled()


def test_collections_go_on_after_a_command_that_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str) -> SimpleNamespace:
        raise ImportError(name)

    monkeypatch.setattr(cli, "import_module", load)
    with pytest.raises(ImportError):
        cli.main.get_command(click.Context(cli.main), "compile")
    assert gc.isenabled()
