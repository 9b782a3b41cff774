"""How does nameko host a process, in green threads? The only place that knows nameko and eventlet."""
