"""How is an address written that one can type into a browser?"""

import pytest

from deploy.diagnosis.broker import management_of
from shared.edge.listening import address_of
from shared.service import settings


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("lab.example", "http://lab.example:8000"),
        ("::1", "http://[::1]:8000"),
        ("2001:db8::7", "http://[2001:db8::7]:8000"),
    ],
)
def test_an_ipv6_address_stands_in_brackets(host: str, address: str) -> None:
    assert address_of(host, 8000) == address


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("amqp://guest:guest@[2001:db8::7]:5672/city", "http://[2001:db8::7]:15672"),
        ("amqp://guest:guest@broker/city", "http://broker:15672"),
    ],
)
def test_so_does_that_of_the_broker(url: str, address: str) -> None:
    assert management_of(settings.load({"KOSILAB_AMQP_URL": url}), url) == address
