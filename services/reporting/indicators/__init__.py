"""Figures declared over facts: each says its formula, its events, its suppression, and counts its cases."""
