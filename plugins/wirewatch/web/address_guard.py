"""Which addresses may be visited, decided at the moment of connecting.

A feed or a page may name any address, and so may every redirect and every answer of its DNS server: a name that was
public when it was looked at can point into the operator's own network a second later. So nothing is decided by name.
Every IP address is checked where the socket for it is made, and the socket connects to that very address.

Blocked is what IANA's special-purpose registries do not call globally reachable (private, loopback, link-local with
the cloud metadata address 169.254.169.254, shared (CGNAT), documentation, benchmarking, unspecified), multicast and
reserved space, and every IPv6 form that carries such an IPv4 address inside: IPv4-mapped, IPv4-compatible, NAT64, 6to4.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import AddrInfoType, TCPConnector, ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult

Network = IPv4Network | IPv6Network

_CLOUD_SERVICES = (IPv4Address("168.63.129.16"),)
"""Globally routable by number, but answered inside the operator's cloud: Azure's wire server."""

_SPECIAL = tuple(
    map(
        ip_network,
        ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "100::/64", "2001::/23", "3fff::/20", "5f00::/16"),
    )
)
"""Special purpose by the registries of 2026; Python's own tables differ from one patch release to the next."""

_NAT64 = IPv6Network("64:ff9b::/96")
_IPV4_COMPATIBLE = IPv6Network("::/96")


class BlockedAddressError(OSError):
    """A forbidden address. An OSError, because it is raised where sockets are made."""


def why_blocked(address: IPv4Address | IPv6Address, allow: Iterable[Network] = ()) -> str | None:
    """Why `address` must not be visited, in a word or two; None when it may be.

    `allow` are networks that the operator opened (`WIREWATCH_ALLOW_ADDRESSES`).
    """
    allow = tuple(allow)
    if any(address in network for network in allow):
        return None
    if isinstance(address, IPv6Address):
        inner = _ipv4_inside(address)
        if inner is not None:
            why = why_blocked(inner, allow)
            return why and f"{why} ({inner} inside {address})"
        if address.is_site_local:
            return "private"
    if address in _CLOUD_SERVICES:
        return "cloud service"
    if any(address in network for network in _SPECIAL):
        return "special purpose"
    for why in ("unspecified", "loopback", "link_local", "multicast", "private", "reserved"):
        if getattr(address, f"is_{why}"):
            return why.replace("_", "-")
    return None if address.is_global else "not globally reachable"


def _ipv4_inside(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a packet to `address` would end at; None when it is IPv6 all the way."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    # :: and ::1 are IPv6 addresses of their own, not 0.0.0.0 and 0.0.0.1.
    if address in _NAT64 or (address in _IPV4_COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


class GuardedResolver(AbstractResolver):
    """A resolver that hands on only the addresses that may be visited.

    Raises BlockedAddressError when a name has addresses, but none that may be.
    """

    def __init__(self, allow: Iterable[Network] = (), *, resolver: AbstractResolver | None = None) -> None:
        self._allow = tuple(allow)
        self._resolver = resolver or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        reasons = {result["host"]: why_blocked(ip_address(result["host"]), self._allow) for result in found}
        visitable = [result for result in found if reasons[result["host"]] is None]
        if found and not visitable:
            raise BlockedAddressError("; ".join(f"{host} is at {address}: {why}" for address, why in reasons.items()))
        return visitable

    async def close(self) -> None:
        await self._resolver.close()


def guarded_connector(
    allow: Iterable[Network] = (), *, resolver: AbstractResolver | None = None, limit: int = 100
) -> TCPConnector:
    """A connector that can't reach a blocked address, whether it came from DNS, from a URL or from a redirect.

    The socket factory makes the check: it sees the exact address that is connected to next. The resolver in front of it
    only makes a name with some good addresses usable. `limit` bounds the open connections.
    """
    allow = tuple(allow)

    def open_socket(info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, sockaddr = info
        why = why_blocked(ip_address(sockaddr[0]), allow)
        if why is not None:
            raise BlockedAddressError(f"{sockaddr[0]}: {why}")
        return socket.socket(family=family, type=kind, proto=protocol)

    return TCPConnector(
        resolver=GuardedResolver(allow, resolver=resolver), socket_factory=open_socket, use_dns_cache=False, limit=limit
    )
