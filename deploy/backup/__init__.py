"""Copies of a city's databases, and the way back: with every check that a restore needs."""
