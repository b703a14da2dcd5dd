"""Contestants in processes of their own, each with its own thread count and libraries; they wait to be asked.

A worker reads a question from each line of its standard input, and answers with a line of JSON.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any


class Worker:
    """A running `python -m MODULE ARGUMENTS` that answers questions."""

    def __init__(self, module: str, arguments: list[str], environment: Mapping[str, str]):
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )

    def ask(self, question: str) -> Any:
        """The answer to one question."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(question + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"worker {self.process.args!r} ended with status {self.process.wait()}")
        return json.loads(answer)

    def end(self) -> None:
        """Lets the worker finish."""
        self.process.communicate()


def answer_questions(answer: Callable[[str], object]) -> None:
    """The worker's side: one answer for each line that comes in, until the input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what the program under test prints is no answer
    for line in sys.stdin:
        print(json.dumps(answer(line.strip())), file=answers, flush=True)
