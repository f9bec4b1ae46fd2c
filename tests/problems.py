"""A problem small enough to read: two kinds of child, two pools, three schemes, two years."""

from __future__ import annotations

import numpy as np

from models import Problem, Schemes, SideLimits, States, Stays

INF = np.inf


def whole(*numbers: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(numbers, np.int64)


def small() -> Problem:
    """Return a problem in which every family of constraints has a row that matters.

    Three units seek in state 0, in the first year; half of those without a place seek again in state 1. Two more
    first seek in state 1. Pool 0 has one place a year; pool 1 has none until scheme 0 (2 places, 1 in its first
    year) or scheme 1 (1 place) opens. Stay 4 takes no pool's place.
    """
    return Problem(
        states=States(
            period=whole(0, 1),
            supply=np.array([3.0, 2.0]),
            on_roll=np.array([[1.0, 0.5, 0.0], [1.0, 1.0, 0.0]]),
            unplaced_cost=np.array([1000.0, 900.0]),
            unplaced_next=whole(1, -1),
        ),
        stays=Stays(
            state=whole(0, 0, 0, 1, 1),
            pool=whole(0, 0, 1, 1, -1),
            length=whole(1, 2, 2, 1, 1),
            cost=np.array([10.0, 18.0, 30.0, 15.0, 400.0]),
            next=whole(1, -1, -1, -1, -1),
            preference=np.array([1.0, 2.0, 3.0, 4.0, 5.0]),
        ),
        room=np.array([[1.0, 1.0], [0.0, 0.0]]),
        limits=SideLimits(
            room=np.array([1.5, 1.0]),
            row=whole(0, 1, 1),
            stay=whole(2, 3, 4),
            offset=whole(0, 0, 0),
        ),
        schemes=Schemes(
            may_open=np.array([[True, True], [True, True], [False, True]]),
            cost=np.array([[50.0, 25.0], [40.0, 20.0], [0.0, 5.0]]),
            capital=np.array([300.0, 200.0, 50.0]),
            budget=np.array([250.0, 600.0]),
            scheme=whole(0, 1),
            pool=whole(1, 1),
            places=np.array([[1.0, 2.0], [1.0, 1.0]]),
            exclusive=((0, 1),),
            requires=((2, 1),),
            differs=(((0, 2), 1),),
        ),
    )
