"""How do the rows of a file become commands? Each noun's own file says which; this package holds what all of them need.

A service declares a kind of file in `importing/<noun>.py` as an `Import` (`kinds`): its columns, and the steps that a
row asks for (`step`). A row looks up what exists already (`lookup`). `rehearsal` judges all steps of a row by the
real deciders before the first one is sent. `neighbours` answer what a row needs from other services.
"""
