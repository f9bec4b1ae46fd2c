"""How long the what-if page takes: ``python -m benchmarks.studio_edits``, twelve edits of the example `banes`.

One by one, each edit goes through the studio's own API, as the page sends it, and waits for the one before to be
confirmed. Told are the seconds until a verified plan of the edit is there and until a plan made from nothing confirms
it, the seconds of the processor that the first took, and how many programs were running on the machine meanwhile (its
load).
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sufficiency import worked_examples
from tests.studio import Studio, done, studio

if TYPE_CHECKING:
    from collections.abc import Callable

#: Edits of the example `banes`: schemes, places, money, years, children and the worth of an hour.
EDITS: tuple[dict[str, Any], ...] = (
    {"op": "choice", "scheme": "P2", "value": "shut"},
    {"op": "set", "row": "scheme:P6", "column": "places", "value": "50"},
    {"op": "set", "row": "provision:SP-FOSSEWAY", "column": "places", "value": "220"},
    {"op": "setting", "name": "budget", "value": "6m"},
    {"op": "setting", "name": "growth", "value": "105"},
    {"op": "choice", "scheme": "P4", "value": "open"},
    {"op": "set", "row": "scheme:P5", "column": "capital_gbp", "value": "900k"},
    {"op": "setting", "name": "hour", "value": 5},
    {"op": "set", "row": "scheme:P1", "column": "earliest_year", "value": 2028},
    {"op": "choice", "scheme": "P2", "value": ""},
    {"op": "setting", "name": "budget", "value": "9m"},
    {"op": "setting", "name": "growth", "value": "100"},
)


def main() -> None:
    """Make the edits, and print what each took and the medians."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        case = Path(folder) / "banes"
        worked_examples.copy("banes", case)
        with studio(case, drawn=True) as page:
            _until(page, done)
            for edit in EDITS:
                rows.append(_took(page, edit))
                verified, processor, confirmed, load = rows[-1]
                sys.stdout.write(
                    f"verified {verified:5.1f} s (processor {processor:4.1f} s), "
                    f"confirmed {confirmed:5.1f} s, load {load:4.1f}  {edit}\n"
                )
    medians = [statistics.median(column) for column in zip(*rows, strict=True)]
    words = "median: verified {:.1f} s (processor {:.1f} s), confirmed {:.1f} s, load {:.1f}\n"
    sys.stdout.write(words.format(*medians))


def _took(page: Studio, edit: dict[str, Any]) -> tuple[float, float, float, float]:
    """Return seconds until an edit is verified, those of the processor, until it is confirmed, and the load."""
    start, processor, load = time.monotonic(), time.process_time(), os.getloadavg()[0]
    answer = page.do(edit)
    if answer.status != 200:
        raise RuntimeError(answer.words)
    _until(page, lambda state: state["answer"] and state["answer"]["current"])
    verified, processor = time.monotonic() - start, time.process_time() - processor
    _until(page, done)
    return verified, processor, time.monotonic() - start, load


def _until(page: Studio, met: Callable[[Any], Any]) -> None:
    """Wait for a state, told of each new one as the page is."""
    state = page.get("/api/state?seen=none").json
    while not met(state):
        if state["problem"]:
            raise RuntimeError(state["problem"])
        state = page.get(f"/api/state?seen={state['seq']}").json


if __name__ == "__main__":
    main()
