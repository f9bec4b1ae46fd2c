"""Periods as councils write them: a quarter, a term, a month, a day, a year; which comes first, and what it is called.

A quarter is of the calendar where a year stands alone (``2024-Q3``: July to September 2024), and of the financial year
where two do (``2024/25 Q1``: April to June 2024): the same word means different months, so the months are always said.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import month_abbr, month_name, monthrange
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sufficiency import needs

if TYPE_CHECKING:
    from collections.abc import Callable

#: First and last month of a school term; the summer term is over in July.
TERMS = {"spring": (1, 4), "summer": (4, 7), "autumn": (9, 12)}
#: Days of a month, of a quarter and of a term, at most; the month in which a school year begins.
LONGEST_MONTH, LONGEST_QUARTER, LONGEST_TERM, SEPTEMBER = 31, 92, 122, 9
#: How a period may be written, for messages.
FORMS = "2024-Q3, 2024/25 Q2, spring 2024, 2024-09, 30/06/2025, 2024/25 or 2024"


@dataclass(frozen=True)
class Period:
    """A stretch of time, or a day.

    Attributes
    ----------
    code
        How it is written in every file, the same for all ways to write it.
    first, last
        Its first and its last day.
    name
        What people read: "July to September 2024".
    short
        The same over a column: its first line, and its second.
    """

    code: str
    first: dt.date
    last: dt.date
    name: str
    short: tuple[str, str]

    @property
    def order(self) -> tuple[dt.date, dt.date, str]:
        """What puts periods in order: by when they are over, a long one before what it ends with."""
        return self.last, self.first, self.code

    @property
    def kind(self) -> str:
        """What kind of stretch it is: those of a kind stand in one table."""
        days = (self.last - self.first).days + 1
        if days > LONGEST_TERM:
            return "school year" if self.first.month == SEPTEMBER else "calendar year"
        return (
            "month or day"
            if days <= LONGEST_MONTH
            else "quarter"
            if days <= LONGEST_QUARTER
            else "term"
        )


def read(text: str) -> Period | None:
    """Read a period; None for what is none."""
    plain = " ".join(text.strip().lower().split())
    day = needs.read_date(plain)
    if day is not None:
        return of_day(day) if _known(day.year) else None
    for pattern, make in _FORMS:
        if found := re.fullmatch(pattern, plain):
            return make(*found.groups())
    return None


def spell(text: str) -> str:
    """Return a period as every file has it; "" for what is none."""
    found = read(text)
    return found.code if found else ""


def of_day(day: dt.date) -> Period:
    """Return a day as a period."""
    short = f"{day.day} {month_abbr[day.month]}"
    name = f"{day.day} {month_name[day.month]} {day.year}"
    return Period(day.isoformat(), day, day, name, (short, str(day.year)))


def _known(year: int) -> bool:
    return 1990 <= year <= 2100


def _months(code: str, year: int, first: int, last: int, words: str = "") -> Period | None:
    """Return whole months of a year as a period; `words` before its months, such as a term."""
    if not (_known(year) and 1 <= first <= last <= 12):
        return None
    end = dt.date(year, last, monthrange(year, last)[1])
    long = month_name[first] if first == last else f"{month_name[first]} to {month_name[last]}"
    brief = month_abbr[first] if first == last else f"{month_abbr[first]}–{month_abbr[last]}"
    name = words or long
    return Period(code, dt.date(year, first, 1), end, f"{name} {year}", (words or brief, str(year)))


def _quarter(year: str, quarter: str) -> Period | None:
    number = int(quarter)
    return _months(f"{year}-Q{number}", int(year), 3 * number - 2, 3 * number)


def _financial(year: str, end: str, quarter: str) -> Period | None:
    number = int(quarter)
    if not _follow(year, end):
        return None
    first = 3 * number + 1 if number < 4 else 1
    return _months(f"{year}/{end[-2:]} Q{number}", int(year) + (number == 4), first, first + 2)


def _term(term: str, year: str) -> Period | None:
    return _months(f"{term} {year}", int(year), *TERMS[term], words=term.capitalize())


def _month(year: str, month: str) -> Period | None:
    return _months(f"{year}-{int(month):02d}", int(year), int(month), int(month))


def _named_month(month: str, year: str) -> Period | None:
    known = {name[:3].lower(): n for n, name in enumerate(month_name) if name}
    number = known.get(month[:3], 0)
    if not number or not month_name[number].lower().startswith(month):
        return None
    full = year if len(year) == 4 else f"20{year}"
    return _month(full, str(number))


def _academic(year: str, end: str) -> Period | None:
    if not (_follow(year, end) and _known(int(year))):
        return None
    first, last = dt.date(int(year), 9, 1), dt.date(int(year) + 1, 8, 31)
    code = f"{year}/{end[-2:]}"
    return Period(code, first, last, f"academic year {code}", ("Year", code))


def _year(year: str) -> Period | None:
    found = _months(year, int(year), 1, 12)
    if found is None:
        return None
    return Period(year, found.first, found.last, f"the year {year}", ("Year", year))


def _follow(year: str, end: str) -> bool:
    """Whether two years of a year that spans both follow one another."""
    after = int(year) + 1
    return int(end) == (after if len(end) == 4 else after % 100)


_FORMS: tuple[tuple[str, Callable[..., Period | None]], ...] = (
    (r"(\d{4})[- ]?q([1-4])", _quarter),
    (r"(\d{4})[/-](\d{2}|\d{4}) ?q([1-4])", _financial),
    (r"(spring|summer|autumn) (?:term )?(\d{4})", _term),
    (r"(\d{4})-(0[1-9]|1[0-2])", _month),
    (r"([a-z]{3,9})[- ](\d{4}|\d{2})", _named_month),
    (r"(\d{4})/(\d{2}|\d{4})", _academic),
    (r"(\d{4})", _year),
)
