"""Sums of whole amounts."""

from hypothesis import given
from hypothesis import strategies as st

from digest.core.filing.tally import Tally

changes = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 3), st.integers(-3, 3)), max_size=40
)


@given(changes)
def test_a_tally_sums_like_a_table(made: list[tuple[str, int, int]]) -> None:
    """It keeps the sums of a plain table, and no row whose sum is nothing."""
    tally, table = Tally(), dict[tuple[str, int], int]()
    for feature, theme, amount in made:
        assert tally.add(feature, theme, amount) == table.get((feature, theme), 0)
        table[feature, theme] = table.get((feature, theme), 0) + amount
    kept = {key: total for key, total in table.items() if total}
    assert {(feature, theme): total for feature, theme, total in tally.rows()} == kept
    assert len(tally) == len({feature for feature, _ in kept})
    assert all(dict(tally.row(f)).get(t, 0) == total for (f, t), total in table.items())
