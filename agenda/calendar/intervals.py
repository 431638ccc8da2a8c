"""Arithmetic on half-open ranges of integers (minutes) and on sets of minutes held as one big integer.

No database, no clock, no Django. In a bit set, bit `n` is minute `origin + n`.
"""

from collections.abc import Iterable

Range = tuple[int, int]


def merge(ranges: Iterable[Range]) -> list[Range]:
    """The same minutes as few ascending ranges; ranges that touch or overlap become one, empty ones vanish."""
    merged: list[Range] = []
    for start, end in sorted(ranges):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def subtract(ranges: Iterable[Range], holes: Iterable[Range]) -> list[Range]:
    """The minutes of `ranges` that are in none of `holes`."""
    left = merge(ranges)
    for hole_start, hole_end in merge(holes):
        left = [
            piece for start, end in left for piece in ((start, min(end, hole_start)), (max(start, hole_end), end)) if piece[0] < piece[1]
        ]
    return left


def overlaps(ranges: Iterable[Range], start: int, end: int) -> bool:
    """Does any of `ranges` share a minute with [start, end)?"""
    return any(a < end and start < b for a, b in ranges)


def covering(ranges: Iterable[Range], start: int, end: int) -> Range | None:
    """The first of `ranges` in which all of [start, end) lies."""
    return next(((a, b) for a, b in ranges if a <= start and end <= b), None)


def bits_of(ranges: Iterable[Range], origin: int, length: int) -> int:
    """The bit set of the minutes of `ranges` that lie in [origin, origin + length).

    Ranges cut so that none overlaps are the sum of 2**end - 2**start: one subtraction of big integers instead of one per range.
    """
    starts, ends = bytearray(length // 8 + 1), bytearray(length // 8 + 1)
    done = 0
    for start, end in sorted(ranges):
        low, high = start - origin, end - origin
        if low < done:
            low = done
        if high > length:
            high = length
        if low < high:
            starts[low >> 3] |= 1 << (low & 7)
            ends[high >> 3] |= 1 << (high & 7)
            done = high
    return int.from_bytes(ends, "little") - int.from_bytes(starts, "little")


def runs_of(free: int, length: int) -> int:
    """The starts from which `length` minutes in a row are in `free`: log2(length) shifts."""
    have = 1
    while have < length:
        step = min(have, length - have)
        free &= free >> step
        have += step
    return free
