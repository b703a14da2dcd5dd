"""NPBench from a checkout: its NumPy programs compiled by us, beside what it ships for others."""
