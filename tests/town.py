"""A town one can draw: four homes, three provisions, one scheme; its best plan is obvious.

::

    north
      166 km   B |                         | D
      165 km     R (Riverside base)        H (Hill special)     · · ·   V (Vale independent)
      164 km   A |                         | C, E
               374 km                     379 km                        390 km  east

A (Reception, ASD) needs a place now and Riverside has one left beside B. C (Year 7, SEMH) needs a
place now and takes Hill's only one. D (Year 8) is at Vale and may move, but Hill is full. E arrives
a year later next door to C. Hill's extension costs £28,000 a year and saves £35,000 a year
on E, who would else go to Vale: it opens in 2026.
"""

from __future__ import annotations

import csv
import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

TOWN = {
    "case.toml": """title = "A town"
base_year = 2025
years = 3
[travel]
detour_factor = 1.2
soft_minutes = { primary = 30 }
[transport.base]
days = 180
[capital]
budget_gbp = { 2025 = 300000, 2026 = 300000 }
""",
    "children.csv": """child_id,children,easting_m,northing_m,need,need_2,suits,ncy,status,current_provision
kid-a,1,374000,164000,ASD,SLCN,,0,,
kid-b,1,374000,166000,ASD,,base|special,3,placed,R
kid-c,1,379000,164000,SEMH,,,7,seeking,
kid-d,1,379000,166000,SEMH,ASD,,8,review,V
""",
    "new_children.csv": """child_id,easting_m,northing_m,need,ncy,start_year
kid-e,379000,164000,SEMH,7,2026
""",
    "provisions.csv": """provision_id,name,kind,easting_m,northing_m,la
R,Riverside base,base,374000,165000,home
H,Hill special,special,379000,165000,home
V,Vale independent,independent,390000,165000,Elsewhere
""",
    "places.csv": """provision_id,needs,ncy_from,ncy_to,from_year,to_year,places,place_funding_gbp
R,ASD|SLCN,0,6,,2025,2,6000
R,ASD|SLCN,0,6,2026,,2,6000
H,*,0,14,,,1,10000
V,*,0,14,,,,
""",
    "limits.csv": """provision_id,needs,ncy_from,ncy_to,from_year,to_year,children
V,SEMH,0,14,2025,2027,10
""",
    "prices.csv": """provision_id,needs,ncy_from,ncy_to,from_year,gbp_per_child
R,*,0,14,,12000
H,*,0,14,,25000
V,*,0,14,,60000
""",
    "schemes.csv": """scheme_id,name,provision_id,status,capital_gbp,earliest_year,latest_year,lifetime_years,exclusive_group,requires
S1,Extension,H,proposed,400000,2026,2027,20,,
""",  # noqa: E501
    "scheme_places.csv": """scheme_id,years_open,needs,ncy_from,ncy_to,places,place_funding_gbp
S1,0,*,0,14,2,
""",
}


def write_town(folder: Path) -> Path:
    """Write the town as a case into a new folder ``town`` and return that."""
    town = folder / "town"
    town.mkdir()
    for name, text in TOWN.items():
        (town / name).write_text(text, encoding="utf-8")
    return town


def change(town: Path, name: str, old: str, new: str) -> None:
    """Replace a text that stands in a file once."""
    text = (town / name).read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
    (town / name).write_text(text.replace(old, new), encoding="utf-8")


def as_workbook(town: Path) -> Path:
    """Write a case's folder as one workbook beside it and return its path."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for file in sorted(town.glob("*.csv")):
        sheet = book.create_sheet(file.stem)
        for row in csv.reader(file.read_text(encoding="utf-8").splitlines()):
            sheet.append([_cell(text) for text in row])
    sheet = book.create_sheet("settings")
    sheet.append(["name", "value"])
    for name, value in flat(tomllib.loads((town / "case.toml").read_text(encoding="utf-8"))):
        sheet.append([name, value])
    path = town.with_suffix(".xlsx")
    book.save(path)
    return path


def flat(table: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """Return a nested table as dotted names and values."""
    rows: list[tuple[str, Any]] = []
    for key, value in table.items():
        rows += (
            flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(prefix + key, value)]
        )
    return rows


def _cell(text: str) -> str | float | None:
    try:
        return float(text)
    except ValueError:
        return text or None
