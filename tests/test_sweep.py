"""A sweep has the same answers however it is worked off, and loses and doubles nothing when something dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sufficiency.errors import UsageError
from sufficiency.sweep import SweepError, WorkersLostError, run_sweep
from sufficiency.sweep.job import chunks
from sufficiency.sweep.journal import Journal
from sufficiency.sweep.local import processes
from tests.sweeps import ANSWERS, done, pids, sweep

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
EVERY = list(range(12))


class Steps:
    """Remembers what was said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def step(self, text: str) -> None:
        self.said.append(text)


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json"))


def test_runs_in_this_process_in_order_and_says_how_far(tmp_path: Path) -> None:
    steps = Steps()
    found = run_sweep(sweep(tmp_path / "d"), tmp_path / "kept", workers=1, progress=steps)
    assert found == ANSWERS
    assert pids(tmp_path / "d") == {os.getpid()}
    assert steps.said[0] == "0 of 12 runs done"
    assert steps.said[-1] == "12 of 12 runs done"


def test_runs_in_processes_with_the_same_answers(tmp_path: Path) -> None:
    found = run_sweep(sweep(tmp_path / "d", seconds=0.05), tmp_path / "kept", workers=2)
    assert found == ANSWERS
    assert done(tmp_path / "d") == EVERY
    assert len(pids(tmp_path / "d") - {os.getpid()}) == 2
    assert len(kept(tmp_path / "kept")) == 12


def test_a_second_run_does_nothing_again(tmp_path: Path) -> None:
    run_sweep(sweep(tmp_path / "d"), tmp_path / "kept", workers=1)
    more = sweep(tmp_path / "d", count=15)
    assert run_sweep(more, tmp_path / "kept", workers=1)[:12] == ANSWERS
    assert done(tmp_path / "d") == list(range(15))


def test_answers_of_another_key_are_not_used(tmp_path: Path) -> None:
    run_sweep(sweep(tmp_path / "d"), tmp_path / "kept", workers=1)
    run_sweep(sweep(tmp_path / "d", key="b"), tmp_path / "kept", workers=1)
    assert done(tmp_path / "d") == sorted(EVERY * 2)


@pytest.mark.parametrize("text", ["", '{"square": 4', "[1]", "\x00"])
def test_a_damaged_answer_is_worked_out_again(text: str, tmp_path: Path) -> None:
    run_sweep(sweep(tmp_path / "d"), tmp_path / "kept", workers=1)
    kept(tmp_path / "kept")[3].write_text(text)
    assert run_sweep(sweep(tmp_path / "d"), tmp_path / "kept", workers=1) == ANSWERS
    assert len(done(tmp_path / "d")) == 13


