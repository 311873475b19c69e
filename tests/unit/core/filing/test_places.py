"""What an address says."""

from hypothesis import given
from hypothesis import strategies as st

from digest.core.filing.places import place


def test_publishers_go_from_coarse_to_fine() -> None:
    """Domain, host, and two parts of the path, their digits masked."""
    assert place("https://blog.example.org/2026/rust/x.html").publishers == (
        "d:example.org",
        "h:blog.example.org",
        "h1:blog.example.org/#",
        "h2:blog.example.org/#/rust",
    )


def test_the_path_speaks() -> None:
    """Words of path and query are hints, the formal ones are not."""
    hints = place("https://example.org/solar-panels/index2.html?topic=roofs").hints
    assert {"u:solar", "u:panel", "u:roof"} <= set(hints)
    assert "u:html" not in hints


@given(st.text())
def test_any_address_can_be_taken_apart(url: str) -> None:
    """What is no address says nothing."""
    found = place(f"mailto:{url}")
    assert found.publishers == ()
    place(url)
    place(f"https://{url}")
