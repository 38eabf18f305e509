"""Whose request it is: the client behind proxies, and what counts as one client."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.semantics.addresses import client_address, client_network, networks

PROXIES = networks("10.0.0.0/8, 2001:db8:ffff::/48")

SAID = [
    # peer, X-Forwarded-For line by line, the client
    ("8.8.8.8", [], "8.8.8.8"),
    ("8.8.8.8", ["1.1.1.1"], "8.8.8.8"),
    ("10.0.0.1", [], "10.0.0.1"),
    ("10.0.0.1", ["1.1.1.1"], "1.1.1.1"),
    ("10.0.0.1", ["2.2.2.2, 1.1.1.1"], "1.1.1.1"),
    ("10.0.0.1", ["2.2.2.2,1.1.1.1 ,10.0.0.2"], "1.1.1.1"),
    ("10.0.0.1", ["2.2.2.2", "1.1.1.1"], "1.1.1.1"),
    ("10.0.0.1", ["1.1.1.1", "10.0.0.2"], "1.1.1.1"),
    ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
    ("10.0.0.1", ["10.9.9.9, 1.1.1.1"], "1.1.1.1"),
    ("10.0.0.1", ["unknown"], "10.0.0.1"),
    ("10.0.0.1", ["1.1.1.1, unknown"], "10.0.0.1"),
    ("10.0.0.1", ["1.1.1.1, _hidden, 10.0.0.2"], "10.0.0.2"),
    ("10.0.0.1", [""], "10.0.0.1"),
    ("10.0.0.1", [" , ,"], "10.0.0.1"),
    ("10.0.0.1", ["1.1.1.1:4711"], "1.1.1.1"),
    ("10.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
    ("10.0.0.1", ["[2001:db8::1]"], "2001:db8::1"),
    ("10.0.0.1", ["2001:DB8:0::1"], "2001:db8::1"),
    ("10.0.0.1", ["fe80::1%eth0"], "10.0.0.1"),
    ("10.0.0.1", ["::ffff:1.1.1.1"], "1.1.1.1"),
    ("::ffff:10.0.0.1", ["1.1.1.1"], "1.1.1.1"),
    ("2001:db8:ffff::1", ["1.1.1.1"], "1.1.1.1"),
    ("2001:db8:fffe::1", ["1.1.1.1"], "2001:db8:fffe::1"),
    ("", ["1.1.1.1"], ""),
]


@pytest.mark.parametrize(("peer", "said", "client"), SAID)
def test_the_client(peer: str, said: list[str], client: str) -> None:
    assert client_address(peer, said, PROXIES) == client


ADDRESSES = st.ip_addresses().map(str)


@given(ADDRESSES, st.lists(st.text()))
def test_nobody_who_is_not_trusted_can_be_another(peer: str, said: list[str]) -> None:
    assert client_address(peer, said, ()) == peer


@given(st.ip_addresses(v=4).filter(lambda address: address not in PROXIES[0]), st.lists(st.text()))
def test_what_stands_left_of_the_client_changes_nothing(client: IPv4Address, said: list[str]) -> None:
    assert client_address("10.0.0.1", [*said, f"{client}, 10.0.0.2"], PROXIES) == str(client)


NETWORKS = [
    ("1.2.3.4", 64, "1.2.3.4"),
    ("::ffff:1.2.3.4", 64, "1.2.3.4"),
    ("2001:db8:1:2:3:4:5:6", 64, "2001:db8:1:2::/64"),
    ("2001:db8:1:2ff:3:4:5:6", 56, "2001:db8:1:200::/56"),
    ("2001:db8:1:2:3:4:5:6", 48, "2001:db8:1::/48"),
    ("2001:db8:1:2:3:4:5:6", 128, "2001:db8:1:2:3:4:5:6/128"),
    ("", 64, ""),
    ("unix:", 64, "unix:"),
]


@pytest.mark.parametrize(("address", "prefix", "client"), NETWORKS)
def test_one_client(address: str, prefix: int, client: str) -> None:
    assert client_network(address, prefix) == client


@given(st.ip_addresses(v=6), st.ip_addresses(v=6), st.sampled_from(range(32, 129, 8)))
def test_ipv6_addresses_are_one_client_if_they_begin_with_the_same(
    one: IPv6Address, other: IPv6Address, prefix: int
) -> None:
    if one.ipv4_mapped is None and other.ipv4_mapped is None:
        same = int(one) >> (128 - prefix) == int(other) >> (128 - prefix)
        assert (client_network(str(one), prefix) == client_network(str(other), prefix)) is same


@given(st.ip_addresses(v=6), st.sampled_from(range(32, 129, 8)))
def test_a_client_is_within_its_network(address: IPv6Address, prefix: int) -> None:
    if address.ipv4_mapped is None:
        assert ip_address(str(address)) in ip_network(client_network(str(address), prefix))


@pytest.mark.parametrize("text", ["10.0.0.0/8 ::1", "10.0.0.0/8,::1", " 10.0.0.0/8 , ::1 "])
def test_a_list_of_networks(text: str) -> None:
    assert networks(text) == (ip_network("10.0.0.0/8"), ip_network("::1"))


def test_no_networks() -> None:
    assert networks("") == ()


def test_everything_that_is_no_network_is_named() -> None:
    with pytest.raises(ValueError, match=r"'10\.0\.0\.0/33'.*10\.0\.0\.1/8.*'proxy'"):
        networks("10.0.0.0/33, 10.0.0.1/8, proxy, ::1")
