"""How does a file that somebody keeps become typed rows? Reading only; the rows know no command and no service.

Order of reading: `tables` (a file becomes cells), `header` (columns become fields), `rows` (cells become values).
"""
