"""The page as HTML text: one file that loads nothing, and whose rules forbid it to load anything.

The template escapes all text. Its style and its script are the only ones that the page may have: the content
security policy names their digests.
"""

import base64
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pyaot.page.fates import Fate
from pyaot.page.model import Page

# What a fate is called, its sign in the margin, and what it means.
WORDS = {
    Fate.BOTH: ("parallel and SIMD", "PS", "runs on all threads and in SIMD registers"),
    Fate.PARALLEL: ("parallel", "P", "its iterations run on all threads"),
    Fate.LIBRARY: ("library call", "L", "BLAS, LAPACK or NumPy does it"),
    Fate.SIMD: ("SIMD", "S", "several iterations at once in SIMD registers"),
    Fate.INSIDE: ("in order, in a parallel loop", "I", "each thread runs it in order"),
    Fate.ORDER: ("in order", "O", "one iteration after the other, on one thread"),
    Fate.ABSORBED: ("part of another loop", "F", "fused, or computed where it is used"),
    Fate.COMPILED: ("compiled function", "C", "has compiled versions"),
    Fate.PYTHON: ("stays Python", "Py", "the interpreter runs it"),
}


def html_of(page: Page) -> str:
    """The whole file."""
    environment = Environment(
        loader=PackageLoader("pyaot.page", "template"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = _own("page.css"), _own("page.js")
    return environment.get_template("page.html").render(
        page=page,
        words=WORDS,
        style=Markup(style),
        script=Markup(script),
        style_digest=_digest(style),
        script_digest=_digest(script),
    )


def _own(name: str) -> str:
    """A file of the template's folder; none of the user's text is in it."""
    return files("pyaot.page").joinpath("template", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}"
