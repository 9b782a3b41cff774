"""How are requests read and answered on sockets? Strictly, and the same in every host."""
