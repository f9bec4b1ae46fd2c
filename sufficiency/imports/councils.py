"""The council that an import is for: by name or code, and the nearest name where there is none."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from sufficiency.errors import UsageError

if TYPE_CHECKING:
    from sufficiency.imports.gias_file import Extract
    from sufficiency.imports.gias_schools import School

_TITLES = re.compile(r"\b(the|metropolitan|county|city|borough|district|council|of)\b")


@lru_cache(maxsize=1000)
def plain(name: str) -> str:
    """Return a council's name without capitals, signs and titles, to compare."""
    words = name.casefold().replace("&", " and ")
    return " ".join(_TITLES.sub(" ", re.sub(r"[^\w\s]", " ", words)).split())


def is_council(school: School, given: str) -> bool:
    """Whether a school is of the council given by name, LA code (865) or ONS code (E06000054)."""
    codes = {school.la_code.casefold(), school.gss.casefold()} - {""}
    return given.strip().casefold() in codes or _same(school.la, given)


def _same(name: str, given: str) -> bool:
    """Whether two names are one, whatever their capitals and titles."""
    return plain(name) == plain(given) != "" or name.casefold() == given.strip().casefold()


def find_council(given: str, extract: Extract) -> str:
    """Return the council's name as the extract spells it.

    Raises
    ------
    UsageError
        When the extract has no such council; the nearest names are offered.
    """
    found = {school.la for school in extract.schools if is_council(school, given)} - {""}
    if len(found) == 1:
        return found.pop()
    near = sorted(found) or _nearest(given, list(extract.councils))
    if near:
        offer = f"the nearest is {' or '.join(near)}"
    else:
        some = ", ".join(list(extract.councils)[:3])
        offer = f"it has {len(extract.councils)} councils, such as {some}"
    raise UsageError(f"the extract has no council {given!r}; {offer}")


def _nearest(given: str, names: list[str]) -> list[str]:
    """Return up to three names that hold the text, have its initials, or are spelt alike."""
    text, letters = plain(given), "".join(re.findall(r"[a-z]", given.casefold()))
    initials = [name for name in names if _initials(name) == letters.replace("and", "")]
    holding = [name for name in names if text and text in plain(name)]
    alike = difflib.get_close_matches(text, [plain(name) for name in names], n=3, cutoff=0.6)
    spelt = [name for like in alike for name in names if plain(name) == like]
    return list(dict.fromkeys([*initials, *holding, *spelt]))[:3]


def _initials(name: str) -> str:
    """Return the first letters of a council's name: bcp of Bournemouth, Christchurch and Poole."""
    return "".join(word[0] for word in plain(name).split() if word != "and")
