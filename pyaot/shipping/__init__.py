"""Wheels of users' packages with compiled modules, built by hatchling or setuptools.

settings            what the package's pyproject.toml asks for
modules             its modules, compiled into a folder
hatch_hook          the build hook of hatchling: [tool.hatch.build.hooks.pyaot]
setuptools_hook     the same for setuptools: [tool.pyaot]

docs/shipping.md says how they are used.
"""
