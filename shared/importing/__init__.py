"""How do the rows of a file become commands? The noun's own file says which; here is what all of them need.

A service declares a kind of file in `importing/<noun>.py` as an `Import` (`kinds`): its columns, and the steps that a
row asks for (`step`). A row looks up what is there already (`lookup`). `rehearsal` judges all steps of a row by the
real deciders before the first one is sent. `neighbours` answer what a row needs from other services.
"""
