"""How are events read that the broker did not deliver? From the service's feed over HTTP, page by page, by position."""

import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from http import HTTPStatus

TIMEOUT_S = 30.0
PAGE = 500
NEVER = frozenset(
    {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST}
)


class FeedUnavailable(Exception):  # noqa: N818 - says what happened
    """The feed does not answer now; the subscriber asks again."""


class Refused(Exception):  # noqa: N818 - says what happened
    """Feed or broker know the subscriber and refuse; asking again would not help."""


class Feed:
    """The feed of one service for one audience."""

    def __init__(self, url: str, service: str, audience: str, token: Callable[[], str]) -> None:
        self._url = f"{url.rstrip('/')}/{service}/log"
        self._audience = audience
        self._token = token

    def page(self, after: int) -> list[bytes]:
        """Records after this position, in order; none at the end.

        Raises: FeedUnavailable, Refused.
        """
        query = urllib.parse.urlencode({"after": after, "limit": PAGE, "audience": self._audience})
        request = urllib.request.Request(f"{self._url}?{query}")  # noqa: S310 - the subscriber's own setting
        request.add_header("Accept", "application/x-ndjson")
        request.add_header("Authorization", f"Bearer {self._token()}")
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:  # noqa: S310 - as above
                body: bytes = response.read()
        except urllib.error.HTTPError as error:
            with error:
                kind = Refused if error.code in NEVER else FeedUnavailable
                raise kind(f"the feed answers {error.code} {error.reason}") from error
        except (OSError, http.client.HTTPException) as error:
            raise FeedUnavailable(f"the feed does not answer ({type(error).__name__})") from error
        return [line for line in body.split(b"\n") if line]
