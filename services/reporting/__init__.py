"""Everybody's events as facts, and indicators over them."""
