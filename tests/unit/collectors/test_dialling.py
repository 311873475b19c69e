from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collectors.dialling import is_public

PRIVATE = """
127.0.0.1 127.255.255.254 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1
192.0.0.8 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 192.88.99.1 224.0.0.1 239.1.1.1
240.0.0.1 255.255.255.255 ::1 :: ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1
64:ff9b::808:808 64:ff9b:1::a00:1 2002:7f00:1:: 2001::1 2001:db8::1 3fff::1 100::1 fc00::1
fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 5f00::1
"""


@pytest.mark.parametrize("address", PRIVATE.split())
def test_no_address_inside_any_network_is_public(address: str) -> None:
    """Loopback, private, shared, link-local, tunnels, documentation, multicast, reserved."""
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_the_open_internet_is_public(address: str) -> None:
    """What anybody can reach, we may."""
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_hides_in_no_ipv6_form(address: object) -> None:
    """The mapped form is judged as what it means; tunnels are refused."""
    assert is_public(f"::ffff:{address}") == is_public(str(address))
    assert not is_public(f"64:ff9b::{address}")
