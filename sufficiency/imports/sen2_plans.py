"""Each person of a SEN2 return: the plan in force, where they are, and what they need.

Joined as the return is built: person → requests → active plans → placements and needs; and for a
plan newly issued, person → requests → assessment → named plan → plan detail.

* A plan whose named plan has a cease date before the plan's first September is not in force. An
  active plan counts before one that is only named. ``transferla`` says that a plan came *from*
  another council (item 5.1): it is in force here. One that left has ceased, for reason 5.
* A placement with a leaving date before that September has ended. Of the others, that of rank 1
  counts, once; of two of rank 1, the one that began last.
* Of the needs, the valid one of lowest rank is the primary need and the next the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency import needs
from sufficiency.faults import Fault
from sufficiency.imports.sen2_files import read_date

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping

    from sufficiency.imports.sen2_files import Export

NO_REQUEST = "no request for an assessment"
NO_PLAN = "no plan: requested, assessed or refused only"
CEASED = "the plan has ceased, or moved to another council"
YES = {"1", "y", "yes", "true", "t"}
PLACE = ["urn", "ukprn", "sensetting"]
_BLANK = ["urn", "ukprn", "sensetting", "mark", "res", "need", "need_2"]


@dataclass(frozen=True)
class People:
    """Everyone in the return.

    Attributes
    ----------
    frame
        A row a person, indexed by row of the person file: ``person`` (the export's reference),
        ``born`` (a date, or None), ``postcode``, ``out`` (why they have no plan in force, or ""),
        ``newly`` (the plan is only named as yet), ``urn``, ``ukprn``, ``sensetting``, ``in_base``,
        ``mark`` (``RP`` or ``SU`` where so flagged),
        ``listed`` (some placement is given, ended or not), ``res``, ``need`` and ``need_2``.
    second
        Placements of rank 2, in addition to the one counted.
    """

    frame: pd.DataFrame
    second: int
    faults: tuple[Fault, ...]


def read_people(export: Export, gone_by: dt.date) -> People:
    """Join the parts of an export.

    Parameters
    ----------
    gone_by
        A plan that ceases, or a placement that ends, before this day does not count.
    """
    plans = _plans(export, gone_by)
    live = plans[~plans["ceased"]]
    active, second = _mains(export, "placementdetail", "activeplanstableid", gone_by)
    named, _ = _mains(export, "plandetail", "namedplantableid", gone_by)
    placed = live.join(pd.concat([active, named]), on="plan")
    placed["res"] = placed["res"].where(placed["res"].fillna("") != "", placed["res_of_plan"])
    placed = placed.join(_needs(export.parts["senneed"]), on="plan")
    chosen, several = _one_each(placed)
    frame = _frame(export, plans, chosen)
    return People(frame, second, tuple(_faults(export, several)))


def _plans(export: Export, gone_by: dt.date) -> pd.DataFrame:
    """Return every plan: `person`, `plan` (its reference), `newly`, `ceased`.

    A reference is marked by its part, as those of two parts may be alike.
    """
    parts = export.parts
    requests = parts["requests"].set_index("requeststableid")["persontableid"]
    asked = parts["assessment"].set_index("assessmenttableid")["requeststableid"]
    named, active = parts["namedplan"], parts["activeplans"]
    request = named["assessmenttableid"].map(asked)
    ceased = _before(named["ceasedate"], gone_by)
    ended = ceased.groupby(request).all()
    going = active["requeststableid"].map(ended).fillna(value=False).astype(bool)
    issued = pd.DataFrame(
        {
            "person": request.map(requests),
            "plan": "named " + named["namedplantableid"],
            "newly": True,
            "ceased": ceased,
        }
    )
    held = pd.DataFrame(
        {
            "person": active["requeststableid"].map(requests),
            "plan": "active " + active["activeplanstableid"],
            "newly": False,
            "ceased": going,
            "res_of_plan": active["res"],
        }
    )
    alone = ~request.isin(set(active["requeststableid"]))
    return pd.concat([held, issued[alone]], ignore_index=True)


def _mains(export: Export, part: str, key: str, gone_by: dt.date) -> tuple[pd.DataFrame, int]:
    """Return the placement of each plan that counts, by plan, and how many of rank 2 do not."""
    rows = export.parts[part].rename(columns={key: "plan"})
    rows["plan"] = ("active " if part == "placementdetail" else "named ") + rows["plan"]
    rows = rows.assign(entrydate=rows.get("entrydate", ""), leavingdate=rows.get("leavingdate", ""))
    ended = _before(rows["leavingdate"], gone_by)
    begun = pd.to_datetime(rows["entrydate"].map(read_date), errors="coerce")
    rows["rank"] = pd.to_numeric(rows["placementrank"], errors="coerce").fillna(1)
    rows["begun"] = begun.fillna(pd.Timestamp(1900, 1, 1))
    rows["urn"], rows["ukprn"] = rows["urn"].map(_reference), rows["ukprn"].map(_reference)
    rows["sensetting"] = rows["sensetting"].str.upper()
    flags = rows[["senunitindicator", "resourcedprovisionindicator"]]
    yes = flags.map(lambda cell: cell.lower() in YES)
    rows["in_base"] = yes.any(axis=1)
    rows["mark"] = np.where(
        yes["resourcedprovisionindicator"], "RP", np.where(yes.any(axis=1), "SU", "")
    )
    rows["nameless"] = (rows["urn"] == "") & (rows["ukprn"] == "")
    order = ["plan", "rank", "begun", "nameless", *PLACE, "mark"]
    rising = [True, True, False, True, True, True, True, False]
    still = rows[~ended].sort_values(order, ascending=rising)
    main = still.drop_duplicates("plan").set_index("plan")
    second = int((still["rank"] > 1).sum() - (main["rank"] > 1).sum())
    main = main.reindex(pd.Index(sorted(set(rows["plan"])), dtype="str", name="plan"))
    kept = main.reindex(columns=[*PLACE, "in_base", "mark", "begun", "res"])
    return kept.assign(listed=True), second


def _needs(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the first and second valid need of each plan."""
    code = rows["sentype"].str.upper()
    good = code.map(lambda text: needs.is_need(text) and text != needs.UNASSESSED).astype(bool)
    rank = pd.to_numeric(rows["sentyperank"], errors="coerce").fillna(9)
    table = pd.DataFrame(
        {"plan": "active " + rows["activeplanstableid"], "code": code, "rank": rank}
    )
    table = table[good].sort_values(["plan", "rank", "code"]).drop_duplicates(["plan", "code"])
    place = table.groupby("plan").cumcount()
    first, next_ = (table[place == n].set_index("plan")["code"] for n in (0, 1))
    both = pd.concat([first.rename("need"), next_.rename("need_2")], axis=1)
    return both.rename_axis("plan")


def _one_each(plans: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the plan of each person that counts, and how many people have several.

    An active plan before one only named, one with a placement before one without, the one whose
    placement began last; then by reference.
    """
    nowhere = plans["urn"].isna()
    ordered = plans.assign(nowhere=nowhere).sort_values(
        ["person", "newly", "nowhere", "begun", "plan"], ascending=[True, True, True, False, True]
    )
    chosen = ordered.drop_duplicates("person").set_index("person")
    return chosen, int((plans["person"].value_counts() > 1).sum())


def _frame(export: Export, plans: pd.DataFrame, chosen: pd.DataFrame) -> pd.DataFrame:
    """Put one row a person together."""
    person = export.parts["person"]
    frame = pd.DataFrame(
        {
            "person": person["persontableid"],
            "born": person["personbirthdate"].map(read_date).astype(object),
            "postcode": person["postcode"],
        }
    )
    frame = frame.join(chosen[[*_BLANK, "newly", "in_base", "listed"]], on="person")
    out = pd.Series("", index=frame.index)
    out = out.mask(frame["newly"].isna(), CEASED)
    out = out.mask(~frame["person"].isin(set(plans["person"])), NO_PLAN)
    asked = set(export.parts["requests"]["persontableid"])
    frame["out"] = out.mask(~frame["person"].isin(asked), NO_REQUEST)
    frame[_BLANK] = frame[_BLANK].fillna("").astype("str")
    for flag in ("newly", "in_base", "listed"):
        frame[flag] = frame[flag].eq(other=True).fillna(value=False).astype(bool)
    return frame


def _before(dates: pd.Series[str], day: dt.date) -> pd.Series[bool]:
    """Whether a date is given and before `day`; one that cannot be read counts as before."""
    read = {text: read_date(text) for text in dates.unique()}
    verdict = {text: bool(text) and (date is None or date < day) for text, date in read.items()}
    return dates.map(verdict).astype(bool)


def _reference(text: str) -> str:
    """Return a URN or UKPRN, without the ``.0`` of a spreadsheet; "" for none."""
    plain = text.removesuffix(".0").lstrip("0")
    return plain if plain.isdigit() else ""


def _faults(export: Export, several: int) -> Iterator[Fault]:
    """Report dates, needs and plans that are not as they should be."""
    for part, column, follows in DATES:
        words = f"a date that cannot be read: {follows}", "correct it in the return"
        yield from _found(export, part, column, _bad_date, "W1203", *words)
    yield from _found(export, "senneed", "sentype", _bad_need, *NEED_WORDS)
    yield from _found(export, "placementdetail", "sensetting", _bad_setting, *SETTING_WORDS)
    if several:
        what = f"{several} people have more than one plan in force; each was counted once"
        remedy = "close the plans that were superseded in the next return"
        yield Fault("W1204", export.files["activeplans"], what, remedy)


def _found(
    export: Export, part: str, column: str, bad: Callable[[str], bool], *words: str
) -> Iterator[Fault]:
    cells = export.parts[part][column]
    if rows := tuple(sorted(int(str(row)) for row in cells.index[cells.map(bad).astype(bool)])):
        code, what, remedy = words
        yield Fault(code, export.files[part], what, remedy, column, rows)


def _bad_date(text: str) -> bool:
    return bool(text) and read_date(text) is None


def _bad_need(text: str) -> bool:
    return not needs.is_need(text.upper()) or text.upper() == needs.UNASSESSED


def _bad_setting(text: str) -> bool:
    return bool(text) and text.upper() not in SETTINGS


#: Dates, and what follows from one that cannot be read.
DATES = (
    ("person", "personbirthdate", "the person is left out"),
    ("namedplan", "ceasedate", "the plan was taken to have ceased"),
    ("placementdetail", "entrydate", "the placement was taken to have begun long ago"),
    ("placementdetail", "leavingdate", "the placement was taken to have ended"),
)
NEED_WORDS = (
    "W1208",
    "blank, NSA or not a need of SEN2; the other need of the plan counts, if there is one",
    "give the need in the return, or in children.csv",
)
SETTING_WORDS = (
    "W1206",
    "not a setting code that SEN2 has",
    "correct it in the return; without a URN or UKPRN the child is left out",
)


@dataclass(frozen=True)
class Setting:
    """What a SEN setting code, given where there is no school, means for places."""

    meaning: str
    seeking: bool


#: Codes of SEN2 2025. OTH, OLA and NIEO are where children wait for a place; the others have what
#: they or their parents chose, or have left, and need no place that a council plans.
SETTINGS: Mapping[str, Setting] = {
    "OTH": Setting("other setting, or a type of setting named but no school", seeking=True),
    "OLA": Setting("other arrangements by the council, tuition out of school", seeking=True),
    "NIEO": Setting("not in education, such as waiting for a placement", seeking=True),
    "EYP": Setting("early years provider: will need a school in Reception", seeking=True),
    "OPA": Setting("other arrangements made by the parents", seeking=False),
    "EHE": Setting("educated at home by choice", seeking=False),
    "NEET": Setting("not in education, employment or training, 16 to 25", seeking=False),
    "NIEC": Setting("notice given that the plan will cease", seeking=False),
}
