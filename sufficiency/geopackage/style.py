"""How a layer looks in QGIS: a style (QML) of rules by the values of one column.

The element names are those that QGIS 3 writes itself; a style holds its symbology alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Kind of geometry: QGIS's number for it, its kind of symbol, and the class of that symbol's layer.
GEOMETRIES = {"polygon": ("2", "fill", "SimpleFill"), "point": ("0", "marker", "SimpleMarker")}


@dataclass(frozen=True)
class Symbol:
    """How features of one value are drawn.

    Attributes
    ----------
    value, label
        Of the column, and what the legend calls it.
    options
        QGIS's options of a simple fill or marker: colours as "r,g,b,a", widths and sizes in millimetres.
    """

    value: str
    label: str
    options: Mapping[str, str]


@dataclass(frozen=True)
class Style:
    """A layer's look: by the values of `column`, or the one symbol there is where that is ""."""

    geometry: str
    column: str
    symbols: Sequence[Symbol]


def fill(colour: str, hatch: str = "solid") -> dict[str, str]:
    """Return the options of a filled area with a pale edge."""
    return {
        "color": rgba(colour),
        "style": hatch,
        "outline_color": rgba("#ffffff"),
        "outline_width": "0.2",
        "outline_style": "solid",
    }


def outlined(colour: str, width_mm: float) -> dict[str, str]:
    """Return the options of an area that is only outlined."""
    return fill(colour, "no") | {"outline_color": rgba(colour), "outline_width": f"{width_mm:g}"}


def marker(shape: str, colour: str, edge: str, size_mm: float = 3.2) -> dict[str, str]:
    """Return the options of a point symbol; `shape` is one of QGIS's names."""
    return {
        "name": shape,
        "color": rgba(colour),
        "outline_color": rgba(edge),
        "outline_width": "0.5",
        "size": f"{size_mm:g}",
    }


def ring(colour: str, line: str = "solid", size_mm: float = 5.4) -> dict[str, str]:
    """Return the options of a ring round whatever stands at the point."""
    look = marker("circle", "#ffffff", colour, size_mm)
    return look | {"color": "255,255,255,0", "outline_width": "0.9", "outline_style": line}


def rgba(colour: str) -> str:
    """Return "#rrggbb" as QGIS writes it, opaque."""
    return ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)) + ",255"


def qml(style: Style) -> str:
    """Write a style as QGIS keeps it in the table ``layer_styles``."""
    number, symbol_type, layer_class = GEOMETRIES[style.geometry]
    root = Element("qgis", version="3.34.0", styleCategories="Symbology")
    kind = (
        {"type": "categorizedSymbol", "attr": style.column}
        if style.column
        else {"type": "singleSymbol"}
    )
    renderer = SubElement(root, "renderer-v2", kind | {"symbollevels": "0", "forceraster": "0"})
    if style.column:
        categories = SubElement(renderer, "categories")
        for n, symbol in enumerate(style.symbols):
            named = {"value": symbol.value, "label": symbol.label, "type": "string"}
            SubElement(categories, "category", named | {"symbol": str(n), "render": "true"})
    symbols = SubElement(renderer, "symbols")
    for n, symbol in enumerate(style.symbols):
        drawn = SubElement(symbols, "symbol", name=str(n), type=symbol_type, alpha="1")
        layer = SubElement(drawn, "layer", {"class": layer_class, "enabled": "1", "locked": "0"})
        options = SubElement(layer, "Option", type="Map")
        for name, value in symbol.options.items():
            SubElement(options, "Option", name=name, type="QString", value=value)
    SubElement(root, "layerGeometryType").text = number
    return tostring(root, encoding="unicode")
