"""Contestants in processes of their own, each with its own thread count and libraries; they wait to be asked.

A worker reads a question from each line of its standard input, and answers with a line of JSON.
"""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any


class Worker:
    """A running `python -m MODULE ARGUMENTS` that answers questions."""

    def __init__(
        self,
        module: str,
        arguments: list[str],
        environment: Mapping[str, str],
        python: str | Path = sys.executable,
        log: IO[str] | None = None,
    ):
        self.process = subprocess.Popen(
            [python, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, **environment},
            start_new_session=True,  # a compiler that it started ends with it
        )

    def ask(self, question: str, limit: float | None = None) -> Any:
        """The answer to one question; the worker is ended where it does not come within `limit` seconds."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(question + "\n")
            self.process.stdin.flush()
            if not select.select([self.process.stdout], [], [], limit)[0]:
                self.kill()
                raise TimeoutError(f"no answer to {question!r} within {limit:g} s")
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            raise RuntimeError(f"worker {self.process.args!r} ended with status {self.process.wait()}")
        return json.loads(answer)

    def end(self) -> None:
        """Lets the worker finish."""
        if self.process.poll() is None:
            self.process.communicate()

    def kill(self) -> None:
        """Ends the worker and what it has started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def answer_questions(answer: Callable[[str], object]) -> None:
    """The worker's side: one answer for each line that comes in, until the input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what the program under test prints is no answer
    for line in sys.stdin:
        print(json.dumps(answer(line.strip())), file=answers, flush=True)
