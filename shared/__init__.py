"""What every service is built from; no service is imported here."""
