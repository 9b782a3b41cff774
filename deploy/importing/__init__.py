"""How does a file that somebody keeps become events? First it is read, then its rows are taken one by one.

Reading: `tables` (a file becomes cells), `header` (columns become fields), `rows` (cells become values). Taking:
`apply` asks the plan of the row's kind (`plans`) for steps, `rehearsal` judges them all before one is sent.
"""