def test_an_answer_that_cannot_be_kept_leaves_no_draft(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    with pytest.raises(TypeError):
        journal.keep("name", {"what": object()})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_is_told_with_its_task_and_the_rest_is_kept(workers: int, tmp_path: Path) -> None:
    with pytest.raises(SweepError) as caught:
        run_sweep(sweep(tmp_path / "d", wrong=5), tmp_path / "kept", workers=workers)
    assert "1 of 12 runs went wrong; the first (number 5) with ArithmeticError" in str(caught.value)
    assert "odd in a way" not in str(caught.value)
    assert "odd in a way" in caught.value.__notes__[0]
    assert done(tmp_path / "d") == [n for n in EVERY if n != 5]
    assert run_sweep(sweep(tmp_path / "d"), tmp_path / "kept", workers=1) == ANSWERS
    assert done(tmp_path / "d") == EVERY


def test_the_work_of_a_process_that_dies_is_done_again(tmp_path: Path) -> None:
    found = run_sweep(sweep(tmp_path / "d", deadly=7), tmp_path / "kept", workers=2)
    assert found == ANSWERS
    assert (tmp_path / "d" / "died").exists()
    assert len(kept(tmp_path / "kept")) == 12


@pytest.mark.slow
def test_a_task_that_always_kills_is_told(tmp_path: Path) -> None:

    with pytest.raises(WorkersLostError, match=r"died again and again at 1 runs .number 7."):
        run_sweep(sweep(tmp_path / "d", always_deadly=7), tmp_path / "kept", workers=2)
    assert len(kept(tmp_path / "kept")) == 11


SCRIPT = """
import sys
from pathlib import Path
from sufficiency.sweep import run_sweep
from tests.sweeps import sweep
if __name__ == "__main__":
    here = Path(sys.argv[1])
    run_sweep(sweep(here / "d", seconds=0.3), here / "kept", workers=int(sys.argv[2]))
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_a_sweep_that_is_killed_goes_on_where_it_was(workers: int, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    (tmp_path / "kept").mkdir()
    process = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path), str(workers)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    wait_for(lambda: len(kept(tmp_path / "kept")) >= 3)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = kept(tmp_path / "kept")
    assert 3 <= len(before) < 12
    wait_for(lambda: not any(alive(pid) for pid in pids(tmp_path / "d")))
    first = done(tmp_path / "d")
    again = sweep(tmp_path / "e")
    assert run_sweep(again, tmp_path / "kept", workers=1) == ANSWERS
    assert len(done(tmp_path / "e")) == 12 - len(before)
    assert set(first) | set(done(tmp_path / "e")) == set(EVERY)


def wait_for(what: Any, seconds: float = 30.0) -> None:  # noqa: ANN401
    ends = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < ends, "it never came"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked after does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_every_task_is_in_one_chunk() -> None:
    for count in (1, 2, 7, 100, 1001):
        for workers in (1, 2, 16):
            parts = list(chunks(range(count), workers))
            assert [n for part in parts for n in part] == list(range(count))
            assert max(map(len, parts)) <= 25


def test_few_tasks_start_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    assert [processes(n, None) for n in (0, 1, 5, 6, 100)] == [1, 1, 1, 2, 8]
    assert processes(3, 5) == 3
    assert processes(100, 5) == 5


# A cluster


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Return a dask cluster of three worker processes on this machine, without a dashboard."""
    import distributed

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        library: Any = distributed
        with library.LocalCluster(
            n_workers=3,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            worker_dashboard_address=None,
            memory_limit=0,
            host="127.0.0.1",
        ) as running:
            yield running


@pytest.mark.slow
def test_a_cluster_gives_the_same_answers(cluster: Any, tmp_path: Path) -> None:  # noqa: ANN401
    found = run_sweep(
        sweep(tmp_path / "d", seconds=0.05, key="c"),
        tmp_path / "kept",
        cluster=cluster.scheduler_address,
    )
    assert found == ANSWERS
    assert done(tmp_path / "d") == EVERY
    assert len(pids(tmp_path / "d")) == 3


@pytest.mark.slow
def test_a_worker_killed_half_way_loses_and_doubles_nothing(
    cluster: Any,  # noqa: ANN401
    tmp_path: Path,
) -> None:
    found = run_sweep(
        sweep(tmp_path / "d", seconds=0.1, deadly=7, key="k"),
        tmp_path / "kept",
        cluster=cluster.scheduler_address,
    )
    assert found == ANSWERS
    assert (tmp_path / "d" / "died").exists()
    assert set(done(tmp_path / "d")) == set(EVERY)
    assert len(kept(tmp_path / "kept")) == 12


@pytest.mark.slow
def test_a_wrong_task_on_a_cluster_is_told(cluster: Any, tmp_path: Path) -> None:  # noqa: ANN401
    with pytest.raises(SweepError, match=r"number 5.*ArithmeticError"):
        run_sweep(
            sweep(tmp_path / "d", wrong=5, key="w"),
            tmp_path / "kept",
            cluster=cluster.scheduler_address,
        )
    assert len(kept(tmp_path / "kept")) == 11


def test_no_cluster_at_an_address_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sufficiency.sweep.cluster.ANSWER_SECONDS", 0.5)
    with pytest.raises(UsageError, match="no cluster answers"):
        run_sweep(sweep(tmp_path / "d"), tmp_path / "kept", cluster="tcp://127.0.0.1:9")
