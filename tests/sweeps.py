"""Sweeps of nothing in particular, as tests want them: slow, wrong, or the death of their worker."""

from __future__ import annotations

import os
import signal
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sufficiency.sweep import Sweep

if TYPE_CHECKING:
    from collections.abc import Mapping


def build(payload: dict[str, Any]) -> dict[str, Any]:
    """Note in the diary that a worker began."""
    _note(payload, "built")
    return payload


def work(state: dict[str, Any], task: Mapping[str, Any]) -> dict[str, Any]:
    """Square a number; once, kill this process, or go wrong, if the task says so."""
    number = int(task["number"])
    if number == state.get("deadly") and not (Path(state["diary"]) / "died").exists():
        (Path(state["diary"]) / "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if number == state.get("always_deadly"):
        os.kill(os.getpid(), signal.SIGKILL)
    if number == state.get("wrong"):
        raise ArithmeticError("this number is odd in a way")
    time.sleep(state.get("seconds", 0.0))
    _note(state, f"did-{number}")
    return {"square": number * number, "third": number / 3}


def _note(state: dict[str, Any], what: str) -> None:
    (Path(state["diary"]) / f"{what}.{os.getpid()}.{uuid.uuid4().hex}").touch()


def sweep(diary: Path, count: int = 12, key: str = "a", **payload: object) -> Sweep:
    """Return a sweep of so many numbers that keeps a diary."""
    diary.mkdir(exist_ok=True)
    tasks = tuple({"number": n} for n in range(count))
    return Sweep(build, work, {"diary": str(diary), **payload}, tasks, key)


def done(diary: Path) -> list[int]:
    """Return the numbers that were squared, as often as they were."""
    return sorted(int(path.name.split(".")[0].split("-")[1]) for path in diary.glob("did-*"))


def pids(diary: Path) -> set[int]:
    """Return the processes that did anything."""
    return {int(path.name.split(".")[1]) for path in diary.glob("*.*")}


ANSWERS = [{"square": n * n, "third": n / 3} for n in range(12)]
