"""Where do tests get a PostgreSQL and a RabbitMQ? Here; also for the bench: `with running_postgres() as server:`."""

from tests.servers.choice import running_postgres, running_rabbit
from tests.servers.kinds import NotOurs, PostgresServer, RabbitServer, Unavailable, as_role
from tests.servers.waiting import TooLate, until

__all__ = [
    "NotOurs",
    "PostgresServer",
    "RabbitServer",
    "TooLate",
    "Unavailable",
    "as_role",
    "running_postgres",
    "running_rabbit",
    "until",
]
