"""HTTP, derived from each service's tables: a plain WSGI application, and the glue that lets nameko host it."""
