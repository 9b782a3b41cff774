"""Evaluation's raw material: one row per noun, each column written by the events of one source."""
