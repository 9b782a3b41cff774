"""May each user of the broker do what they need and nothing else? Only an administrator's sign-in shows it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from deploy.diagnosis.finding import Finding, unseen, well, wrong
from shared.bus.users import permission_of, rights_by_user, topic_permission_of

WHAT = "broker users"
NOTHING_SHOWN = "only an administrator of the broker sees them: run doctor with one in KOSILAB_AMQP_URL"
ONE_FOR_ALL = "the services share one, who may do everything; kosilab topology export makes one for each"
IMPORT = "kosilab topology export > city.json && rabbitmqctl import_definitions city.json"


def examine_users(
    asked: Callable[[str], Any], vhost: str, follows: Mapping[str, Any], asking: str
) -> Iterator[Finding]:
    """The findings about all users of the virtual host; `asking` is the administrator who looks."""
    place = quote(vhost, safe="")
    permissions = asked(f"/api/vhosts/{place}/permissions")
    topics = asked(f"/api/vhosts/{place}/topic-permissions")
    if permissions is None or topics is None:
        yield unseen(WHAT, NOTHING_SHOWN)
        return
    wanted = rights_by_user(vhost, follows)
    may = {line["user"]: line for line in permissions}
    if not may.keys() & wanted.keys():
        yield unseen(WHAT, ONE_FOR_ALL)
        return
    by_topic = {user: [line for line in topics if line["user"] == user] for user in wanted}
    for user, rights in wanted.items():
        is_right = _is(may.get(user), permission_of(rights)) and (
            len(by_topic[user]) == 1 and _is(by_topic[user][0], topic_permission_of(rights))
        )
        yield well(f"broker user {user}", "has its rights") if is_right else _differs(user)
    for user in sorted(may.keys() - wanted.keys() - {asking}):
        mend = f"take its rights away: rabbitmqctl clear_permissions -p {vhost} {user}"
        yield wrong(f"broker user {user}", "may use the city's virtual host, too", mend)


def _is(line: Mapping[str, Any] | None, wanted: Mapping[str, str]) -> bool:
    return line is not None and all(line[name] == value for name, value in wanted.items())


def _differs(user: str) -> Finding:
    return wrong(f"broker user {user}", "is missing or has other rights", IMPORT)
