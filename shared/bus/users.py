"""Which users does a city's broker have? One for each service, and one for downstream systems."""

import base64
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from shared.bus.topology import EXCHANGE, Rights, rights_of_service, rights_of_subscriber

DOWNSTREAM = "downstream"
SALT_BYTES = 4


def user_name(vhost: str, holder: str) -> str:
    """A broker's users belong to all its virtual hosts, so the name says of which one this is."""
    return f"{vhost}-{holder}"


def rights_by_user(vhost: str, follows: Mapping[str, Iterable[str]]) -> dict[str, Rights]:
    """Every user of a city with their rights; `follows` maps each service to its sources."""
    services = {user_name(vhost, name): rights_of_service(name, sources) for name, sources in follows.items()}
    return {**services, user_name(vhost, DOWNSTREAM): rights_of_subscriber()}


def permission_of(rights: Rights) -> dict[str, str]:
    """What RabbitMQ calls permissions."""
    return {"configure": rights.configure, "write": rights.write, "read": rights.read}


def topic_permission_of(rights: Rights) -> dict[str, str]:
    """What RabbitMQ calls topic permissions, on the exchange of events."""
    return {"exchange": EXCHANGE, "write": rights.topic_write, "read": rights.topic_read}


def user_definitions(
    vhost: str, rights: Mapping[str, Rights], passwords: Mapping[str, str]
) -> dict[str, Any]:
    """The part of RabbitMQ's definitions that makes these users; passwords are in it as digests only."""
    return {
        "users": [_user(name, passwords[name]) for name in rights],
        "permissions": [{"user": name, "vhost": vhost, **permission_of(may)} for name, may in rights.items()],
        "topic_permissions": [
            {"user": name, "vhost": vhost, **topic_permission_of(may)} for name, may in rights.items()
        ],
    }


def administrator_definitions(vhost: str, name: str, password: str) -> dict[str, Any]:
    """The part that makes the operator's user, for whom `doctor` looks at everything; no service has its password."""
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    return {
        "users": [_user(name, password, tags="administrator")],
        "permissions": [{"user": name, "vhost": vhost, **everything}],
    }


def _user(name: str, password: str, *, tags: str = "") -> dict[str, str]:
    return {
        "name": name,
        "password_hash": password_digest(password),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": tags,
    }


def password_digest(password: str) -> str:
    """The digest of a password in RabbitMQ's form. Source: RabbitMQ, passwords: computing password hash."""
    salt = secrets.token_bytes(SALT_BYTES)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
