"""The version of pyaot that generated files name and the cache's keys contain."""

VERSION = "0.1.0"
