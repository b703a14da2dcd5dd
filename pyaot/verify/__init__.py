"""Do the compiled versions of a file do what the file does? Calls are drawn from its hints and compared.

calls, objects      what functions are called with, as Python text              strategies of hypothesis
versions            the file and its drop-in as modules, one for each version
observe             a call and all that can be seen of it; the first difference of two calls
trial               one call of the original and of every version
search              many calls of a function; the smallest one that differs
worker, process     all of it in a process of its own, which may crash

What a call is stands as text: it is run anew for every version, and shown as it is where versions differ.
"""
