"""The workings of a service without a framework: app, relay, inbox, projector, ticker, clock, ids, settings."""
