"""The command line: thin commands around :mod:`sufficiency`.

Results go to standard output, progress and messages to standard error. Whatever is heavy to import
stands inside the command that needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import json
import math
import os
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sufficiency import __version__
from sufficiency.console import (
    column_row,
    encodable,
    findings_text,
    import_text,
    notes_text,
    painted,
    paragraph,
    setting_row,
    summary_text,
    table_row,
    table_text,
    width,
)
from sufficiency.console_faults import check_text, faults_json, faults_text
from sufficiency.errors import CaseError, SufficiencyError, UsageError
from sufficiency.evidence.commands import COMMANDS
from sufficiency.maps import OPTIONS
from sufficiency.options import FOUND, PLAN, STUDIO, SYNTH, Option
from sufficiency.progress import show_progress
from sufficiency.skipping import sentence

C = TypeVar("C", bound="Callable[..., Any]")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sufficiency.evidence.commands import Command
    from sufficiency.imports.children_out import Imported

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small arrays: threads would only wait

#: Exit codes that no error of ours carries.
BUG, INTERRUPTED = 1, 130

EPILOG = """\b
Shell completion: eval "$(_SUFFICIENCY_COMPLETE=bash_source sufficiency)"
                  (zsh_source, fish_source and powershell_source work likewise)
Exit codes:       0 done, 1 our bug, 2 usage, 3 the data has errors, 4 no plan meets the rules,
                  5 stopped at a limit with a plan not proved best, 6 refused to disclose"""


FOLDER = click.Path(file_okay=False, path_type=Path)


class Finite(click.FloatRange):
    """A number within a range, which `nan` and `inf` are not."""

    def convert(
        self, value: float, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:  # noqa: ANN401 - click's signature
        """Return the number, or refuse it."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a finite number.", param, ctx)
        return number


def with_options(rows: Sequence[Option]) -> Callable[[C], C]:
    """Give a command the options of a table."""

    def give(command: C) -> C:
        for row in reversed(rows):
            command = _option(row)(command)
        return command

    return give


def _option(row: Option) -> Any:  # noqa: ANN401 - a decorator
    def whole(end: float | None) -> int | None:
        return None if end is None else int(end)

    asked: dict[str, Any] = {"metavar": row.metavar, "help": row.help, "multiple": row.many}
    if row.kind is bool:
        return click.option(row.flag, is_flag=True, default=bool(row.default), help=row.help)
    kinds: Any = {
        float: Finite(row.least, row.most, min_open=row.above),
        int: click.IntRange(whole(row.least), whole(row.most)),
        Path: FOLDER,
    }
    kind = click.Choice(row.kind) if isinstance(row.kind, tuple) else kinds.get(row.kind, row.kind)
    shown = row.default is not None
    return click.option(row.flag, type=kind, default=row.default, show_default=shown, **asked)


class Commands(click.Group):
    """Commands in the order they are used; every error becomes a sentence and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands in the order declared, which is the order of use."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run the command and turn what goes wrong into a message."""
        try:
            return super().invoke(ctx)
        except SufficiencyError as error:
            ctx.exit(_refusal(error, debug=ctx.params.get("debug", False)))
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            _say("Interrupted; nothing was left half written.", err=True)
            ctx.exit(INTERRUPTED)
        except OSError as error:
            _say(f"Cannot go on: {error.strerror or error} ({error.filename})", err=True)
            ctx.exit(UsageError.exit_code)
        except Exception:  # noqa: BLE001 - the last resort, so that nobody reads a traceback
            _report_bug(debug=ctx.params.get("debug", False))
            ctx.exit(BUG)


def _refusal(error: SufficiencyError, *, debug: bool) -> int:
    """Say what the user can mend; return the exit code."""
    if isinstance(error, CaseError):
        _say(faults_text(error.faults, width()), err=True)
    if error.exit_code != BUG or error.quotes_nothing:
        _say(f"Stopped: {error}.", err=True)
    if error.exit_code == BUG:
        _report_bug(debug=debug)
    return error.exit_code


