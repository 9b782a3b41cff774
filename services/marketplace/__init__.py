"""What is offered and needed, and what comes of it: matches, agreements, engagements, market days."""
