"""Text of the user's own, made harmless: no formula, no markup's control characters, whatever it is written into.

Markup itself is escaped by each writer, or given as data; what is left for all of them stands here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")

#: A cell whose text begins so would be taken for a formula by a spreadsheet (OWASP, "CSV Injection").
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠")
#: Ends a line, in whatever alphabet.
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
#: Control characters that XML forbids or warns of, half characters, marks that turn the order of what follows,
#: and what Unicode says is no character (in every plane the last two).
_UNWRITABLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
    + "]"
)


def plain(text: str) -> str:
    """Return text without what no document can hold; its lines end in line feeds."""
    return _UNWRITABLE.sub("", _LINE_ENDS.sub("\n", text))


def plain_all(value: T) -> T:
    """Return dataclasses, lists and mappings with every text in them made `plain`."""
    made: Any = value
    if isinstance(value, str):
        made = plain(value)
    elif is_dataclass(value) and not isinstance(value, type):
        texts = {field.name: plain_all(getattr(value, field.name)) for field in fields(value)}
        made = replace(value, **texts)
    elif isinstance(value, Mapping):
        made = {plain_all(key): plain_all(inner) for key, inner in value.items()}
    elif isinstance(value, list | tuple):
        made = [plain_all(inner) for inner in value]
    return cast("T", made)  # the same shape, with other texts in it


def harmless(value: object) -> object:
    """Return text that no spreadsheet takes for a formula; anything else as it is.

    Numbers below nought stay numbers: only text gets the quote in front.
    """
    if not isinstance(value, str):
        return value
    text = plain(value)
    return f"'{text}" if text.lstrip(" \xa0").startswith(FORMULA_STARTS) else text