def _report_bug(*, debug: bool) -> None:
    """Keep the traceback in a file: it may quote a cell, so it is not printed unless asked for."""
    import traceback

    handle, name = tempfile.mkstemp(prefix="sufficiency-error-", suffix=".txt", text=True)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"sufficiency {__version__}, Python {sys.version}\n{traceback.format_exc()}")
    if debug:
        _say(traceback.format_exc(), err=True)
    _say(
        f"This is a bug of ours, not a fault of your data. The details are in {name}: they may quote"
        " your data, so read them before you send them to anyone.",
        err=True,
    )


def _say(text: str, *, err: bool = False) -> None:
    """Print `text`, in colour on a terminal that wants it and in signs that it can show."""
    stream = sys.stderr if err else sys.stdout
    colour = False if os.environ.get("NO_COLOR") else None
    click.echo(painted(encodable(text, stream)), err=err, color=colour)


def _say_json(answer: object) -> None:
    """Print an answer for machines: ASCII, so that any console and any pipe can carry it."""
    click.echo(json.dumps(answer, indent=2, default=str))


FORMAT = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people, or for machines.",
)
CASE = click.argument("case", type=click.Path(exists=True, path_type=Path))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EPILOG)
@click.version_option(__version__, prog_name="sufficiency")
@click.option("--debug", is_flag=True, envvar="SUFFICIENCY_DEBUG", help="Print our bugs in full.")
def main(*, debug: bool) -> None:
    """Plan where SEND places are needed, what they cost and what they save."""


@main.command()
@click.argument("words", nargs=-1, metavar="[EXAMPLE] FOLDER")
@click.option(
    "--workbook",
    is_flag=True,
    help="Make an Excel workbook: a blank template or, with EXAMPLE, that example.",
)
def new(words: tuple[str, ...], *, workbook: bool) -> None:
    """Copy a worked example to FOLDER.

    Alone it lists the examples. With --workbook the last word names a file that ends in .xlsx: a
    template to fill in, with notes on every column, drop-downs and examples.
    """
    from sufficiency import worked_examples

    if not words:
        rows = [{"example": name, "title": it} for name, it in worked_examples.titles().items()]
        _say(table_text(rows, width()))
        return
    if len(words) > 2:
        raise click.UsageError("give one FOLDER, and before it an EXAMPLE if you like")
    *example, name = words
    if workbook:
        from sufficiency.workbook.template import from_folder, new_template

        if example:
            from_folder(worked_examples.find(example[0]), Path(name))
        else:
            new_template(Path(name))
        done = f"Wrote the example {example[0]}" if example else "Wrote a blank template"
        _say(f"{done} as {name}. Next: fill it in, then sufficiency check {name} --mark-up")
        return
    if name.lower().endswith(".xlsx"):
        raise click.UsageError(f"for a workbook say: sufficiency new --workbook {' '.join(words)}")
    example = example or [worked_examples.DEFAULT]
    worked_examples.copy(example[0], Path(name))
    _say(f"Copied the example {example[0]} to {name}. Next: sufficiency check {name}")


SKIP = click.option(
    "--skip-bad-rows",
    is_flag=True,
    help="Leave out children and journeys whose rows have errors, and say so in every output.",
)


@main.command()
@click.argument(
    "case", required=False, metavar="CASE", type=click.Path(exists=True, path_type=Path)
)
@click.option(
    "--mark-up",
    is_flag=False,
    flag_value="",
    metavar="[COPY.xlsx]",
    help="Mark the problems in a copy of the workbook. [default: CASE-checked.xlsx beside it]",
)
@SKIP
@FORMAT
def check(case: Path | None, mark_up: str | None, style: str, *, skip_bad_rows: bool) -> None:
    """Find everything that is wrong with CASE.

    CASE is a folder of tables or one workbook; all its faults are found in one pass. The values in
    your tables are never shown: only where they stand.
    """
    from sufficiency import run

    if case is None and mark_up and Path(mark_up).exists():  # the option took the case for its own
        case, mark_up = Path(mark_up), ""
    if case is None:
        raise click.UsageError("name the CASE to check: a folder or a workbook")
    copy: Path | None = None
    lost: list[str] = []
    with show_progress() as progress:
        found = run.examine(case, progress, skip_bad_rows=skip_bad_rows)
        if mark_up is not None:
            from sufficiency.workbook.marks import mark_checked

            progress.step("marking up a copy")
            copy, lost = mark_checked(found, case, mark_up)
    if style == "json":
        _say_json(faults_json(found.faults) | {"marked_up": copy, "copy_lacks": lost})
    else:
        _say(check_text(found, case, width(), copy, lost))
    if any(fault.is_error for fault in found.faults):
        raise click.exceptions.Exit(CaseError.exit_code)


