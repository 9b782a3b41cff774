"""The four services of one city; none imports another."""
