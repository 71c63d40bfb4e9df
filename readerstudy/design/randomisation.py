"""Seeded draws that anyone can repeat: ``permutation-pcg64/1``.

1. Seed material is the UTF-8 text ``permutation-pcg64/1|SEED|LABEL|LABEL...``, with SEED in
   decimal digits. The first 16 bytes of its SHA-256, read as one big-endian number, seed numpy's
   ``PCG64`` (O'Neill 2014, HMC-CS-2014-0905; seeded through ``SeedSequence``).
2. A number below n: take 64-bit words of the generator until one lies below the largest multiple
   of n that fits into 64 bits; the result is that word modulo n (no bias).
3. An order of items: sort them by code point, then for i = last down to 1 swap items i and j, j
   drawn below i + 1 (Fisher & Yates; Durstenfeld 1964, DOI 10.1145/364520.364540).

The version changes whenever any of these steps does.
"""

import hashlib
from collections.abc import Iterable

import numpy as np

ALGORITHM = "permutation-pcg64/1"
WORDS = 2**64
CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"
"""No vowels and nothing that looks like something else: codes neither spell nor confuse."""
CODE_LENGTH = 4


class Stream:
    """One independent stream of draws, named by its labels.

    Parameters
    ----------
    seed
        The study's seed, 0 or more.
    labels
        What is drawn, for example ``"order", "R1", "2"``.
    """

    def __init__(self, seed: int, *labels: str) -> None:
        material = "|".join((ALGORITHM, str(seed), *labels)).encode()
        entropy = int.from_bytes(hashlib.sha256(material).digest()[:16], "big")
        self._words = np.random.PCG64(entropy)

    def below(self, n: int) -> int:
        """Draw a number from 0 to n - 1, all equally likely."""
        limit = WORDS - WORDS % n
        while (word := int(self._words.random_raw())) >= limit:
            pass
        return word % n

    def order(self, items: Iterable[str]) -> tuple[str, ...]:
        """Draw an order of the items; the order they come in doesn't matter."""
        drawn = sorted(items)
        for last in range(len(drawn) - 1, 0, -1):
            other = self.below(last + 1)
            drawn[last], drawn[other] = drawn[other], drawn[last]
        return tuple(drawn)

    def codes(self, n: int) -> tuple[str, ...]:
        """Draw n different short codes that say nothing."""
        drawn: dict[str, None] = {}
        while len(drawn) < n:
            letters = (CODE_LETTERS[self.below(len(CODE_LETTERS))] for _ in range(CODE_LENGTH))
            drawn["".join(letters)] = None
        return tuple(drawn)