@main.command()
@CASE
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the plan. An earlier plan there is replaced whole; a folder of anything else is refused.",
)
@with_options(PLAN)
@SKIP
@FORMAT
def plan(*, case: Path, out: Path, style: str, **options: Any) -> None:  # noqa: ANN401
    """Plan CASE and write the report, its tables and the record of the run to a folder."""
    from sufficiency import run

    try:
        with show_progress() as progress:
            result = run.plan(case, out, progress=progress, **options)
    except CaseError as error:
        if style == "json":
            _say_json(faults_json(error.faults))
        raise
    summary: dict[str, Any] = result.summary
    if gone := sentence(summary.get("left_out", {})):
        _say(gone, err=True)
    if style == "json":
        _say_json(summary)
    else:
        _say(summary_text(summary, width()))
        report = f"The report is {out / 'report.html'}"
        _say(f"\n{f'The tables are in {out}' if options['tables_only'] else report}")
    raise click.exceptions.Exit(result.exit_code)


def _evidence(row: Command) -> click.Command:
    """Make a command of its row in the table."""

    def run(*, style: str, out: Path | None, **asked: Any) -> None:  # noqa: ANN401
        with show_progress() as progress:
            answer = row.answer(asked, out, progress)
        _say_json(answer.summary) if style == "json" else _say(answer.text(width()))
        if out:
            _say(f"\nTo read and keep: {out / row.name}.html", err=style == "json")
        raise click.exceptions.Exit(answer.exit_code)

    command: Any = with_options((FOUND, *row.options))(FORMAT(run))
    command = SKIP(command) if row.takes == "case" else command
    return click.command(row.name, help=row.help)(TAKES[row.takes](command))


TAKES = {
    "case": CASE,
    "plans": click.argument("plans", nargs=-1, required=True, type=FOLDER, metavar="PLAN..."),
    "file": click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
}


for _row in COMMANDS:
    main.add_command(_evidence(_row))


@main.command()
@CASE
@with_options(STUDIO)
@SKIP
def studio(*, case: Path, **asked: Any) -> None:  # noqa: ANN401
    """Open the what-if page of CASE in a browser, on this machine alone.

    Change a scheme and see the plan move; scenarios are saved in the case as small files of
    differences, which "sufficiency plan CASE --scenario NAME" plans.
    """
    from sufficiency.studio.command import open_studio

    open_studio(case, _say, **asked)


@main.command("map")
@click.argument("source", metavar="OUT|CASE", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write: .svg, .png (300 dots an inch), .pdf, or .html for a page with every layer.",
)
@with_options(OPTIONS)
def map_(*, source: Path, out: Path, **asked: Any) -> None:  # noqa: ANN401
    """Draw a map of what OUT, a finished plan, publishes; or of CASE's provision."""
    from sufficiency.maps.command import make_map, request

    with show_progress() as progress:
        drawn = make_map(request(source, out, asked), progress)
    _say(f"{drawn.title}: {out}")


@main.command()
@click.argument("table", required=False)
@FORMAT
def tables(table: str | None, style: str) -> None:
    """Show the tables of a case.

    With TABLE, every column of that one: what it holds, in what unit, and whether it is needed.
    "sufficiency tables settings" shows what case.toml may hold.
    """
    from sufficiency.settings import describe_settings
    from sufficiency.tables import TABLES, describe

    if table not in (None, "settings", *TABLES):
        raise UsageError(f"there is no table {table!r}; there is {', '.join(TABLES)} and settings")
    if table == "settings":
        rows, shown = describe_settings(), setting_row
    else:
        rows, shown = [row for row in describe() if table in (None, row["table"])], column_row
    if style == "json":
        _say_json(rows)
    elif table is None:
        _say(table_text([table_row(known) for known in TABLES.values()], width()))
        _say("\nEvery column of one: sufficiency tables children")
        _say("What case.toml may hold: sufficiency tables settings")
    else:
        _say(table_text([shown(row) for row in rows], width()))


