"""Where does a consumer read events that the broker did not deliver? From the source's log, directly or over HTTP."""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Protocol

from shared.eventlog.port import EventLog

TIMEOUT_S = 10.0
"""The longest wait for another service's feed [s]."""

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""The services of a city reach each other without a proxy, whatever proxy the environment names."""


class FeedUnavailable(Exception):  # noqa: N818 - says what happened
    """The source's feed does not answer; try again later."""


class Feed(Protocol):
    """The records of one source by position."""

    def read(self, after: int, limit: int) -> list[bytes]:
        """At most `limit` records after position `after`, in order, without a gap.

        Raises: FeedUnavailable.
        """
        ...


class LogFeed:
    """The feed of a service in the same process."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    def read(self, after: int, limit: int) -> list[bytes]:
        """Records behind `after`."""
        return [stored.record for stored in self._log.read(after=after, limit=limit)]


class HttpFeed:
    """The feed of a service in another process: `GET <url>/<service>/log` as NDJSON, one record per line."""

    def __init__(self, url: str, service: str, token: Callable[[], str]) -> None:
        self._url = f"{url}/{service}/log"
        self._token = token

    def read(self, after: int, limit: int) -> list[bytes]:
        """Records behind `after`.

        Raises: FeedUnavailable.
        """
        headers: Mapping[str, str] = {
            "Accept": "application/x-ndjson",
            "Authorization": f"Bearer {self._token()}",
        }
        request = urllib.request.Request(f"{self._url}?after={after}&limit={limit}", headers=dict(headers))  # noqa: S310 - the operator's own URL
        try:
            with _direct.open(request, timeout=TIMEOUT_S) as response:
                body: bytes = response.read()
        except urllib.error.HTTPError as error:
            raise FeedUnavailable(f"HTTP {error.code}: {_title(error)}") from error
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise FeedUnavailable(type(error).__name__) from error
        return [line for line in body.split(b"\n") if line]


def _title(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(error.read())["title"])
    except (ValueError, KeyError, OSError):
        return error.reason
