"""Words and examples for the pages that `generate.py` draws: what the code does not say itself."""

from __future__ import annotations

#: What the kinds of column are called, and how their text is read.
TYPES = {
    "id": "reference",
    "postcode": "postcode",
    "text": "text",
    "whole": "whole number",
    "number": "number",
    "year": "academic year",
    "ncy": "NCY",
    "date": "date",
    "period": "period",
    "need": "need code",
    "needs": "need codes",
    "kind": "kind",
    "kinds": "kinds",
    "choice": "one of",
}
TYPE_WORDS = (
    ("reference", "text of your own; what a spreadsheet does to it (1.0, 1E+05, a date) is an error"),
    ("postcode", "a full postcode, with or without the space"),
    ("academic year", "the year of its September: 2025 is 2025/26"),
    ("NCY", "National Curriculum year: 0 is Reception, 1 to 11 are Years 1 to 11, 12 to 14 post-16; -1 is nursery"),
    ("date", "2013-04-17 or 17/04/2013"),
    ("period", "a quarter, term, month, day or year: 2024-Q3, 2024/25 Q2, spring 2024, 2024-09, 30/06/2025"),
    ("need code", "one of the codes below; upper or lower case"),
    ("need codes", "codes joined by a bar, `ASD|SEMH`, or `*` for any"),
    ("kind, kinds", "a kind of provision of those below, or one of your own (`[kinds]`); several are joined by a bar"),
)  # fmt: skip
#: Example cells of columns that the example rows of the Excel template leave blank, by column or table and column.
CELLS: dict[str, object] = {
    "easting_m": 374900, "northing_m": 164800, "lat": 51.3811, "lon": -2.359, "area": "BA1 5", "section_41": "yes",
    "note": "places as commissioned, March 2026", "on_roll": 87, "from_year": 2027, "to_year": 2026, "children": 12,
    "birth_date": "2013-04-17", "start_year": 2026, "current_provision": "BASE-1", "need_2": "SLCN",
    "suits": "base|special", "status": "seeking",
    "exclusive_group": "one-of-two-sites", "requires": "S-1", "choice": "open", "lead_months": 18,
    "year": 2026, "ncy": 7, "need": "SEMH", "population": 2140, "per_1000": 4.2, "plans": 31, "label": "Weston",
    "rural": "urban", "imd_decile": 3, "source": "ONS, 2021 classification", "scheme_id": "S-1",
    "measure": "Awaiting a specialist place", "part_of": "", "period": "2024-Q3", "value": 143, "unit": "children",
    "aim": "down", "target": 100,
}  # fmt: skip
#: Examples of settings whose default would not show how they are written.
SETTINGS: dict[str, str] = {
    "title": '"Bath and North East Somerset"',
    "data_date": '"SEN2 of January 2026"',
    "notice": '"Children are synthetic"',
    "leaving.continue_pct": "{ 11 = 70, 12 = 80 }",
    "travel.max_minutes": "{ primary = 90 }",
    "travel.soft_minutes": "{ primary = 45, secondary = 75 }",
    "travel.roads": '"roads.graphml"',
    "travel.speeds_kph": '{ residential = 30, "A Road" = 55 }',
    "travel.postcodes": '"codepo_gb.zip"',
    "capital.budget_gbp": "{ 2026 = 1500000, 2027 = 800000 }",
    "demand.growth_pct": "10.8",
    "demand.growth_low_pct": "8.0",
    "demand.growth_high_pct": "15.0",
    "demand.growth_by_need_pct": "{ SEMH = 14, HI = 2 }",
    "demand.growth_by_ncy_pct": "{ 7 = 12 }",
    "demand.specialist_pct": "{ ASD = 45 }",
    "demand.arrivals_by_need_pct": "{ SEMH = 110 }",
    "demand.forecast": '"forecast.csv"',
    "map.districts": '["E06000022"]',
    "map.towns": '[{ name = "Bath", easting_m = 375000, northing_m = 164800 }]',
    "map.boundary": '"outline.gpkg"',
    "map.areas": '"wards.gpkg"',
    "map.areas_name": '"WD25NM"',
    "map.water": '"rivers.gpkg"',
    "map.roads": '"roads.gpkg"',
    "kinds.NAME.title": '"Satellite of a special school"',
}
#: What to do about each exit code, in the order of `cli.EPILOG`.
THEN = {
    0: "nothing: it did what was asked",
    1: "send us the file that the message names, once you have read it: it may quote your data",
    2: "put the command right: a path, an option or a number",
    3: "mend what is listed: `sufficiency check CASE` says where and how",
    4: "give more `--time-limit`; if there was none, look at what must open and at the limits",
    5: "use the plan, knowing how far from the best it may be; or give more time, or a wider `--gap`",
    6: "ask for less detail: what was asked for would tell of fewer children than the threshold",
    130: "you pressed Ctrl-C; nothing was left half written (the what-if page, once open, ends with 0)",
}

#: Where the guide tells of each command.
TOLD = {
    "new": "first-plan.md#2-copy-an-example",
    "check": "workbook.md#every-mistake-at-once-in-your-own-workbook",
    "plan": "planning.md",
    "compare": "transport.md#what-a-plan-changes",
    "options": "planners.md#what-each-scheme-is-worth",
    "programme": "planners.md#the-programme-year-by-year",
    "frontier": "planners.md#what-more-capital-buys",
    "alternatives": "planners.md#programmes-nearly-as-good",
    "shortage": "transport.md#who-travels-only-because-a-school-is-full",
    "dashboard": "dashboard.md",
    "claim": "claims.md",
    "futures": "uncertainty.md#what-the-futures-hold",
    "stress": "uncertainty.md#what-if-the-plan-is-wrong",
    "stepdowns": "transport.md#step-downs",
    "explain": "planners.md#why-and-why-not",
    "value": "planners.md#what-a-place-is-worth",
    "fairness": "transport.md#who-travels-longest-and-the-price-of-being-fairer",
    "studio": "studio.md",
    "map": "maps.md",
    "tables": "data-dictionary.md",
    "synth": "your-data.md#no-data-yet-synthetic-children",
    "demand": "demand.md",
    "calibrate": "journeys.md#transport-that-costs-what-yours-costs",
    "import gias": "schools.md",
    "import places": "schools.md#places-you-commission",
    "import sen2": "children.md",
    "import children": "children.md#from-your-own-export",
    "fetch roads": "journeys.md#roads",
    "roads": "journeys.md#roads",
    "doctor": "first-plan.md#1-install-it",
}

# Settings

#: What is to be said of a section besides what its settings say.
ABOUT = {
    "": "They stand before the first `[section]`.",
    "transport": "What transport costs. `[transport.KIND]`, `[transport.independent]` say, overrides single settings"
    " for a kind of provision.",
    "kinds.NAME": "A kind of provision of your own: `NAME` is what the column `kind` says, in lower case.",
}

# Commands

#: What holds for every command.
GENERAL = """* `--version` says which version this is; `-h` or `--help` shows help, of all commands or of one.
* `--format json` gives the result for machines, in ASCII; the text for people is the default.
* `sufficiency --debug COMMAND ...` (or `SUFFICIENCY_DEBUG=1`) prints a bug of ours in full. It may quote your data.
* `SUFFICIENCY_CACHE` names the folder where road networks are kept between runs; `off` keeps none.
* `NO_COLOR=1` prints without colour.
* For shell completion put `eval "$(_SUFFICIENCY_COMPLETE=bash_source sufficiency)"` in `~/.bashrc`; zsh, fish and
  PowerShell have `zsh_source`, `fish_source` and `powershell_source`."""
