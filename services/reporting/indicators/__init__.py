"""Which figures are there? Each declares its formula, its facts and its suppression, and counts its cases."""
