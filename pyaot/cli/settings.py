"""The options that commands share, and the settings of the compiler that they stand for."""

from collections.abc import Callable
from typing import Any, TypeAlias

import click

from pyaot.base.options import Options

Decorator: TypeAlias = Callable[[Callable[..., Any]], Callable[..., Any]]

TARGETS = {"native": ("native",), "numpy": ("numpy",), "all": ("native", "numpy")}


def compiler_options(march: str) -> Decorator:
    """--fp, --target, --jobs and --march with this default."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(_options(march)):
            command = option(command)
        return command

    return decorate


def options_of(fp: str, target: str, jobs: int, march: str) -> Options:
    """The settings that the options stand for."""
    return Options(strict=fp == "strict", march=march, targets=TARGETS[target], jobs=jobs)


def arguments_of(options: Options) -> list[str]:
    """The options that stand for the settings."""
    target = next(name for name, targets in TARGETS.items() if targets == options.targets)
    return [
        f"--fp={'strict' if options.strict else 'relaxed'}",
        f"--target={target}",
        f"--jobs={options.jobs}",
        f"--march={options.march}",
    ]


def _options(march: str) -> list[Decorator]:
    return [
        click.option(
            "--fp",
            type=click.Choice(["strict", "relaxed"]),
            default="relaxed",
            show_default=True,
            help="strict: every result has the original's bits; relaxed: sums may be reassociated.",
        ),
        click.option(
            "--target",
            type=click.Choice(list(TARGETS)),
            default="all",
            show_default=True,
            help="The versions to make beside the original.",
        ),
        click.option(
            "--jobs",
            "-j",
            type=click.IntRange(min=0),
            default=0,
            help="Processes at a time; 0: one per core.",
        ),
        click.option(
            "--march",
            type=click.Choice(["native", "portable"]),
            default=march,
            show_default=True,
            help="native: for this processor only; portable: for every processor of its family.",
        ),
    ]
