"""The benchmarks: everyone agrees on the least instances, bars are read rightly, and the results are as declared."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import chart, peers, record, report, tasks, travel
from benchmarks.contenders import CONTENDERS, FIRST, first_of
from benchmarks.instances import INSTANCES, drawn_as_flow
from benchmarks.suite import agreed, limit_now, median
from benchmarks.tasks import BARS, TASKS, Bar, Measured, Results, last_line, read_bars
from models import Problem

HERE = Path(__file__).resolve().parents[1] / "benchmarks"
LEAST = tuple(FIRST.values())
PEERS = {
    "PuLP→CBC": peers.pulp_cbc,
    "PuLP→HiGHS": peers.pulp_highs,
    "HiGHS": peers.highs,
}


def measured(who: str, cpu: float, ended: str = "finished", **more: Any) -> Measured:  # noqa: ANN401
    return Measured("work", who, cpu, 2 * cpu, 5000.0, 1, ended, **more)


def read(bar: Bar, *found: Measured) -> tuple[str, bool]:
    reading = bar.read({(one.task, one.contender): one for one in found})
    assert reading is not None
    return reading.text, reading.met


# --- instances and peers --------------------------------------------------------------------------


@pytest.mark.parametrize("name", LEAST)
@pytest.mark.parametrize("peer", PEERS.values(), ids=PEERS)
def test_peers_and_ours_find_the_same_cost(name: str, peer: Any) -> None:  # noqa: ANN401
    task = replace(TASKS[0], instance=name)
    ours = CONTENDERS[tasks.OURS](task).work()
    found = peer(INSTANCES[name](), 0.0, 60.0)
    assert found.finished
    assert found.value == pytest.approx(ours.value, abs=0.01)


def test_the_drawn_network_costs_the_same() -> None:
    problem = INSTANCES[FIRST["one year"]]()
    found = peers.flow_alone(drawn_as_flow(problem))
    assert found.value == pytest.approx(peers.highs(problem, 0.0, 60.0).value, abs=0.01)


@pytest.mark.parametrize("name", LEAST)
def test_the_same_name_gives_the_same_problem(name: str) -> None:
    one, other = INSTANCES[name](), INSTANCES[name]()
    assert np.array_equal(one.stays.cost, other.stays.cost)
    assert np.array_equal(one.limits.stay, other.limits.stay)
    assert np.array_equal(one.schemes.capital, other.schemes.capital)


@pytest.mark.parametrize("name", [name for name, size in report.SIZES.items() if size[1] < 500_000])
def test_instances_are_as_large_as_the_page_says(name: str) -> None:
    problem = INSTANCES[name]()
    found = len(problem.states), len(problem.stays), len(problem.room)
    assert found == report.SIZES[name]


def test_every_instance_that_is_measured_has_its_size_on_the_page() -> None:
    measured = {task.instance for task in TASKS if task.instance in INSTANCES}
    assert measured - {"one year, 1,000 groups, no limits"} == set(report.SIZES)


def test_places_near_home_are_wanted_and_limits_matter() -> None:
    problem = INSTANCES[FIRST["one year"]]()
    limited = peers.highs(problem, 0.0, 60.0).value
    free = peers.highs(unlimited(problem), 0.0, 60.0).value
    boundless = replace(problem, room=np.full_like(problem.room, np.inf))
    assert limited > free > peers.highs(unlimited(boundless), 0.0, 60.0).value


def unlimited(problem: Problem) -> Problem:
    from benchmarks.instances import without_limits

    return without_limits(problem)


def test_a_solver_that_takes_no_such_option_is_an_error() -> None:
    with pytest.raises(peers.OptionError, match="does not take solver"):
        peers.highs(INSTANCES[LEAST[0]](), 0.0, 60.0, solver="none such")


def test_a_peer_that_is_stopped_says_so() -> None:
    found = peers.highs(INSTANCES["schemes, 60 decisions"](), 0.0, 0.0)
    assert not found.finished


def test_journeys_take_the_same_minutes_in_scipy_and_networkx() -> None:
    given = travel.setting(nodes=400, provisions=3, homes=10)
    in_scipy: Any = travel.in_scipy(given)[0]()
    assert np.isfinite(in_scipy).any()
    travel.in_networkx(given)[0]()
    ours: Any = travel.ours(given)[0]()
    assert ours.minutes.shape == (10, 3)


# --- the tables of tasks and bars -----------------------------------------------------------------


def test_every_bar_reads_a_task_that_has_its_contenders() -> None:
    by_name = {task.name: task for task in TASKS}
    for bar in BARS:
        assert {bar.ours, *bar.peers} <= set(by_name[bar.task].contenders)
        assert bar.kind in tasks.READS
        assert "," not in bar.name
    assert len({bar.name for bar in BARS}) == len(BARS)
    assert len(by_name) == len(TASKS)


def test_every_task_can_be_tried() -> None:
    for task in TASKS:
        own = {one for one in task.contenders if one != tasks.COUNTRY}
        assert own <= set(CONTENDERS)
        assert not task.curve or task.instance in INSTANCES or task.contenders == (tasks.COUNTRY,)


def test_the_clock_starts_after_a_try_on_the_least_instance() -> None:
    tried = [first for task in TASKS if (first := first_of(task))]
    assert {first.instance for first in tried} == set(LEAST)


# --- reading bars ---------------------------------------------------------------------------------

FASTER = Bar("faster", "work", "faster", 4, peers=("a", "b"))


@pytest.mark.parametrize(
    ("peers_found", "says", "met"),
    [
        ([measured("a", 10.0), measured("b", 8.0)], "4.0× (b)", True),
        ([measured("a", 10.0), measured("b", 7.9)], "4.0× (b)", False),
        ([measured("a", 9.0, "stopped"), measured("b", 7.0)], "3.5× (b)", False),
        ([measured("a", 9.0, "stopped"), measured("b", 10.0)], "5.0× (b)", True),
        ([measured("a", 9.0, "stopped")], "> 4.5× (a)", True),
        ([measured("a", 6.0, "stopped")], "> 3.0× (a)", False),
        ([measured("a", 9.0, "failed: memory")], "no peer finished", False),
        ([], "no peer finished", False),
    ],
)
def test_faster_is_against_the_best_that_finished(
    peers_found: list[Measured], says: str, met: bool
) -> None:
    assert read(FASTER, measured(tasks.OURS, 2.0), *peers_found) == (says, met)


@pytest.mark.parametrize(("cpu", "met"), [(3.0, True), (3.01, False)])
def test_within_seconds_and_memory(cpu: float, met: bool) -> None:
    ours = measured(tasks.OURS, cpu)
    assert read(Bar("x", "work", "within", 3, peers=("a",)), ours, measured("a", 1.0))[1] is met
    assert read(Bar("x", "work", "seconds", 3), ours)[1] is met
    heavy = replace(ours, peak_mb=1000 * cpu)
    assert read(Bar("x", "work", "memory", 3), heavy)[1] is met


@pytest.mark.parametrize("ended", ["stopped", "failed: memory"])
def test_a_bar_is_not_met_by_work_that_did_not_finish(ended: str) -> None:
    ours = measured(tasks.OURS, 1.0, ended)
    for kind in tasks.READS:
        words, met = read(Bar("x", "work", kind, 1e9, peers=("a",)), ours, measured("a", 1.0))
        assert not met
        assert ended in words


def test_the_last_line_counts_and_names() -> None:
    met, missed = tasks.Reading("1", met=True), tasks.Reading("2", met=False)
    assert last_line({"one": met, "two": met}) == "bars: 2 of 2 met"
    line = last_line({"one": met, "two": missed, "three": missed})
    assert line == "bars: 1 of 3 met; not met: two, three"


def test_what_was_not_measured_is_not_met() -> None:
    small = tasks.chosen(large=False)
    readings = read_bars(Results(()), small)
    assert len(readings) == sum(bar.task in {task.name for task in small} for bar in BARS)
    assert {reading.text for reading in readings.values()} == {"not measured"}


def test_a_cost_that_another_did_not_find_is_a_failure() -> None:
    task = replace(TASKS[0], gap=0.0, same=True)
    ours, other = measured(tasks.OURS, 1.0, value=1e6), measured("a", 1.0, value=1e6 + 2)
    assert "a" in agreed(task, [ours, other])[0].ended
    assert agreed(replace(task, gap=1e-3), [ours, other])[0].finished
    assert agreed(replace(task, same=False), [ours, other])[0].finished
    assert agreed(task, [ours, replace(other, ended="stopped")])[0].finished


def test_a_peer_is_given_what_judges_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    task = next(task for task in TASKS if task.name == "30 schemes, county")
    monkeypatch.setattr("os.getloadavg", lambda: (0.0, 0.0, 0.0))
    assert limit_now(task) == task.limit
    assert limit_now(task, measured(tasks.OURS, 30.0)) == pytest.approx(330)
    assert limit_now(task, measured(tasks.OURS, 30.0, "stopped")) == task.limit
    assert limit_now(task, measured(tasks.OURS, 300.0)) == 600
    monkeypatch.setattr("os.getloadavg", lambda: (1e3, 0.0, 0.0))
    assert limit_now(task) == 4 * task.limit


def test_medians_are_of_each_figure_and_memory_at_its_most() -> None:
    found = median([measured("a", cpu) for cpu in (1.0, 9.0, 2.0)])
    assert (found.cpu, found.wall, found.rounds) == (2.0, 4.0, 3)


# --- what is written ------------------------------------------------------------------------------


def made_up() -> Results:
    """Every task of both benchmarks, with a peer that was stopped and one that failed."""
    found = [
        Measured(task.name, who, 1.0 + n, 2.0, 100.0, 1, "finished", 5.0)
        for task in TASKS
        for n, who in enumerate(task.contenders)
    ]
    found[2] = replace(found[2], ended="stopped", gap=math.inf)
    found[3] = replace(found[3], ended="failed: memory")
    return Results(tuple(found), {"bench": {"measured": "now", "machine": "this", "load": "2.1"}})


def test_measurements_are_kept_whole(tmp_path: Path) -> None:
    record.save(made_up(), tmp_path / "results.json")
    assert record.load(tmp_path / "results.json") == made_up()
    assert record.load(tmp_path / "none.json") == Results(())


def test_one_benchmark_leaves_the_other_as_it_was() -> None:
    large = {task.name for task in TASKS if task.large}
    fresh = [replace(one, cpu=7.0) for one in made_up().measured if one.task in large]
    found = record.merged(made_up(), fresh, {"load": "0"}, large=True)
    assert {one.cpu for one in found.measured if one.task in large} == {7.0}
    kept = [one for one in found.measured if one.task not in large]
    assert kept == [one for one in made_up().measured if one.task not in large]
    assert set(found.runs) == {"bench", "bench-large"}


def test_the_figure_is_well_formed_and_says_everything() -> None:
    root = ET.fromstring(chart.growth(made_up()))
    said = "".join(root.itertext())
    assert "How time and memory grow" in said
    for curve in chart.CURVES:
        assert curve in said
    marks = [path for path in root.iter("{http://www.w3.org/2000/svg}path") if path.get("fill")]
    assert "#fff" in {path.get("fill") for path in marks}


def rows(text: str, heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading, its head apart."""
    lines = text.split(f"## {heading}")[1].split("\n## ", maxsplit=1)[0].splitlines()
    table = [line.strip("| ").split(" | ") for line in lines if line.startswith("|")]
    return table[2:]


def test_the_page_has_a_row_for_every_bar_and_measurement() -> None:
    text = report.page(made_up())
    assert [row[0] for row in rows(text, "Bars")] == [bar.name for bar in BARS]
    assert len(rows(text, "Measurements")) == len(made_up().measured)
    assert "no plan" in text
    assert "failed: memory" in text
    assert "busy" in text


def test_the_results_are_those_of_the_declared_bars() -> None:
    results = record.load(HERE / "results.json")
    assert (HERE / "results.md").read_text(encoding="utf-8") == report.page(results)
    growth = HERE.parent / "docs" / "growth.svg"
    assert growth.read_text(encoding="utf-8") == chart.growth(results)