@main.command()
@click.argument("case", type=click.Path(path_type=Path))
@with_options(SYNTH)
@FORMAT
def synth(
    *, case: Path, seed: int, decisions: int | None, council: str | None, replace: bool, style: str
) -> None:
    """Draw synthetic children for CASE, or a whole county.

    In a case's folder with a synth.toml, children with the published mix of need, age and placement
    that it states, who live where people live. In a new or empty folder, a county of any size:
    settlements, schools, schemes and children, all invented. The same seed draws the same.
    """
    from sufficiency.synth.county import synthesise_county
    from sufficiency.synth.in_case import synthesise_case

    with show_progress() as progress:
        if case.exists() and not (case.is_dir() and not any(case.iterdir())):
            if council:
                raise UsageError("--council is for a new county; this folder has a case")
            progress.step("drawing children")
            found: dict[str, float] = {
                **synthesise_case(case, seed, decisions, replace=replace).summary
            }
        else:
            progress.step("drawing a county")
            found = synthesise_county(case, seed, decisions, council or "")
    if style == "json":
        _say_json(found)
    else:
        rows = [{"rows": f"{n:,}", "what": what} for what, n in found.items()]
        _say(table_text(rows, width()))


@main.command()
@CASE
@click.option(
    "--back-test",
    "history",
    metavar="HISTORY",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV of plans by year, need, and if known ncy and new_plans: hold out its last year.",
)
@FORMAT
def demand(case: Path, history: Path | None, style: str) -> None:
    """Show the arrivals that [demand] projects for CASE.

    By need, phase and year. With --back-test, how well the last year of a history would have been
    projected from the years before, against "same as last year" and "same growth".
    """
    from sufficiency.projection import show

    if history:
        found = show.try_history(case, history)
        if style == "json":
            scores, rows = (table.to_dict("records") for table in (found.scores, found.rows))
            _say_json({"held_out": found.held_out, "scores": scores, "rows": rows})
        else:
            _say(f"Held out: {found.held_out}. Error, projected less actual:\n")
            _say(table_text(show.score_rows(found), width()))
            _say("\n" + table_text(show.error_rows(found), width()))
        return
    with show_progress() as progress:
        progress.step("projecting arrivals")
        projection, faults = show.project_case(case)
    if style == "json":
        _say_json(show.arrivals_json(projection, faults))
    else:
        _say(faults_text(faults, width()) + "\n", err=True)
        _say(table_text(show.arrivals_rows(projection), width()))
        _say(f"\n{projection.says}.")


@main.command()
@CASE
@click.option(
    "--transport-gbp",
    "gbp",
    required=True,
    type=Finite(0, min_open=True),
    help="What transport of children with a plan cost in a year.",
)
@click.option(
    "--children",
    required=True,
    type=Finite(0, min_open=True),
    help="How many of them were transported.",
)
@click.option("--write", is_flag=True, help="Write a copy of case.toml with the fitted rates.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where --write puts it. [default: case-calibrated.toml in CASE]",
)
@FORMAT
def calibrate(
    *, case: Path, gbp: float, children: float, write: bool, out: Path | None, style: str
) -> None:
    """Fit CASE's transport rates to an outturn.

    Scales what a day and a kilometre cost, and the share of children transported, so that the
    present placements cost what the council paid. Prints the settings to paste.
    """
    from sufficiency import calibrate as fitting

    with show_progress() as progress:
        found = fitting.calibrate(case, gbp, children, progress)
    if style == "json":
        rows = found.table.to_dict("records")
        _say_json({"settings": found.changes, "table": rows, "rate_factor": found.rate_factor})
    else:
        _say(table_text(fitting.table_rows(found), width()))
        _say(f"\n{paragraph(fitting.against_published(found), width())}\n\n{found.toml}")
    if write:
        target = fitting.write_settings(case, found, out)
        _say(f"Wrote {target}; to use it, put it in the place of case.toml.", err=True)


