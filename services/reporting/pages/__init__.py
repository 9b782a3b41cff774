"""How do people see figures? All by year, and each with its definition and origin."""
