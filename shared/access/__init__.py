"""Which tokens were taken back before their end? A register that all services of the city read."""
