"""How records travel between services: RabbitMQ through kombu, or in memory; names in one place."""
