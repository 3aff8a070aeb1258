"""How the students of a state spread over its districts: many small ones, few large."""

from __future__ import annotations

SMALLEST, LARGEST = 60, 25_000  # students, as in Missouri
STEEPNESS = 0.9  # of the curve from the largest district to the smallest
FLATTENED = 8  # the largest districts are less far apart than the curve alone would have them


def codes(count: int) -> list[str]:
    """The district codes of a made-up state: counties 1 to 115, districts from 101 on in each."""
    return [f"{1 + number % 115:03d}{101 + number // 115:03d}" for number in range(count)]


def sizes(count: int, students: int) -> list[int]:
    """So many students in each district, the largest first, `students` in all."""
    weights = [1 / (rank + FLATTENED) ** STEEPNESS for rank in range(count)]
    smallest = min(SMALLEST, students // count)
    spread = students - smallest * count
    total = sum(weights)
    found = [smallest + int(spread * weight / total) for weight in weights]
    most = max(LARGEST, -(-students // count))
    found = [min(size, most) for size in found]
    # What rounding and the largest size leave over goes to the others, one by one, the largest first.
    rest = students - sum(found)
    while rest > 0:
        open_ranks = [rank for rank, size in enumerate(found) if size < most]
        share = max(1, rest // len(open_ranks))
        for rank in open_ranks:
            given = min(share, rest, most - found[rank])
            found[rank] += given
            rest -= given
    return found
