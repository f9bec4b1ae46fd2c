"""Projecting arrivals: how many children will come to need a place, of which need and year group, and where.

Children who have a plan are in the case and grow older by themselves; what is projected is who *arrives*. The number
comes by need, NCY, year and, where given, area, from one of three methods:

``growth``
    Children with a plan grow by so much a year, need by need; those who are there already are rolled forward, and the
    difference arrives (`numbers.by_growth`).
``rates``
    New plans a year for each thousand of population, from a table or from the council's past years
    (`numbers.by_rates`).
``forecast``
    A forecast made elsewhere, read from a file (`forecasts.read_forecast`).

Then they are placed in space where such children live now, smoothed, and never on a single child's home (`space`).
The setting is never projected: past placements embed past shortage, so the program chooses it.
"""

from __future__ import annotations

from sufficiency.projection.project import Projection, project

__all__ = ["Projection", "project"]
