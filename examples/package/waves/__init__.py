"""Waves on a string."""

from waves.steps import energy, simulate

__all__ = ["energy", "simulate"]
