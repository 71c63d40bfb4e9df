"""Seeded orders, counterbalancing and what a design lacks."""

import hashlib
from collections import Counter
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readerstudy.design.counterbalance import sequences_of_readers, williams
from readerstudy.design.feasibility import concerns
from readerstudy.design.randomisation import ALGORITHM, Stream
from readerstudy.design.schedule import draw_plan

SEEDS = st.integers(0, 2**63 - 1)


def by_hand(items: list[str], seed: int, *labels: str) -> list[str]:
    """Draw an order from the words of the specification alone."""
    text = "|".join(["permutation-pcg64/1", str(seed), *labels])
    words = np.random.PCG64(int(hashlib.sha256(text.encode()).hexdigest()[:32], 16))
    drawn = sorted(items)
    for last in reversed(range(1, len(drawn))):
        n = last + 1
        word = int(words.random_raw())
        while word >= (2**64 // n) * n:
            word = int(words.random_raw())
        drawn[last], drawn[word % n] = drawn[word % n], drawn[last]
    return drawn


@given(SEEDS, st.lists(st.text(max_size=5), unique=True, max_size=30))
@settings(max_examples=50, deadline=None)
def test_an_order_is_the_one_its_specification_gives(seed: int, items: list[str]) -> None:
    order = Stream(seed, "order", "R01", "2").order(items)

    assert list(order) == by_hand(items, seed, "order", "R01", "2")
    assert Counter(order) == Counter(items)
    assert order == Stream(seed, "order", "R01", "2").order(reversed(items))


def test_an_order_once_drawn_never_changes() -> None:
    # A change of this value is a new algorithm: give it a new version.
    assert ALGORITHM == "permutation-pcg64/1"
    assert Stream(20240501, "order", "R01", "1").order("ABCDEFGH") == tuple("HEAGCDBF")


def test_all_orders_are_equally_likely() -> None:
    n = 6000
    found = Counter(Stream(seed, "order").order("abc") for seed in range(n))
    expected = n / 6
    chi_square = sum((found[order] - expected) ** 2 / expected for order in permutations("abc"))

    assert chi_square < 20.5  # 99.9 % of chi-square with 5 degrees of freedom


@given(st.integers(1, 2**64 - 1), SEEDS)
@settings(max_examples=50, deadline=None)
def test_numbers_stay_below_their_limit(n: int, seed: int) -> None:
    assert 0 <= Stream(seed, "number").below(n) < n


@given(SEEDS, st.integers(0, 300))
@settings(max_examples=25, deadline=None)
def test_codes_differ(seed: int, n: int) -> None:
    codes = Stream(seed, "codes", "R01").codes(n)

    assert len(set(codes)) == n
    assert all(len(code) == 4 and not set(code) & set("AEIOU01") for code in codes)


@pytest.mark.parametrize("n", range(1, 9))
def test_a_williams_design_is_balanced(n: int) -> None:
    sequences = williams(n)
    repeats = 2 if n % 2 and n > 1 else 1

    assert len(sequences) == n * repeats
    for period in range(n):
        counts = Counter(sequence[period] for sequence in sequences)
        assert counts == dict.fromkeys(range(n), repeats)
    follows = Counter(pair for sequence in sequences for pair in pairwise(sequence))
    assert follows == {(a, b): repeats for a in range(n) for b in range(n) if a != b}


@given(
    st.lists(st.sampled_from(["junior", "middle", "senior"]), min_size=1, max_size=12),
    st.integers(2, 4),
    SEEDS,
)
@settings(max_examples=50, deadline=None)
def test_readers_share_the_sequences_evenly(levels: list[str], n_arms: int, seed: int) -> None:
    arms = [f"arm{n}" for n in range(n_arms)]
    readers = {f"R{n:02d}": level for n, level in enumerate(levels)}

    given_out = sequences_of_readers(readers, arms, seed)

    counts = Counter(given_out.values())
    n_sequences = len(williams(n_arms))
    assert given_out.keys() == readers.keys()
    assert max(counts.values()) - min([*counts.values(), *[0] * (n_sequences > len(counts))]) <= 1
    if len(readers) % n_sequences == 0:
        assert set(counts.values()) == {len(readers) // n_sequences}


def test_levels_share_the_arms_too() -> None:
    readers = {f"R{n}": "junior" if n < 4 else "senior" for n in range(8)}

    given_out = sequences_of_readers(readers, ["a", "b"], seed=7)

    for level in ("junior", "senior"):
        first = Counter(given_out[name][0] for name, own in readers.items() if own == level)
        assert first == {"a": 2, "b": 2}


@given(SEEDS, st.integers(1, 20))
@settings(max_examples=25, deadline=None)
def test_a_plan_is_complete_and_its_orders_independent(seed: int, n_cases: int) -> None:
    cases = [f"C{n:03d}" for n in range(n_cases)]
    levels = {"R01": "junior", "R02": "senior"}
    options = {"kind": "fixed", "periods": ["unaided", "aided"], "levels": levels, "seed": seed}

    plan = draw_plan(cases=cases, **options)

    assert [(p.reader, p.number, p.arm) for p in plan] == [
        (reader, number, arm) for reader in levels for number, arm in ((1, "unaided"), (2, "aided"))
    ]
    for period in plan:
        assert sorted(slot.case for slot in period.slots) == cases
        assert [slot.position for slot in period.slots] == list(range(1, n_cases + 1))
    without = draw_plan(cases=cases, **{**options, "levels": {"R02": "senior"}})
    assert [p.slots for p in without] == [p.slots for p in plan[2:]]


def test_a_sound_design_raises_no_concern() -> None:
    sound = {
        "kind": "crossover",
        "periods": ["unaided", "aided"],
        "aided": ["aided"],
        "n_readers": 4,
        "n_cases": 40,
        "washout_days": 28,
    }
    assert concerns(**sound) == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"n_readers": 5}, "unbalanced"),
        ({"kind": "fixed", "periods": ["aided", "unaided"]}, "aided_first"),
        ({"washout_days": 7}, "washout"),
        ({"washout_days": 365}, "washout"),
        ({"n_readers": 2}, "few_readers"),
        ({"n_cases": 9}, "few_cases"),
    ],
)
def test_each_concern_is_named(change: dict[str, object], code: str) -> None:
    design: dict[str, object] = {
        "kind": "crossover",
        "periods": ["unaided", "aided"],
        "aided": ["aided"],
        "n_readers": 4,
        "n_cases": 40,
        "washout_days": 28,
    }
    assert [concern.code for concern in concerns(**(design | change))] == [code]
