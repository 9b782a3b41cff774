"""How does a service work without a framework? App, relay, inbox, projector, ticker, clock, ids and settings."""
