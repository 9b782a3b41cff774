"""Which states of the figures were published? As of the end of each month; kept for ever, and never changed."""
