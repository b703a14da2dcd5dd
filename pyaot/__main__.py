"""`python -m pyaot` is `pyaot`."""

from pyaot.cli import main

if __name__ == "__main__":
    main()
