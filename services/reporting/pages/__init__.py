"""Figures for people: every one by year, and each with its definition and where it comes from."""
