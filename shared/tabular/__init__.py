"""How does a CSV or XLSX file become typed rows? `reading` reads it whole: lines, a table, a header, values.

`delimited` and `workbook` turn a file into lines, `tables` finds the header and the rows, `header` says which column is
which field, `rows` and `cells` give every cell its value. What a row means is for the service that declares its kind.
"""
