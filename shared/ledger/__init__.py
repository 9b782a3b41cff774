"""How does anyone check that no event was changed, removed or added?

Merkle tree, checkpoints, witnesses, export; `verify.py` and `verify.mjs` stand alone.
"""
