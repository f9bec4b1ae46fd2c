"""Needs, National Curriculum years and phases: the few facts about children everything rests on.

Need codes are those of the DfE's SEN2 return (``SENtype``, 2025 guide), in its order. ``NSA`` ("no
specialist assessment") belongs to the school census, not to SEN2: it is read, and warned about.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from typing import Literal

PhaseName = Literal["primary", "secondary", "post16"]
NeedName = Literal[
    "SPLD", "MLD", "SLD", "PMLD", "SEMH", "SLCN", "HI", "VI", "MSI", "PD", "ASD", "DS", "OTH"
]  # fmt: skip

NEEDS: dict[str, str] = {
    "SPLD": "Specific learning difficulty",
    "MLD": "Moderate learning difficulty",
    "SLD": "Severe learning difficulty",
    "PMLD": "Profound and multiple learning difficulty",
    "SEMH": "Social, emotional and mental health",
    "SLCN": "Speech, language and communication needs",
    "HI": "Hearing impairment",
    "VI": "Vision impairment",
    "MSI": "Multi-sensory impairment",
    "PD": "Physical disability",
    "ASD": "Autistic spectrum disorder",
    "DS": "Down syndrome",
    "OTH": "Other difficulty",
}
UNASSESSED = "NSA"
ANY = "*"
PHASES: dict[PhaseName, int] = {"primary": 6, "secondary": 11, "post16": 14}
"""The last NCY of each phase; post-16 runs on as far as ``last_ncy`` of the settings."""

_ORDER = {code: position for position, code in enumerate([*NEEDS, UNASSESSED])}
_ALIASES: dict[str, str] = {
    "ASC": "ASD",
    "AUT": "ASD",
    "AUTISM": "ASD",
    "ADHD": "SEMH",
    "BESD": "SEMH",
    "EBSA": "SEMH",
    "EBD": "SEMH",
    "SEBD": "SEMH",
    "SAL": "SLCN",
    "SALT": "SLCN",
    "SPCH": "SLCN",
    "SPEECH": "SLCN",
    "DYS": "SPLD",
    "DYSLEXIA": "SPLD",
    "DOWNS": "DS",
    "DEAF": "HI",
    "VISUAL IMPAIRMENT": "VI",
    "OTHER": "OTH",
}


def is_need(code: str) -> bool:
    """Whether ``code`` (upper case) is a need code that a case may use."""
    return code in _ORDER


def split(text: str) -> list[str]:
    """Return the codes of a text such as ``asd | SEMH``, upper case, as they stand."""
    return [code for part in text.split("|") if (code := part.strip().upper())]


def normalise(text: str) -> str:
    """Return a set of needs in one spelling: codes in DfE order, or ``*`` alone if it is there."""
    codes = set(split(text))
    if ANY in codes:
        return ANY
    return "|".join(sorted(codes, key=lambda code: (_ORDER.get(code, len(_ORDER)), code)))


def nearest(text: str) -> str:
    """Return the valid code that ``text`` most likely means, or "" when nothing is near.

    Knows the DfE's names, common local labels (ASC for ASD) and GIAS's ``SpLD - Specific…``.
    """
    plain = " ".join(text.upper().split())
    code = re.split(r"\s+-\s+", plain)[0]
    if code in _ORDER:
        return code
    names = {name.upper(): code for code, name in NEEDS.items()} | _ALIASES
    found = difflib.get_close_matches(plain, [*names, *_ORDER], n=1, cutoff=0.6)
    return names.get(found[0], found[0]) if found else ""


def phase(ncy: int) -> PhaseName:
    """Return ``primary`` (NCY up to 6), ``secondary`` (7 to 11) or ``post16`` (12 and above)."""
    if ncy <= PHASES["primary"]:
        return "primary"
    return "secondary" if ncy <= PHASES["secondary"] else "post16"


def ncy_of(born: dt.date, start_year: int) -> int:
    """Return the NCY in the academic year ``start_year`` of a child born on ``born``.

    A child aged 4 on 31 August before the year begins is in Reception, NCY 0.
    """
    return start_year - (born.year + (born.month >= 9)) - 4


def read_date(text: str) -> dt.date | None:
    """Read ``yyyy-mm-dd`` or ``dd/mm/yyyy``; None for anything else."""
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(text, pattern).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    return None
