"""Write the page: one drawing of the map window, the published values of every layer, and a script that shades by them.

Nothing is counted in the page: each value is of `sufficiency.maps.layers`, from the tables as published, and all of
them can be read in its table.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from sufficiency import fonts, needs
from sufficiency.geographies import ALL
from sufficiency.maps.classes import change_breaks, class_breaks
from sufficiency.maps.draw import render_map
from sufficiency.maps.key import shades
from sufficiency.maps.layers import LAYERS, PHASE_WORDS, Selection, has_anybody, values_of
from sufficiency.maps.model import Area
from sufficiency.maps.plan_map import layer_map
from sufficiency.maps.sites import KINDS, OTHER_KIND, STATES
from sufficiency.rendering import WITHHELD
from sufficiency.report.parts import academic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jinja2 import Template

    from sufficiency.maps.layers import Layer
    from sufficiency.maps.model import MapModel
    from sufficiency.maps.plan_map import Told

#: Every drawing of the page has the same ids, so that the parts of one serve another.
KEY = "page"
#: Stands for a value that is withheld: values themselves are never negative.
HIDDEN = -1
PLAN, BEFORE, CHANGE = "plan", "before", "change"
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{}'; font-src data:; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
#: Where a drawing has its areas, and its key.
AREAS, KEYS = r'<g id="[^"]*" class="areas".*?</g>', r'<g class="key">.*?\n</g>\n(?=<g|</svg)'
_NOWHERE = shapely.Polygon()


def write_page(told: Told, before: Told | None = None) -> str:
    """Return the page as HTML that asks for nothing from outside.

    Parameters
    ----------
    before
        What the plan is compared with: building nothing, or another plan; None for nothing.

    Returns
    -------
    "" where the shape of no area is known, or all children have left by the last year.
    """
    geographies = [name for name in _geographies(told) if told.base.shapes(name)]
    if not geographies or not has_anybody(told.areas, told.years[-1]):
        return ""
    views = _views(told, before)
    shown = {PLAN: _values(told)} | ({BEFORE: _values(before)} if before else {})
    breaks = {(v, layer): _breaks(shown, v, layer) for v in views for layer in LAYERS}
    looks = {at: _look(told, at, cuts) for at, cuts in breaks.items()}
    data = {
        "views": views,
        "layers": [_layer(layer) for layer in LAYERS.values()],
        "classes": {f"{v} {layer}": _classes(looks[v, layer]) for v, layer in looks},
        "years": {str(year): academic(year) for year in told.years},
        "needs": _needs(told),
        "phases": {ALL: "all phases", **PHASE_WORDS},
        "areas": {name: sorted(told.base.shapes(name)) for name in geographies},
        "values": {plan: _packed(values, told, geographies) for plan, values in shown.items()},
    }
    script = _asset("map.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return str(
        _template().render(
            policy=POLICY.format(digest),
            style=_asset("map.css") + fonts.font_face_css(),
            script=script,
            data=_json(data),
            told=told,
            has_before=before is not None,
            choices=data,
            svg=_drawing(told, looks, geographies),
            sites=list(_sites(told)),
            last=told.years[-1],
        )
    )


def _geographies(told: Told) -> list[str]:
    return sorted({str(name) for name in told.areas["geography"]})


def _views(told: Told, before: Told | None) -> dict[str, str]:
    """Return what may be looked at, by key, in words."""
    if before is None:
        return {PLAN: "The plan"}
    other = before.called or f"run {before.run_id}"
    now = told.called or "the plan"
    return {
        PLAN: now[0].upper() + now[1:],
        BEFORE: other[0].upper() + other[1:],
        CHANGE: f"Change: {now} against {other}",
    }


def _values(told: Told) -> pd.DataFrame:
    """Return the published areas with a column for each layer."""
    heads = told.areas[["geography", "area", "need", "phase", "year"]]
    columns = {layer.key: values_of(told.areas, layer) for layer in LAYERS.values()}
    hidden = {
        layer.key: (told.areas[layer.columns] == WITHHELD).any(axis=1) for layer in LAYERS.values()
    }
    return heads.assign(
        year=heads["year"].astype(int),
        **{key: values.mask(hidden[key], HIDDEN) for key, values in columns.items()},
    )


def _breaks(shown: Mapping[str, pd.DataFrame], view: str, layer: str) -> tuple[float, ...]:
    """Return class limits of a layer that hold for all plans, years, needs and phases, so that shades compare."""
    if view != CHANGE:
        values = pd.concat([table[layer] for table in shown.values()])
        return class_breaks(values[values >= 0])
    keys = ["geography", "area", "need", "phase", "year"]
    both = shown[PLAN].merge(shown[BEFORE], on=keys, suffixes=("", "_before"))
    both = both[(both[layer] >= 0) & (both[f"{layer}_before"] >= 0)]
    return change_breaks(both[layer] - both[f"{layer}_before"])


def _look(told: Told, at: tuple[str, str], breaks: tuple[float, ...]) -> MapModel:
    """Return a map with the key of a view and layer: an area of each sort stands for all, so that each is explained."""
    view, name = at
    layer = LAYERS[name]
    model = layer_map(told, layer, Selection(told.years[-1]), told if view == CHANGE else None, KEY)
    sorts = [Area("", _NOWHERE, 0.0), Area("", _NOWHERE, withheld=True), Area("", _NOWHERE)]
    unit = model.unit.split(",")[0]
    return replace(
        model, key=KEY, title=layer.title, unit=unit, areas=sorts, breaks=breaks, run_id=told.run_id
    )


def _classes(model: MapModel) -> dict[str, Any]:
    return {"breaks": list(model.breaks), "shades": shades(model)}


def _layer(layer: Layer) -> dict[str, str]:
    return {"key": layer.key, "title": layer.title, "legend": layer.legend, "unit": layer.unit}


def _needs(told: Told) -> dict[str, str]:
    found = set(told.areas["need"])
    words = {code: f"{name} ({code})" for code, name in needs.NEEDS.items() if code in found}
    return {ALL: "all needs"} | words


def _packed(
    values: pd.DataFrame, told: Told, geographies: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Return by "year need phase" the geography's number and each layer's values in the order of its areas."""
    orders = {name: sorted(told.base.shapes(name)) for name in geographies}
    packed: dict[str, dict[str, Any]] = {}
    for (year, need, phase), rows in values.groupby(["year", "need", "phase"], sort=False):
        geography = str(rows["geography"].iloc[0])  # the finer where there are two, as on every map
        if geography not in orders:
            continue
        those = rows[rows["geography"] == geography].set_index("area").reindex(orders[geography])
        packed[f"{year} {need} {phase}"] = {
            "geography": geography,
            "layers": {layer: [_number(value) for value in those[layer]] for layer in LAYERS},
        }
    return packed


