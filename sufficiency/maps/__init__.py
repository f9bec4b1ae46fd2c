"""Sufficiency maps: one SVG, made once, used everywhere."""

from sufficiency.options import Option

#: What `--layer` may say, apart from "provision": the keys of `sufficiency.maps.layers.LAYERS`, light to import.
LAYER_NAMES = (
    "gap",
    "gap-count",
    "journeys",
    "unplaced",
    "out-of-area",
    "independent",
    "children",
)
#: Options that name files in the place of the case's own, each a setting of ``[map]``.
FILES = ("boundary", "areas", "areas_name", "roads", "water")
OPTIONS = (
    Option(
        "--layer",
        str,
        f"What is shown: {', '.join(LAYER_NAMES)}, or provision alone. [default: gap]",
        metavar="LAYER",
    ),
    Option("--need", str, "A need's code, ASD say.", "all", metavar="NEED"),
    Option("--phase", str, "Of primary, secondary and post16.", "all", metavar="PHASE"),
    Option(
        "--year", int, "Academic year, by its September. [default: the last]", least=2000, most=2100
    ),
    Option("--against", str, "Another plan's folder: draw how OUT differs from it.", metavar="OUT"),
    Option("--scheme", str, "Draw whom a scheme or a provision serves.", metavar="ID"),
    Option("--boundary", str, "The council's outline, instead of that drawn.", metavar="FILE"),
    Option("--areas", str, "The areas that homes are labelled with.", metavar="FILE"),
    Option("--areas-name", str, "Column of --areas with their names.", metavar="COLUMN"),
    Option("--roads", str, "Roads to draw, as for journeys by road.", metavar="FILE"),
    Option("--water", str, "Rivers and lakes to draw.", metavar="FILE"),
)
