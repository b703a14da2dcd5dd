"""Functions of a running interpreter: what `pyaot.compile_function` and `%%pyaot` compile.

definition      the text that a function runs, certainly
reading         the names that it reads, and where their values stand: globals or cells
values          what a value is called in a text
program         one text of the functions, and of what they read, as it is now
known           was a value of then changed since?
binding         the versions of a function over the globals that it has
compilation     all of it
magic           the cells of a notebook

The text is one for the compiler only: it is never run. What it says of a name is asked anew at each call.
"""