@main.group("import")
def import_() -> None:
    """Make tables of a case from files that a council has.

    Each makes the case's folder or adds its tables to it, and never overwrites without --replace.
    """


OUT_CASE = click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The case's folder; it is made if it is not there.",
)
BASE_YEAR = click.option(
    "--base-year",
    type=click.IntRange(2000, 2100),
    help="First academic year of the plan. [default: the case's, else the year of the file]",
)
REPLACE = click.option("--replace", is_flag=True, help="Overwrite tables that are there.")
SCHOOLS = click.option(
    "--provisions",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV with urn (or ukprn), base and provision_id, for what the case does not say.",
)
POSTCODES = click.option(
    "--keep-postcodes", is_flag=True, help="Keep home postcodes, rather than points to 100 m."
)

SUITS = click.option(
    "--suits", is_flag=True, help="Fill `suits` in: the present kind, and dearer ones."
)


@contextmanager
def _faults_in(style: str) -> Iterator[None]:
    """Print the faults of a refused file for machines, too, if asked."""
    try:
        yield
    except CaseError as error:
        if style == "json":
            _say_json(faults_json(error.faults))
        raise


def _say_import(result: Imported, style: str) -> None:
    """Print what an import did, and its warnings."""
    if style == "json":
        written = {"files": [str(path) for path in result.files]}
        _say_json({"summary": result.summary, **written, **faults_json(result.faults)})
        return
    _say(import_text(result.summary, width()))
    _say("\n" + notes_text(result.faults, width()))
    for path in result.files:
        _say(f"Written: {path}")


@import_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--la", required=True, metavar="NAME", help="Your council, by name or code.")
@click.option(
    "--within-km",
    type=Finite(0, 1000),
    default=30,
    show_default=True,
    help="Take other councils' provision this near to a school of yours, as the crow flies.",
)
@OUT_CASE
@click.option(
    "--links",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file of predecessors and successors (links_edubasealldata....csv).",
)
@click.option(
    "--postcodes",
    type=click.Path(exists=True, path_type=Path),
    help="Your own Code-Point Open or ONSPD. [default: the directory that comes with the tool]",
)
@click.option(
    "--from-roll",
    is_flag=True,
    help="Take the number on roll where capacity is blank, and all years where ages are.",
)
@BASE_YEAR
@REPLACE
@FORMAT
def gias(*, file: Path, out: Path, style: str, **options: Any) -> None:  # noqa: ANN401
    """Import provisions and places from a GIAS extract.

    FILE is the "establishment fields" CSV of Get Information about Schools. Special schools, bases,
    alternative, independent and special post-16 provision become the tables provisions and places.
    """
    from sufficiency.imports.gias import Request, import_gias
    from sufficiency.imports.gias_text import imported_text, summary

    with show_progress() as progress:
        imported = import_gias(Request(file=file, folder=out, **options), progress)
    if style == "json":
        _say_json(summary(imported))
    else:
        _say(imported_text(imported, width()))


@import_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@OUT_CASE
@REPLACE
@FORMAT
def places(file: Path, out: Path, style: str, *, replace: bool) -> None:
    """Import commissioned places from the DfE's high needs place numbers.

    FILE is the ODS as published, or its sheet as CSV. Academies and free schools that the case has
    by URN get their places; maintained schools are not in the file.
    """
    from sufficiency.imports.place_numbers import import_places

    with show_progress() as progress:
        result = import_places(file, out, progress, replace=replace)
    _say_import(result, style)


@import_.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@OUT_CASE
@BASE_YEAR
@SCHOOLS
@POSTCODES
@SUITS
@click.option(
    "--key",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write which child is which row of the return, outside the case.",
)
@REPLACE
@FORMAT
def sen2(*, folder: Path, out: Path, style: str, **options: Any) -> None:  # noqa: ANN401
    """Import children from a SEN2 return.

    FOLDER holds its files as COLLECT exports them (Blade-Export_..._person.csv and so on). Names,
    numbers, sex and ethnicity are never read, dates of birth and postcodes never written.
    """
    from sufficiency.imports.sen2 import Options, import_sen2

    with show_progress() as progress, _faults_in(style):
        progress.step("reading the return")
        result = import_sen2(folder, out, Options(**options))
    _say_import(result, style)


