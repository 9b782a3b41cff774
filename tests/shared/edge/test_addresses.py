"""From which address does a request come, whatever its sender says?"""

import pytest

from shared.edge.addresses import Proxies, household, proxies_of
from shared.service import settings
from shared.service.settings import BadSetting

OURS = Proxies.of("10.0.0.0/8, 192.0.2.1 ,2001:db8:5::/48")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("198.51.100.7", [], "198.51.100.7"),
        ("198.51.100.7", ["203.0.113.9"], "198.51.100.7"),
        ("10.1.1.1", [], "10.1.1.1"),
        ("10.1.1.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.1.1.1", ["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
        ("10.1.1.1", ["203.0.113.9", "198.51.100.7"], "198.51.100.7"),
        ("10.1.1.1", ["203.0.113.9, 198.51.100.7, 192.0.2.1, 10.9.9.9"], "198.51.100.7"),
        ("10.1.1.1", ["10.2.2.2, 10.3.3.3"], "10.2.2.2"),
        ("10.1.1.1", ["203.0.113.9, nobody"], "10.1.1.1"),
        ("10.1.1.1", ["203.0.113.9, "], "10.1.1.1"),
        ("10.1.1.1", ["203.0.113.9, nobody, 10.3.3.3"], "10.3.3.3"),
        ("2001:db8:5::1", ["2001:db8::7"], "2001:db8::7"),
        ("::ffff:10.1.1.1", ["::ffff:203.0.113.9"], "203.0.113.9"),
        ("fe80::1%eth0", ["203.0.113.9"], "fe80::1"),
        ("", ["203.0.113.9"], ""),
    ],
)
def test_the_client_is_the_first_untrusted_address_from_the_right(
    peer: str, forwarded: list[str], client: str
) -> None:
    assert OURS.client(peer, forwarded) == client


def test_without_trusted_proxies_nobodys_word_counts() -> None:
    assert Proxies().client("127.0.0.1", ["203.0.113.9"]) == "127.0.0.1"


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1:2:3", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("", ""),
    ],
)
def test_a_subscriber_of_ipv6_counts_as_one(address: str, counted: str) -> None:
    assert household(address) == counted


@pytest.mark.parametrize("value", ["proxy", "10.0.0.0/33", "10.0.0.1/8", "127.0.0.1; 127.0.0.2"])
def test_a_setting_that_names_no_network_is_refused(value: str) -> None:
    with pytest.raises(BadSetting, match="KOSILAB_TRUSTED_PROXIES"):
        proxies_of(settings.load({"KOSILAB_TRUSTED_PROXIES": value}, {}))


def test_no_setting_names_nobody() -> None:
    assert proxies_of(settings.load({}, {})) == Proxies()
