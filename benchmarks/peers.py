"""What a user would pick instead: the same problem as a plain PuLP script, given to HiGHS as a matrix, or as a flow.

Nothing here is of `models` but the arrays of a `Problem`, so that agreement on the optimum is a check of both sides.
Every peer is given a time limit, and says what it had proved when it was stopped.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from benchmarks.instances import Flow
    from models.problem import Floats, Problem


@dataclass(frozen=True)
class Found:
    """What a contender found: the cost of its plan, how far from proved, and whether it finished."""

    value: float
    gap: float = 0.0
    finished: bool = True


STOPPED = Found(math.inf, math.inf, finished=False)


class OptionError(RuntimeError):
    """A solver did not take an option: what it would measure is not what is said."""


# --- a plain script -------------------------------------------------------------------------------


def script(problem: Problem) -> Any:  # noqa: ANN401 - a pulp.LpProblem
    """Write the program as a script would: a variable a stay, a loop a rule."""
    import pulp

    states, stays, schemes = problem.states, problem.stays, problem.schemes
    lp = pulp.LpProblem("places", pulp.LpMinimize)
    x = [lp.add_variable(f"x{a}", lowBound=0) for a in range(len(stays))]
    wait = [lp.add_variable(f"u{s}", lowBound=0) for s in range(len(states))]
    opens = {
        (k, t): lp.add_variable(f"y{k}_{t}", cat=pulp.LpBinary)
        for k, t in np.argwhere(schemes.may_open).tolist()
    }
    lp += pulp.lpSum(
        [float(c) * v for c, v in zip(stays.cost, x, strict=True)]
        + [float(c) * v for c, v in zip(states.unplaced_cost, wait, strict=True)]
        + [float(schemes.cost[key]) * y for key, y in opens.items()]
    )
    for s, row in enumerate(_seeking(problem, x, wait)):
        lp += pulp.lpSum(row) == float(states.supply[s])
    taken = _taken(problem, x)
    _add_schemes(problem, opens, taken)
    for (q, t), row in taken.items():
        if math.isfinite(problem.room[q, t]):
            lp += pulp.lpSum(row) <= float(problem.room[q, t])
    for i, row in _counted(problem, x).items():
        lp += pulp.lpSum(row) <= float(problem.limits.room[i])
    for rule in _scheme_rules(problem, opens):
        lp += rule
    return lp


def _seeking(problem: Problem, x: list[Any], wait: list[Any]) -> list[list[Any]]:
    """Of each state: who leaves it for a place or waits, less who comes to it."""
    states, stays, roll = problem.states, problem.stays, problem.states.on_roll.tolist()
    balance: list[list[Any]] = [[u] for u in wait]
    columns = (stays.state, stays.length, stays.next)
    for a, (s, length, then) in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
        balance[s].append(x[a])
        if then >= 0 and roll[s][length] > 0:
            balance[then].append(-roll[s][length] * x[a])
    for s, then in enumerate(states.unplaced_next.tolist()):
        if then >= 0 and roll[s][1] > 0:
            balance[then].append(-roll[s][1] * wait[s])
    return balance


def _taken(problem: Problem, x: list[Any]) -> dict[tuple[int, int], list[Any]]:
    """Of each pool and year: who is there."""
    stays, begins = problem.stays, problem.states.period.tolist()
    roll = problem.states.on_roll.tolist()
    taken: dict[tuple[int, int], list[Any]] = {}
    columns = (stays.state, stays.pool, stays.length)
    for a, (s, q, length) in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
        for k in range(length if q >= 0 else 0):
            if roll[s][k] > 0:
                taken.setdefault((q, begins[s] + k), []).append(roll[s][k] * x[a])
    return taken


def _counted(problem: Problem, x: list[Any]) -> dict[int, list[Any]]:
    """Of each limit: whom it counts."""
    limits, roll = problem.limits, problem.states.on_roll.tolist()
    counted: dict[int, list[Any]] = {}
    columns = (limits.row, limits.stay, limits.offset)
    for row, a, k in zip(*(c.tolist() for c in columns), strict=True):
        counted.setdefault(row, []).append(roll[problem.stays.state[a]][k] * x[a])
    return counted


def _add_schemes(problem: Problem, opens: dict[Any, Any], taken: dict[Any, list[Any]]) -> None:
    schemes, periods = problem.schemes, problem.periods
    for entry, (k, q) in enumerate(
        zip(schemes.scheme.tolist(), schemes.pool.tolist(), strict=True)
    ):
        for (scheme, start), y in opens.items():
            for t in range(start, periods if scheme == k else 0):
                more = float(schemes.places[entry, t - start])
                taken.setdefault((q, t), []).append(-more * y)


def _scheme_rules(problem: Problem, opens: dict[Any, Any]) -> list[Any]:
    import pulp

    schemes, periods = problem.schemes, problem.periods

    def by(k: int, t: int) -> Any:  # noqa: ANN401
        return pulp.lpSum([y for (scheme, start), y in opens.items() if scheme == k and start <= t])

    last = periods - 1
    rules = [by(k, last) <= 1 for k in range(len(schemes))]
    rules += [pulp.lpSum([by(k, last) for k in group]) <= 1 for group in schemes.exclusive]
    rules += [by(k, t) <= by(other, t) for k, other in schemes.requires for t in range(periods)]
    if len(schemes):
        rules += [
            pulp.lpSum([float(c) * by(k, t) for k, c in enumerate(schemes.capital)])
            <= float(schemes.budget[t])
            for t in range(periods)
            if math.isfinite(schemes.budget[t])
        ]
    return rules


def pulp_cbc(problem: Problem, gap: float, limit: float) -> Found:
    """A plain PuLP script, solved by the CBC that PuLP brings."""
    import pulp
    from pulp.apis.coin_api import pulp_cbc_path

    lp = script(problem)
    lp.solve(pulp.COIN_CMD(path=pulp_cbc_path, msg=False, timeLimit=limit, gapRel=gap or None))
    return _read(lp)


def pulp_highs(problem: Problem, gap: float, limit: float) -> Found:
    """The same script, solved by HiGHS in process with its defaults."""
    import pulp

    lp = script(problem)
    lp.solve(pulp.HiGHS(msg=False, timeLimit=limit, gapRel=gap or None))
    return _read(lp)


def _read(lp: Any) -> Found:  # noqa: ANN401
    """Read every value, as any script must; a plan that was not proved counts as stopped."""
    import pulp

    values = [v.varValue for v in lp.variables()]
    if lp.sol_status != pulp.LpSolutionOptimal or None in values:
        return STOPPED
    return Found(float(pulp.value(lp.objective)))


# --- HiGHS on the matrix --------------------------------------------------------------------------


@dataclass(frozen=True)
class Matrix:
    """The whole program, column by column: stays, waiting, openings."""

    cost: Floats
    low: Floats
    high: Floats
    whole: Any
    entries: Any


def matrix(problem: Problem) -> Matrix:
    """Return the whole program as a sparse matrix, built with numpy."""
    from scipy.sparse import coo_array

    states, stays, limits, schemes = (
        problem.states,
        problem.stays,
        problem.limits,
        problem.schemes,
    )
    count, periods = len(stays), problem.periods
    opens = np.argwhere(schemes.may_open)
    first_opening = count + len(states)
    first_limit = len(states) + problem.room.size
    a, s = np.arange(count), np.arange(len(states))
    again, waits = stays.next >= 0, states.unplaced_next >= 0
    taking = np.flatnonzero(stays.pool >= 0)
    stay = np.repeat(taking, stays.length[taking])
    ends = np.cumsum(stays.length[taking])
    offset = np.arange(len(stay)) - np.repeat(ends - stays.length[taking], stays.length[taking])
    origin = stays.state[stay]
    cell = stays.pool[stay] * periods + states.period[origin] + offset
    parts = [
        (stays.state, a, np.ones(count)),
        (stays.next[again], a[again], -states.on_roll[stays.state, stays.length][again]),
        (s, count + s, np.ones(len(states))),
        (states.unplaced_next[waits], count + s[waits], -states.on_roll[waits, 1]),
        (len(states) + cell, stay, states.on_roll[origin, offset]),
        (
            first_limit + limits.row,
            limits.stay,
            states.on_roll[stays.state[limits.stay], limits.offset],
        ),
        *_openings(problem, opens, first_opening, len(states)),
    ]
    rules, room = _rules(problem, opens, first_opening, first_limit + len(limits))
    rows, columns, values = (
        np.concatenate(c) for c in zip(*parts, *([rules] if len(room) else []), strict=True)
    )
    high = np.concatenate([states.supply, problem.room.ravel(), limits.room, room])
    low = np.concatenate([states.supply, np.full(len(high) - len(states), -np.inf)])
    used = np.isfinite(high)
    entries = coo_array((values, (rows, columns)), (len(high), first_opening + len(opens))).tocsr()
    cost = np.concatenate([stays.cost, states.unplaced_cost, schemes.cost[tuple(opens.T)]])
    whole = np.arange(len(cost)) >= first_opening
    return Matrix(cost, low[used], high[used], whole, entries[used].tocsc())


def _openings(problem: Problem, opens: Any, first: int, rows: int) -> list[tuple[Any, ...]]:  # noqa: ANN401
    """The places that each opening adds, as entries of the rows of places."""
    schemes, found = problem.schemes, []
    for entry, (k, q) in enumerate(zip(schemes.scheme, schemes.pool, strict=True)):
        for column in np.flatnonzero(opens[:, 0] == k):
            t = np.arange(opens[column, 1], problem.periods)
            added = schemes.places[entry, : len(t)]
            row = rows + q * problem.periods + t
            found.append((row, np.full(len(t), first + column), -added))
    return found


def _rules(problem: Problem, opens: Any, first: int, row: int) -> tuple[Any, Floats]:  # noqa: ANN401
    """Entries and room of the rules on what opens; every rule has a row of its own."""
    schemes = problem.schemes
    scheme, start = opens[:, 0], opens[:, 1]
    rules = [(scheme == k) * 1.0 for k in range(len(schemes))]
    room = [1.0] * len(rules)
    for group in schemes.exclusive:
        rules.append(np.isin(scheme, group) * 1.0)
        room.append(1.0)
    for k, other in schemes.requires:
        for t in range(problem.periods):
            rules.append(((scheme == k) * 1.0 - (scheme == other)) * (start <= t))
            room.append(0.0)
    for by in np.flatnonzero(np.isfinite(schemes.budget)).tolist() if len(schemes) else ():
        rules.append(schemes.capital[scheme] * (start <= by))
        room.append(float(schemes.budget[by]))
    if not rules:
        return (), np.zeros(0)
    table = np.array(rules)
    at, column = np.nonzero(table)
    return (row + at, first + column, table[at, column]), np.array(room)


def highs(problem: Problem, gap: float, limit: float, **options: str) -> Found:
    """HiGHS on the whole program as one matrix.

    Raises
    ------
    OptionError
        When HiGHS does not take an option.
    """
    import highspy

    program = matrix(problem)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(program.cost), len(program.high)
    lp.col_cost_, lp.row_lower_, lp.row_upper_ = program.cost, program.low, program.high
    lp.col_lower_ = np.zeros(len(program.cost))
    lp.col_upper_ = np.where(program.whole, 1.0, np.inf)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = program.entries.indptr
    lp.a_matrix_.index_ = program.entries.indices
    lp.a_matrix_.value_ = program.entries.data
    if program.whole.any():
        kinds = highspy.HighsVarType
        lp.integrality_ = [kinds.kInteger if w else kinds.kContinuous for w in program.whole]
    solver: Any = highspy.Highs  # its constructor has no types
    model = solver()
    asked: dict[str, Any] = {"output_flag": False, "time_limit": limit, **options}
    for name, value in (asked | ({"mip_rel_gap": gap} if gap else {})).items():
        if model.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise OptionError(f"HiGHS does not take {name} = {value}")
    if model.passModel(lp) == highspy.HighsStatus.kError:
        raise OptionError("HiGHS does not take the program")
    model.run()
    np.asarray(model.getSolution().col_value)
    info = model.getInfo()
    if model.getModelStatus() == highspy.HighsModelStatus.kOptimal:
        return Found(info.objective_function_value)
    if program.whole.any() and math.isfinite(info.mip_gap):
        return Found(info.objective_function_value, info.mip_gap, finished=False)
    return STOPPED


# --- a flow library, and spopt --------------------------------------------------------------------


def flow_alone(flow: Flow) -> Found:
    """The flow engine alone, on a network that is drawn already: what no general tool can beat.

    Arcs are put in the order that it asks for; flows and potentials are read.
    """
    import pylmcf

    order = np.lexsort((flow.head, flow.tail))
    graph = pylmcf.Graph(len(flow.supply), flow.tail[order], flow.head[order])
    graph.set_edge_costs(flow.cost[order])
    graph.set_edge_capacities(flow.capacity[order])
    graph.set_node_supply(flow.supply)
    graph.solve()
    units, _ = graph.result(), graph.potentials()
    return Found(float(flow.cost[order] @ units) / 100)


def spopt_p_median(problem: Problem, gap: float, limit: float) -> Found:  # noqa: ARG001
    """`spopt`'s capacitated p-median with every provision open: a group goes to one provision, whole.

    It knows no limits within a provision and no stays; the problem must have neither.
    """
    import pulp
    from pulp.apis.coin_api import pulp_cbc_path
    from spopt.locate import PMedian

    states, stays = problem.states, problem.stays
    cost = np.full((len(states), len(problem.room)), states.unplaced_cost.max())
    cost[stays.state, stays.pool] = stays.cost
    places = np.where(np.isfinite(problem.room[:, 0]), problem.room[:, 0], states.supply.sum())
    model = PMedian.from_cost_matrix(
        cost, states.supply, p_facilities=len(places), facility_capacities=places
    )
    model.solve(
        pulp.COIN_CMD(path=pulp_cbc_path, msg=False, timeLimit=limit, gapRel=1e-6), results=False
    )
    return _read(model.problem)
