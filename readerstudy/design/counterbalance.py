"""Which reader gets the arms in which sequence."""

from collections.abc import Mapping, Sequence

from readerstudy.design.randomisation import Stream


def williams(n: int) -> tuple[tuple[int, ...], ...]:
    """Return the sequences of a Williams design: Latin squares balanced for carry-over.

    Every treatment stands in every period equally often and follows every other one equally often
    (Williams 1949, DOI 10.1071/CH9490149): n sequences for even n, 2n for odd n.

    Parameters
    ----------
    n
        Number of treatments, at least 1.

    Returns
    -------
    tuple of tuple of int
        Sequences of treatments 0 to n - 1.
    """
    first = [0]
    for step in range(1, n):
        first.append((step + 1) // 2 if step % 2 else n - step // 2)
    square = tuple(tuple((item + shift) % n for item in first) for shift in range(n))
    mirrored = tuple(sequence[::-1] for sequence in square) if n % 2 and n > 1 else ()
    return square + mirrored


def sequences_of_readers(
    levels: Mapping[str, str], arms: Sequence[str], seed: int
) -> dict[str, tuple[str, ...]]:
    """Give each reader a sequence of arms, as evenly as the number of readers allows.

    Readers are drawn in random order within their level of experience, levels one after the
    other, and take the sequences in turn: every sequence is used equally often when the number of
    readers is a multiple of the number of sequences, and nearly so within each level.

    Parameters
    ----------
    levels
        Level of experience of each reader.
    arms
        Arms in the order the protocol names them.
    seed
        The study's seed.
    """
    choices = [tuple(arms[item] for item in sequence) for sequence in williams(len(arms))]
    in_turn = [
        reader
        for level in sorted(set(levels.values()))
        for reader in Stream(seed, "sequence", level).order(
            name for name, own in levels.items() if own == level
        )
    ]
    return {reader: choices[turn % len(choices)] for turn, reader in enumerate(in_turn)}
