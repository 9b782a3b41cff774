"""What a domain may use: decider, rule, view, recorded event; standard library only."""
