"""Whose request it is: the address of a client behind proxies, and what limits take for one client.

The same as nginx's realip module with `real_ip_recursive on`, so that the service alone and nginx in front of
it mean the same client. https://nginx.org/en/docs/http/ngx_http_realip_module.html
"""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_SEPARATORS = re.compile(r"[ ,]+")
_BRACKETED = re.compile(r"\[(?P<address>[0-9A-Fa-f:.]+)\](?::[0-9]{1,5})?")
_IPV4_WITH_PORT = re.compile(r"(?P<address>[0-9.]+):[0-9]{1,5}")


def networks(text: str) -> tuple[Network, ...]:
    """Read addresses and networks (CIDR) between commas or spaces; raise ValueError for all that are none."""
    found, wrong = [], []
    for word in _words(text):
        try:
            found.append(ip_network(word))
        except ValueError as error:
            wrong.append(str(error))
    if wrong:
        raise ValueError("; ".join(wrong))
    return tuple(found)


def client_address(peer: str, forwarded_for: Iterable[str], trusted: Iterable[Network]) -> str:
    """Return the address of the client: `peer` itself unless it is one of the `trusted` proxies.

    From a trusted one it is the right-most address in `forwarded_for` (the values of X-Forwarded-For, line by
    line) that is not trusted: what stands left of it is what that client says of itself. What is no address
    ends the search, too.
    """
    trusted = tuple(trusted)
    address = _address(peer)
    if address is None or not _within(address, trusted):
        return peer
    for word in reversed(_words(",".join(forwarded_for))):
        further = _address(word)
        if further is None:
            break
        address = further
        if not _within(address, trusted):
            break
    return str(address)


def client_network(text: str, ipv6_prefix: int) -> str:
    """Return what is one client: an IPv4 address, or the first `ipv6_prefix` bits of an IPv6 address."""
    address = _address(text)
    if not isinstance(address, IPv6Address):
        return text if address is None else str(address)
    return str(ip_network((address, ipv6_prefix), strict=False))


def _words(text: str) -> list[str]:
    return [word for word in _SEPARATORS.split(text) if word]


def _address(text: str) -> Address | None:
    """Read an address, perhaps with a port; an IPv4 address in the form of an IPv6 one is one of IPv4."""
    found = _BRACKETED.fullmatch(text) or _IPV4_WITH_PORT.fullmatch(text)
    try:
        address = ip_address(found["address"] if found else text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return None if address.scope_id else address.ipv4_mapped or address
    return address


def _within(address: Address, trusted: Iterable[Network]) -> bool:
    return any(address in network for network in trusted)
