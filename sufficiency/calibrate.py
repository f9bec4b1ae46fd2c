"""Transport rates that a council recognises: fitted so that the present placements cost what its outturn says.

With every child where it is in the base year (`placed` and `review`), two numbers are fitted:

* one factor on every `eligible_pct` (none above 100), so that as many children are transported as were;
* one factor on every `gbp_per_day` and `gbp_per_km`, so that they cost as much as they did.

The proportions between kinds of provision, and between a day and a kilometre, stay as the settings have them.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency.errors import UsageError
from sufficiency.pounds import money
from sufficiency.progress import Progress, Silent

if TYPE_CHECKING:
    from pathlib import Path

    from models.problem import Floats
    from sufficiency.run import Prepared
    from sufficiency.settings import Settings, Transport

PUBLISHED_GBP = 8116
SOURCE = "National Audit Office, October 2025: SEND home to school transport, England, 2023-24"
OWN_FILE = "case-calibrated.toml"
EVERY_KIND = "all"
#: Most digits that a fitted rate is written with.
MOST_DIGITS = 12


@dataclass(frozen=True)
class Calibration:
    """Fitted transport settings.

    Attributes
    ----------
    toml
        The settings to paste: `[transport]` and what kinds override.
    table
        By kind, and all: children there, transported and cost, before and after, and cost a child transported.
    rate_factor, eligible_factor
        What rates and shares were multiplied with.
    changes
        New values by section ("" = `[transport]`, else the kind) and setting.
    """

    toml: str
    table: pd.DataFrame
    rate_factor: float
    eligible_factor: float
    changes: dict[str, dict[str, float]]


@dataclass(frozen=True, eq=False)
class _Present:
    """Present placements: a row a group of children who are alike.

    `children`, `km` and position of the `kind` in `kinds`, each (N,).
    """

    kinds: list[str]
    kind: np.ndarray[tuple[int], np.dtype[np.int64]]
    children: Floats
    km: Floats

    def transported(self, settings: Settings) -> Floats:
        """(kinds,) children transported."""
        shares = [self._each(settings.transport_for(kind))[0] for kind in self.kinds]
        return self._by_kind(shares)

    def gbp(self, settings: Settings) -> Floats:
        """(kinds,) what their transport costs a year."""
        costs = [self._each(settings.transport_for(kind))[1] for kind in self.kinds]
        return self._by_kind(costs)

    def _each(self, rule: Transport) -> tuple[Floats, Floats]:
        """(N,) share of a child transported, and pounds a child, were all of one kind."""
        there = np.isfinite(self.km) & (self.km > rule.over_km)
        km = np.where(there, self.km, 0.0)
        vehicle = rule.days * (rule.gbp_per_day + rule.gbp_per_km * km * rule.journeys_per_day)
        share = np.where(there, rule.eligible_pct / 100, 0.0)
        return share, vehicle / rule.children_per_vehicle * share

    def _by_kind(self, each: list[Floats]) -> Floats:
        own = np.array(each)[self.kind, np.arange(len(self.kind))]
        counts = np.bincount(self.kind, own * self.children, len(self.kinds))
        return np.asarray(counts, np.float64)


def calibrate(
    path: Path, transport_gbp: float, children: float, progress: Progress | None = None
) -> Calibration:
    """Fit the transport settings of a case to an outturn.

    Parameters
    ----------
    transport_gbp
        What the transport of children with a plan cost in the year.
    children
        How many of them were transported.

    Raises
    ------
    CaseError
        When the case has errors.
    UsageError
        When nobody is placed, or fewer than `children` live far enough from where they are.
    """
    from sufficiency.run import prepare

    prepared = prepare(path, progress or Silent())
    return fit(prepared, transport_gbp, children)


def fit(prepared: Prepared, transport_gbp: float, children: float) -> Calibration:
    """Fit the settings of a case that has been put together; see `calibrate`."""
    settings, present = prepared.case.settings, _present(prepared)
    eligible = _eligible_factor(settings, present, children)
    scaled = _scaled(settings, 1.0, eligible)
    cost = present.gbp(scaled).sum()
    if cost <= 0:
        raise UsageError(
            "the present placements cost nothing to travel to: rates of 0 cannot be scaled"
        )
    rate = float(transport_gbp / cost)
    digits = next(
        (
            n
            for n in range(5, MOST_DIGITS)
            if _near(settings, present, rate, eligible, transport_gbp, n)
        ),
        MOST_DIGITS,
    )
    changes = _changes(settings, rate, eligible, digits)
    after = _with(settings, changes)
    return Calibration(
        toml=_toml(changes),
        table=_table(settings, after, present),
        rate_factor=rate,
        eligible_factor=eligible,
        changes=changes,
    )


def _near(
    settings: Settings, present: _Present, rate: float, eligible: float, gbp: float, digits: int
) -> bool:
    """Whether rates written with so many digits still cost the outturn to a tenth of a pound."""
    written = _with(settings, _changes(settings, rate, eligible, digits))
    return abs(float(present.gbp(written).sum()) - gbp) < 0.1


def _present(prepared: Prepared) -> _Present:
    """Take everybody who is somewhere in the base year."""
    basis = prepared.basis
    review = basis.groups[basis.groups["status"] == "review"]
    placed = basis.groups[basis.groups["status"] == "placed"]
    rows = pd.concat([placed, review])
    if not rows["children"].sum():
        raise UsageError("no child of this case is placed: there are no placements to fit to")
    provision = rows["provision"].to_numpy(np.int64)
    kinds = sorted(set(basis.costs.kinds))
    kind = np.array([kinds.index(basis.costs.kinds[p]) for p in provision], np.int64)
    km = prepared.travel.journeys.km[rows["origin"].to_numpy(np.int64), provision]
    return _Present(kinds, kind, rows["children"].to_numpy(np.float64), km)


def _eligible_factor(settings: Settings, present: _Present, children: float) -> float:
    """Return what to multiply every share transported with, none going above 100."""
    full = _scaled(settings, 1.0, 1e9)
    most = float(present.transported(full).sum())
    if children > most + 1e-6:
        raise UsageError(
            f"only {most:,.0f} children of the case could be transported at all: they live further than over_km from"
            " where they are now, and some of their kind are; give fewer --children, or lower over_km"
        )
    low, high = 0.0, 1.0
    while present.transported(_scaled(settings, 1.0, high)).sum() < children - 1e-9 and high < 1e9:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        enough = present.transported(_scaled(settings, 1.0, middle)).sum() >= children
        low, high = (low, middle) if enough else (middle, high)
    return high


def _scaled(settings: Settings, rate: float, eligible: float) -> Settings:
    return _with(settings, _changes(settings, rate, eligible, 17))


def _changes(
    settings: Settings, rate: float, eligible: float, digits: int
) -> dict[str, dict[str, float]]:
    """Return new rates and shares: the common ones, and those that kinds override."""
    found: dict[str, dict[str, float]] = {}
    common = ("gbp_per_day", "gbp_per_km", "eligible_pct")
    own = {kind: rule.model_fields_set for kind, rule in settings.transport.by_kind.items()}
    sections = {"": frozenset(common), **own}
    for section, given in sections.items():
        rule = settings.transport.by_kind[section] if section else settings.transport
        values = {
            "gbp_per_day": rule.gbp_per_day * rate,
            "gbp_per_km": rule.gbp_per_km * rate,
            "eligible_pct": min(100.0, rule.eligible_pct * eligible),
        }
        kept = {name: float(f"{values[name]:.{digits}g}") for name in common if name in given}
        if kept:
            found[section] = kept
    return found


def _with(settings: Settings, changes: dict[str, dict[str, float]]) -> Settings:
    """Return settings with changes made."""
    transport = settings.transport
    kinds = {
        kind: rule.model_copy(update=changes.get(kind, {}))
        for kind, rule in transport.by_kind.items()
    }
    update: dict[str, object] = {**changes.get("", {}), "by_kind": kinds}
    return settings.model_copy(update={"transport": transport.model_copy(update=update)})


def _table(before: Settings, after: Settings, present: _Present) -> pd.DataFrame:
    there = np.bincount(present.kind, present.children, len(present.kinds))
    columns = {
        "children": there,
        "transported_before": present.transported(before),
        "transported": present.transported(after),
        "gbp_before": present.gbp(before),
        "gbp": present.gbp(after),
    }
    table = pd.DataFrame({"kind": present.kinds, **columns})
    table = table[table["children"] > 0]
    total = pd.DataFrame([{"kind": EVERY_KIND, **table.drop(columns="kind").sum()}])
    table = pd.concat([table, total], ignore_index=True)
    for suffix in ("_before", ""):
        some = table[f"transported{suffix}"] > 0
        each = table[f"gbp{suffix}"] / table[f"transported{suffix}"].where(some)
        table[f"gbp_per_child{suffix}"] = each
    return table


def _toml(changes: dict[str, dict[str, float]]) -> str:
    lines = []
    for section, values in changes.items():
        lines.append(f"[transport{'.' if section else ''}{section}]")
        lines += [f"{name} = {value!r}" for name, value in values.items()]
    return "\n".join(lines) + "\n"


def write_settings(case: Path, found: Calibration, out: Path | None) -> Path:
    """Write a copy of ``case.toml`` with the fitted settings in it; the user's own file stays as it is.

    Raises
    ------
    UsageError
        When the case is a workbook, the file is there already, or its settings are laid out in a way that cannot be
        changed line by line.
    """
    if not case.is_dir():
        raise UsageError(
            "a workbook's settings are not copied: paste the lines into its sheet settings"
        )
    target = out or case / OWN_FILE
    if target.exists():
        raise UsageError(f"{target} is there already; give another file to --out")
    text = (case / "case.toml").read_text("utf-8-sig")
    for section, values in found.changes.items():
        text = _put(text, f"transport.{section}" if section else "transport", values)
    try:
        written = tomllib.loads(text)["transport"]
        wrong = any(
            (written[section] if section else written).get(name) != value
            for section, values in found.changes.items()
            for name, value in values.items()
        )
    except (tomllib.TOMLDecodeError, KeyError, AttributeError):
        wrong = True
    if wrong:
        raise UsageError(
            "[transport] is laid out unusually: paste the lines into case.toml yourself"
        )
    draft = target.with_name(f".{target.name}.part")
    draft.write_text(text, "utf-8")
    draft.replace(target)
    return target


def _put(text: str, section: str, values: dict[str, float]) -> str:
    """Set values in a section of a TOML text, line by line; comments stay."""
    lines = text.splitlines()
    heads = [n for n, line in enumerate(lines) if re.match(r"\s*\[", line)]
    start = next(
        (n for n in heads if re.match(rf"\s*\[\s*{re.escape(section)}\s*\]", lines[n])), None
    )
    if start is None:
        return text.rstrip("\n") + f"\n\n[{section}]\n" + _lines(values)
    end = next((n for n in heads if n > start), len(lines))
    left = dict(values)
    for n in range(start + 1, end):
        name = lines[n].split("=")[0].strip()
        if name in left:
            lines[n] = re.sub(r"=\s*[-+\d._eE]+", f"= {left.pop(name)!r}", lines[n], count=1)
    lines[start + 1 : start + 1] = _lines(left).splitlines()
    return "\n".join(lines) + "\n"


def _lines(values: dict[str, float]) -> str:
    return "".join(f"{name} = {value!r}\n" for name, value in values.items())


def table_rows(found: Calibration) -> list[dict[str, str]]:
    """Return the table to print."""
    return [
        {
            "kind": row["kind"],
            "children": f"{row['children']:,.0f}",
            "transported": f"{row['transported_before']:,.0f} -> {row['transported']:,.0f}",
            "cost": f"{_pounds(row['gbp_before'])} -> {_pounds(row['gbp'])}",
            "a child transported": f"{_pounds(row['gbp_per_child_before'])} -> {_pounds(row['gbp_per_child'])}",
        }
        for row in found.table.to_dict("records")
    ]


def against_published(found: Calibration) -> str:
    """Say what a child transported costs against the published average."""
    overall = float(found.table["gbp_per_child"].iloc[-1])
    apart = 100 * (overall / PUBLISHED_GBP - 1)
    return (
        f"A child transported costs {_pounds(overall)} on average, {abs(apart):.0f}% "
        f"{'above' if apart >= 0 else 'below'} the {_pounds(PUBLISHED_GBP)} published for England ({SOURCE})."
    )


def _pounds(gbp: float) -> str:
    return "-" if np.isnan(gbp) else money(gbp, short=False)
