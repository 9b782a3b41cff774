"""From which address does a request come, and to which was it sent? Behind proxies that are trusted, they say so.

`X-Forwarded-For` is a list to which each proxy adds, on the right, the address that it saw. What stands left of the
first untrusted address may be invented by the caller.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from shared.service.settings import BadSetting, Settings

SETTING = "KOSILAB_TRUSTED_PROXIES"
FORWARDED = "x-forwarded-for"
FORWARDED_PREFIX = "x-forwarded-prefix"

PREFIX = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+){1,8}")
"""A path that no browser takes for another address, whatever follows it."""

LONGEST_PREFIX = 200

HOUSEHOLD = 64
"""The length of the prefix [bit] that one subscriber of IPv6 gets; all its addresses count as one caller."""

Address: TypeAlias = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Proxies:
    """The networks of the proxies whose word counts."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def of(cls, text: str) -> "Proxies":
        """The proxies in these networks, separated by commas.

        Raises: ValueError.
        """
        return cls(tuple(ip_network(word) for word in text.replace(",", " ").split()))

    def trusts(self, address: str) -> bool:
        """Whether a proxy is at this address."""
        parsed = _parsed(address)
        return parsed is not None and self._holds(parsed)

    def client(self, peer: str, forwarded: Sequence[str]) -> str:
        """The client's address: that of the connection, or the first untrusted one from the right.

        `forwarded` are the values of X-Forwarded-For in their order. What is no address ends the list.
        """
        client = _parsed(peer)
        hops = [hop.strip() for value in forwarded for hop in value.split(",")]
        while client is not None and self._holds(client) and hops:
            before = _parsed(hops.pop())
            if before is None:
                break
            client = before
        return peer if client is None else str(client)

    def prefix(self, peer: str, prefixes: Sequence[str]) -> str:
        """The path under which the proxy serves the city, and which it took off; empty where it names none.

        `prefixes` are the values of X-Forwarded-Prefix. Several, and what is no plain path, count as none.
        """
        if len(prefixes) != 1 or not self.trusts(peer):
            return ""
        prefix = prefixes[0].rstrip("/")
        return prefix if len(prefix) <= LONGEST_PREFIX and PREFIX.fullmatch(prefix) else ""

    def _holds(self, address: Address) -> bool:
        return any(address in network for network in self.networks)


def proxies_of(settings: Settings) -> Proxies:
    """The proxies that the settings name.

    Raises: BadSetting.
    """
    try:
        return Proxies.of(settings.get(SETTING))
    except ValueError as error:
        msg = f"{SETTING}: {error}; give networks separated by commas: 127.0.0.1, 10.0.0.0/8"
        raise BadSetting(msg) from error


def household(address: str) -> str:
    """The address by which a caller is counted: of IPv6 the network of one subscriber."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((int(parsed) >> 128 - HOUSEHOLD << 128 - HOUSEHOLD, HOUSEHOLD)))
    return address if parsed is None else str(parsed)


def _parsed(text: str) -> Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