def _number(value: float) -> float | None:
    if value != value:  # noqa: PLR0124
        return None
    return int(value) if float(value).is_integer() else round(float(value), 1)


def _drawing(
    told: Told, looks: Mapping[tuple[str, str], MapModel], geographies: Sequence[str]
) -> str:
    """Return the drawing: the areas of every geography and the key of every layer, of which the script shows one."""
    drawn = {at: render_map(model) for at, model in looks.items()}
    tallest = max(drawn, key=lambda at: float(_part(drawn[at], r'(?<= height=")[0-9]+')))
    whole, areas = drawn[tallest], []
    for geography in geographies:
        shapes = [Area(name, s) for name, s in sorted(told.base.shapes(geography).items())]
        model = replace(looks[tallest], areas=shapes, data={"geography": geography})
        areas.append(_part(render_map(model), AREAS))
    keys = [
        _part(svg, KEYS).replace(
            '<g class="key">', f'<g class="key" data-view="{view}" data-layer="{layer}">', 1
        )
        for (view, layer), svg in drawn.items()
    ]
    whole = whole.replace(_part(whole, AREAS), "\n".join(areas), 1)
    return whole.replace(_part(whole, KEYS), "\n".join(keys), 1)


def _part(svg: str, pattern: str) -> str:
    found = re.search(pattern, svg, re.DOTALL)
    if found is None:
        raise AssertionError(f"the drawing has no {pattern}")
    return found[0]


def _sites(told: Told) -> Iterator[tuple[str, str, str]]:
    """Yield name, kind and what becomes of its schemes, of every provision on the map."""
    for row in told.sites.to_dict("records"):
        state = STATES.get(str(row["state"]))
        kind = KINDS.get(str(row["kind"]), OTHER_KIND)
        yield str(row["name"]), kind.words, state.words if state else ""


def _json(data: object) -> str:
    """Write data so that it cannot end the element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _asset(name: str) -> str:
    return resources.files("sufficiency.maps.page").joinpath(name).read_text("utf-8")


def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("sufficiency.maps", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("map.html.j2")
