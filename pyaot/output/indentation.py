'''Python text moved to the right, but not the lines inside its strings.

x = 1                       x = 1
text = """a                 text = """a
b"""                    b"""
'''

import io
import tokenize


def indented(text: str, margin: str) -> str:
    """The text with the margin before every line that is not empty and does not lie in a string."""
    fixed = _lines_in_strings(text) if margin else set()
    lines = text.split("\n")
    return "\n".join(
        line if not line or number in fixed else margin + line for number, line in enumerate(lines, 1)
    )


def _lines_in_strings(text: str) -> set[int]:
    """The numbers of the lines that begin inside a string."""
    if '"""' not in text and "'''" not in text and "\\\n" not in text:
        return set()
    found: set[int] = set()
    open_at: list[int] = []  # the lines where f-strings began (Python 3.12 and later give them in parts)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        name = tokenize.tok_name[token.type]
        if name == "STRING":
            found |= set(range(token.start[0] + 1, token.end[0] + 1))
        elif name.endswith("STRING_START"):
            open_at.append(token.start[0])
        elif name.endswith("STRING_END"):
            found |= set(range(open_at.pop() + 1, token.end[0] + 1))
    return found
