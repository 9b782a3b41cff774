"""Which tests start a process, a server or a browser? Their code says so; whoever does it without is stopped.

Such a test gets the mark `apart`, and `make quick` leaves it out. Nobody keeps a list: a test is apart when it, or a
fixture that it asks for, calls something that starts a process or listens, or when it has one of the marks of servers.
"""

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import isclass, isfunction, ismodule, unwrap
from types import CodeType
from typing import Any, TypeVar

import pytest
from _pytest.outcomes import Failed

APART = "apart"
SERVERS = ("needs_postgres", "needs_rabbitmq", "needs_browser", "system", "fault")
STARTING = frozenset({"subprocess", "multiprocessing", "playwright", "werkzeug.serving", "http.server"})
"""The modules whose functions start processes, browsers and servers."""

STARTING_NAMES = frozenset({"create_server", "fork", "listen"})
"""Functions of other modules that do the same."""

LISTENS = "socket.listen"
REFUSED = frozenset({"subprocess.Popen", "os.posix_spawn", "os.fork", "os.system", "os.exec", LISTENS})
"""What a test that is not apart may not do, as Python's audit events name it; the last one is raised here."""


Function = TypeVar("Function", bound=Callable[..., Any])
_ANSWERS: dict[int, bool] = {}
"""By the identity of a function or class, which lives as long as the tests: whether it starts something."""


class Unannounced(Failed):
    """A test that is not apart started something; no `except Exception` swallows this."""


class Guard:
    """Stops what a test does that is not apart; Python calls it before each such thing happens."""

    def __init__(self) -> None:
        self._watched: str = ""

    def __call__(self, event: str, _arguments: tuple[Any, ...]) -> None:
        """Refuse it while a test is watched.

        Raises: Unannounced.
        """
        if self._watched and event in REFUSED:
            raise Unannounced(
                f"{self._watched} starts a process or server ({event}), which its code does not show: "
                f"mark it @pytest.mark.{APART}, so that `make quick` leaves it out",
                pytrace=False,
            )

    @contextmanager
    def watching(self, item: pytest.Item) -> Iterator[None]:
        """Watch a phase of a test, unless it is apart."""
        self._watched = "" if item.get_closest_marker(APART) else item.nodeid
        try:
            yield
        finally:
            self._watched = ""


def _listen(listening: socket.socket, *backlog: int) -> None:
    """What `socket.listen` is while tests run: Python itself audits only that an address is bound."""
    sys.audit(LISTENS)
    super(socket.socket, listening).listen(*backlog)


GUARD = Guard()
sys.addaudithook(GUARD)
setattr(socket.socket, LISTENS.partition(".")[2], _listen)


def announced(function: Function) -> Function:
    """Decorate a function whose code does not show that it starts something."""
    _ANSWERS[id(function)] = True
    return function


def is_apart(item: pytest.Item) -> bool:
    """Whether a test, or a fixture that it asks for, starts something."""
    if any(item.get_closest_marker(name) for name in SERVERS):
        return True
    fixtures = item._fixtureinfo.name2fixturedefs.values() if isinstance(item, pytest.Function) else ()
    functions = [definition.func for definitions in fixtures for definition in definitions[-1:]]
    return any(starts(function) for function in (getattr(item, "function", None), *functions))


def starts(called: Any) -> bool:
    """Whether this function or class uses what starts something, itself or through others of the tests."""
    if id(called) not in _ANSWERS:
        _ANSWERS[id(called)] = False  # while it is looked through, should it call itself
        _ANSWERS[id(called)] = any(
            (isinstance(value, str) and value in STARTING_NAMES)
            or _is_starting(value)
            or (_is_ours(value) and starts(value))
            for value in _used_by(called)
        )
    return _ANSWERS[id(called)]


def _used_by(called: Any) -> Iterator[Any]:
    """What the code of a function, or of all methods of a class, names: itself, or its name where it is no global."""
    for function in _functions_of(called):
        for name in _names_in(function.__code__):
            yield function.__globals__.get(name, name)


def _functions_of(called: Any) -> Iterator[Callable[..., Any]]:
    members = vars(called).values() if isclass(called) else [called]
    for member in members:
        function = getattr(member, "fget", None) or getattr(member, "__func__", member)
        function = unwrap(function) if callable(function) else function
        if isfunction(function):
            yield function
    if isclass(called):
        for base in called.__bases__:
            if _is_ours(base):
                yield from _functions_of(base)


def _names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)


def _is_starting(value: Any) -> bool:
    module = value.__name__ if ismodule(value) else str(getattr(value, "__module__", ""))
    return any(module == name or module.startswith(f"{name}.") for name in STARTING)


def _is_ours(value: Any) -> bool:
    is_code = isclass(value) or (callable(value) and isfunction(unwrap(value)))
    return is_code and str(value.__module__).partition(".")[0] == "tests"
