"""How wide the columns of a table are, on a page of a given width."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sufficiency.fonts import width_em

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sufficiency.report.parts import Cell, Table

#: Arial is so much wider than the packaged font, of which we know the widths; bold is wider still.
ARIAL, BOLD = 1.12, 1.08
#: Beside a cell's text, in points.
BESIDE = 8.0
#: For the sake of other columns a text is folded into so many lines, but not a short one; a longer word is broken.
LINES, SHORT_TEXT_EM, LONGEST_WORD_EM, LONGEST_TEXT_EM = 3.0, 5.0, 13.0, 36.0


class Fit(NamedTuple):
    """How a table fits: on a page on its side or not, size of its text and widths of its columns in points."""

    wide: bool
    size: int
    widths: list[float]


def fit_table(
    table: Table, rows: Sequence[Sequence[Cell]], choices: Iterable[tuple[bool, int, float]]
) -> Fit:
    """Return the first choice that a table fits in, else the last.

    Parameters
    ----------
    rows
        Its rows, each with as many cells as it has columns.
    choices
        Whether the page lies on its side, size of the text, and width of the page's text, in points.
    """
    least, most = _wants(table, rows)
    for choice in choices:
        _, size, room = choice
        low = [BESIDE + size * em for em in least]
        if sum(low) <= room:
            break
    wide, size, room = choice
    return Fit(wide, size, share(room, low, [BESIDE + size * em for em in most]))


def _wants(table: Table, rows: Sequence[Sequence[Cell]]) -> tuple[list[float], list[float]]:
    """Return how wide each column must be, and how wide it would like to be, in ems."""
    least, most = [], []
    for n, head in enumerate(table.heads):
        texts = {row[n].text for row in rows}
        bold = BOLD if any(row[n].is_total for row in rows) else 1.0
        whole = [ARIAL * bold * width_em(text) for text in texts] + [_head(head)]
        words = {word for text in texts for word in text.split()}
        longest = max((ARIAL * bold * width_em(word) for word in words), default=0.0)
        longest = max(longest, *map(_head, head.split() or [""]))
        like = max(whole)
        text = max(whole[:-1], default=0.0)
        folded = max(min(text, SHORT_TEXT_EM), min(text, LONGEST_TEXT_EM) / LINES)
        word = max(text, longest) if n in table.numeric else longest
        least.append(max(min(word, LONGEST_WORD_EM), folded))
        most.append(max(like, least[-1]))
    return least, most


def _head(text: str) -> float:
    return ARIAL * BOLD * width_em(text)


def share(room: float, least: Sequence[float], most: Sequence[float]) -> list[float]:
    """Share the width of a page among columns: what each must have, then in proportion to what it would like.

    Parameters
    ----------
    room, least, most
        In the same unit; `least` may add up to more than `room`, and is then cut down in proportion.
    """
    must, like = sum(least), sum(most)
    if like <= room:
        return list(most)
    if must >= room:
        return [room * width / must for width in least]
    part = (room - must) / (like - must)
    return [low + part * (high - low) for low, high in zip(least, most, strict=True)]