@import_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--draft-map",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Only draft a column map here, for you to look at and confirm.",
)
@click.option(
    "--map",
    "map_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The column map, confirmed.",
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="The case's folder.")
@BASE_YEAR
@SCHOOLS
@POSTCODES
@SUITS
@REPLACE
@FORMAT
def children(
    *,
    file: Path,
    draft_map: Path | None,
    map_file: Path | None,
    out: Path | None,
    style: str,
    **options: Any,  # noqa: ANN401
) -> None:
    """Import children from a flat export of your own, through a column map.

    First draft the map (--draft-map MAP.toml) and look at every line of it; then import (--map
    MAP.toml --out CASE). FILE is CSV or a workbook, one child a row.
    """
    from sufficiency.imports import children as flat

    if draft_map:
        _say(f"Written: {flat.draft_map(file, draft_map, replace=options['replace'])}")
        _say("Look at every line of it, say confirmed = true, then import with --map and --out.")
    elif map_file and out:
        with _faults_in(style):
            result = flat.import_children(file, map_file, out, flat.Options(**options))
        _say_import(result, style)
    else:
        raise click.UsageError("give --draft-map MAP.toml, or --map MAP.toml and --out CASE")


@main.group()
def fetch() -> None:
    """Get open data for CASE: the only commands that use the internet.

    What is asked for is an area, coarse and drawn from postcodes; nothing about a child is sent.
    """


@fetch.command("roads")
@CASE
@click.option(
    "--margin-km",
    type=Finite(0, 100),
    default=5,
    show_default=True,
    help="How far round the council roads are wanted.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be asked, and of whom.")
@click.option("--replace", is_flag=True, help="Overwrite roads that are there.")
def fetch_roads(*, case: Path, margin_km: float, dry_run: bool, replace: bool) -> None:
    """Download the roads of CASE's council.

    They come from OpenStreetMap into roads.graphml in the case, whole or not at all; case.toml is left
    as it is.
    """
    from sufficiency.roads import fetch as fetching

    with show_progress() as progress:
        done = fetching.fetch_roads(case, margin_km, progress, replace=replace, dry_run=dry_run)
    _say(fetching.fetched_text(done))


@main.command()
@click.argument("case", required=False, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Roads to try out. [default: those that case.toml names, or roads.graphml]",
)
@click.option("--speeds", is_flag=True, help="Show the speeds by class of road, and their sources.")
@FORMAT
def roads(*, case: Path | None, file: Path | None, speeds: bool, style: str) -> None:
    """Compare the roads of CASE with straight lines.

    It says which detour_factor and speed_kph fit the roads, and what the roads do not reach.
    """
    from sufficiency.roads.report import compare_roads, speed_rows

    if speeds:
        rows = speed_rows()
        _say_json(rows) if style == "json" else _say(table_text(rows, width()))
        return
    if case is None:
        raise click.UsageError("name the CASE whose roads to look at, or say --speeds")
    with show_progress() as progress:
        figures, faults = compare_roads(case, file, progress)
    if style == "json":
        _say_json({"figures": figures, **faults_json(faults)})
    else:
        listed = faults_text if any(fault.is_error for fault in faults) else notes_text
        _say(import_text(figures, width()) + "\n\n" + listed(faults, width()))
    if any(fault.is_error for fault in faults):
        raise click.exceptions.Exit(CaseError.exit_code)


@main.command()
@FORMAT
def doctor(style: str) -> None:
    """Look at whether this machine is ready.

    Versions, a tiny solve with each solver, the postcode directory, room to write. Exits 1 if not.
    """
    from sufficiency.doctor import examine

    with show_progress() as progress:
        progress.step("looking at this machine")
        findings = examine()
    if style == "json":
        _say_json([asdict(finding) for finding in findings])
    else:
        _say(findings_text(findings, width()))
    raise click.exceptions.Exit(0 if all(finding.ok for finding in findings) else BUG)


if __name__ == "__main__":
    main()
