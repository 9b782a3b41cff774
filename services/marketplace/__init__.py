"""Who offers, who needs, and what follows: matches, agreements, engagements, market days."""
