"""A part of a problem: some of its states and stays, as a problem of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.problem import Problem, Schemes, SideLimits, States, Stays

if TYPE_CHECKING:
    from models.problem import Ints


def part_of(problem: Problem, live: Ints, stays: Ints) -> Problem:
    """Return the problem of some states and stays, numbered in the order given, without schemes.

    Room and limits are those of the whole problem. A stay or a wait that leads out of the part leads nowhere.
    """
    states, every, limits = problem.states, problem.stays, problem.limits
    state, stay = numbers(len(states), live), numbers(len(every), stays)
    counted = stay[limits.stay] >= 0
    again = problem.next_share[stays] > 0
    waits = states.unplaced_next[live]
    return Problem(
        states=States(
            period=states.period[live],
            supply=states.supply[live],
            on_roll=states.on_roll[live],
            unplaced_cost=states.unplaced_cost[live],
            unplaced_next=np.where(waits >= 0, state[waits], -1),
        ),
        stays=Stays(
            state=state[every.state[stays]],
            pool=every.pool[stays],
            length=every.length[stays],
            cost=every.cost[stays],
            next=np.where(again, state[every.next[stays]], -1),
            preference=every.preference[stays],
        ),
        room=problem.room,
        limits=SideLimits(
            limits.room,
            limits.row[counted],
            stay[limits.stay[counted]],
            limits.offset[counted],
            weight=None if limits.weight is None else limits.weight[counted],
        ),
        schemes=Schemes.none(problem.periods),
    )


def numbers(size: int, positions: Ints) -> Ints:
    """(size,) number of each position among `positions`, -1 for the others."""
    number = np.full(size, -1)
    number[positions] = np.arange(len(positions))
    return number
