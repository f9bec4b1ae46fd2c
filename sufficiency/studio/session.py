"""One case on the page: the scenario in hand and its history, what is solved of it, and what the page is told."""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from sufficiency.again import again
from sufficiency.errors import CaseError, UsageError
from sufficiency.scenario import digest, from_plain, read_scenario, scenario_names
from sufficiency.studio import jobs, keeping
from sufficiency.studio.draft import Draft
from sufficiency.studio.edits import apply_ops
from sufficiency.studio.engine import Engine
from sufficiency.studio.exports import Exports
from sufficiency.studio.page_state import page_answer, page_parts
from sufficiency.studio.words import fault_rows, sentence
from sufficiency.studio.work import RefusedError, StaleError, Step, Work, key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sufficiency.steps import Prepared
    from sufficiency.studio.answers import Answered

#: Plans that are kept, and operations in one edit.
PLANS_KEPT, MOST_OPS = 6, 2000
NOTHING, CASE = "nothing", "case"
#: Seconds between two words on how far a solve is.
SAY_SECONDS = 0.3


class Session:
    """The studio of one case.

    Parameters
    ----------
    path, base
        The case, and the case put together without differences.
    """

    def __init__(self, path: Path, base: Prepared) -> None:
        self.path, self.base = path, base
        self.lock = threading.RLock()
        self.work = Work()
        self.prepared = base
        self.plans: OrderedDict[str, Answered] = OrderedDict()
        self.failed: dict[str, str] = {}
        self.shown: Answered | None = None
        self.shown_revision = 0
        self._shown_before: Answered | None = None
        self.against = NOTHING
        self.auto, self.asked_for, self.seen_hint = True, -1, False
        self.problem = ""
        self.solving: dict[str, Any] | None = None
        self.map: dict[str, Any] | None = None
        self.area: dict[str, str] = {}
        self.geography = ""
        self.changes: dict[str, Any] | None = None
        self.changes_key: tuple[Any, ...] = ()
        self.slowest = 0.0
        self.seq, self.closing, self._said = 0, False, 0.0
        self._answers: dict[tuple[Any, ...], dict[str, Any]] = {}
        self._told: tuple[int, bytes] = (-1, b"")
        self._parts: dict[str, tuple[object, str]] = {}
        self._others: dict[str, Prepared] = {}
        self.saved = keeping.Saved(path).plain
        self.exports = Exports(self)
        self.engine = Engine(lambda: jobs.next_job(self), self.say)
        self._take_up()

    # The work in hand

    def _take_up(self) -> None:
        """Go on where the work was left, if the case still allows it."""
        kept = keeping.kept_work(self.path)
        self.seen_hint = bool(kept.get("seen_hint"))
        try:
            work = Work.of(kept)
            self.prepared = self._prepare(work.now.plain)
        except (CaseError, KeyError, TypeError, ValueError, IndexError, AttributeError):
            keeping.set_aside(self.path)
            self.problem = (
                "The scenario that was last worked on no longer fits the case, so it was put aside "
                "(scenarios/.studio); the page begins with the case as it is."
            )
            return
        self.work, self.auto = work, bool(kept.get("auto", True))

    def _keep(self) -> None:
        more = {"auto": self.auto, "seen_hint": self.seen_hint}
        keeping.keep_work(self.path, {**self.work.kept(), **more})

    def _prepare(self, plain: Mapping[str, Any]) -> Prepared:
        scenario = from_plain(plain)
        return again(self.base, scenario) if scenario.tables else self.base

    @property
    def draft(self) -> Draft:
        """The scenario in hand, to be read."""
        return Draft.of(self.base.case, from_plain(self.work.now.plain))

    @property
    def key(self) -> str:
        """Which differences are in hand."""
        return key_of(self.work.now.plain)

    # What the page asks for

    def edit(self, revision: int, ops: list[Mapping[str, Any]]) -> list[str]:
        """Apply operations to the scenario in hand, all or none; return which schemes they made.

        Raises
        ------
        StaleError, RefusedError, UsageError
            When it was edited elsewhere, the case's checks refuse it, or an operation cannot be done.
        """
        if len(ops) > MOST_OPS:
            raise UsageError(f"that is too much at once: at most {MOST_OPS:,} changes")
        with self.lock:
            self._fresh(revision)
            draft = self.draft
            done = apply_ops(draft, ops)
            title = self.work.now.plain.get("title", "")
            plain = draft.scenario().plain() | ({"title": title} if title else {})
            words = done.words[0] if len(done.words) == 1 else f"{len(done.words)} changes"
            self._go_to(lambda: self.work.go_on(Step(plain, self.work.now.name, words)), plain)
            return done.made

    def _fresh(self, revision: object) -> None:
        if revision != self.work.revision:
            raise StaleError(
                "somebody has changed the scenario in another tab since; look at it and try again"
            )

    def _go_to(self, step: Callable[[], None], plain: Mapping[str, Any]) -> None:
        """Take a step once the case allows its differences."""
        try:
            prepared = self._prepare(plain)
        except CaseError as error:
            faults = fault_rows(error.faults, self._attempted(plain))
            raise RefusedError(sentence(faults), faults) from error
        step()
        self.prepared = prepared
        self.problem = ""
        self._keep()
        self.changed(wake=True)

    def _attempted(self, plain: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a case
        from sufficiency.case import changed

        return changed(self.base.case, from_plain(plain))[0]

    def undo(self, revision: int, by: int) -> None:
        """Go a step back (-1) or forth (1)."""
        with self.lock:
            self._fresh(revision)
            to = self.work.at + by
            if not 0 <= to < len(self.work.steps):
                raise UsageError(
                    "there is nothing to undo" if by < 0 else "there is nothing to do again"
                )
            self._go_to(lambda: self._stand_at(to), self.work.steps[to].plain)

    def _stand_at(self, to: int) -> None:
        self.work.at = to
        self.work.revision += 1

    def save(self, revision: int, name: str, title: str, *, replace: bool) -> None:
        """Save the scenario in hand.

        Raises
        ------
        keeping.ExistsError
            When there is another of that name, and it is not to be replaced.
        """
        with self.lock:
            self._fresh(revision)
            now = self.work.now
            title = (title or str(now.plain.get("title", "")) or name).strip()[:200]
            name = (
                name.strip()
                or (now.name if title == now.plain.get("title") else "")
                or keeping.free_name(self.path, title)
            )
            plain = now.plain | ({"title": title} if title else {})
            keeping.save(self.path, from_plain(plain, name), replace=replace or name == now.name)
            self.work.steps[self.work.at] = Step(plain, name, now.words)
            self._keep()
            self.changed()

    def open(self, revision: int, name: str) -> None:
        """Take up a saved scenario, or the case as it is ("")."""
        with self.lock:
            self._fresh(revision)
            plain = read_scenario(self.path, name).plain() if name else {}
            words = f"opened {plain.get('title') or name}" if name else "begun anew"
            self._go_to(lambda: self.work.go_on(Step(plain, name, words)), plain)

    def delete(self, name: str) -> None:
        """Put a saved scenario away."""
        with self.lock:
            keeping.delete(self.path, name)
            if self.against == f"scenario:{name}":
                self.against = NOTHING
            self.changed(wake=True)

    def compare(self, key: str) -> None:
        """Choose what plans are compared with."""
        with self.lock:
            if key not in {NOTHING, CASE}:
                name = key.removeprefix("scenario:")
                if not key.startswith("scenario:") or name not in scenario_names(self.path):
                    raise UsageError("there is no scenario of that name any more")
                self.other_prepared(key)
            self.against = key
            self.changed(wake=True)

    def solve_now(self, *, again: bool = True) -> None:
        """Solve what is in hand though that is not done by itself, or failed."""
        with self.lock:
            if again:
                self.failed.pop(self.key, None)
            self.problem, self.asked_for = "", self.work.revision
            self.changed(wake=True)

    def set_auto(self, *, on: bool) -> None:
        """Choose whether edits are solved as they come."""
        with self.lock:
            self.auto = on
            self._keep()
            self.changed(wake=True)

    def cancel(self) -> None:
        """Stop the solve; the last good answer stays."""
        with self.lock:
            if self.key not in self.plans:
                self.failed[self.key] = "The solve was stopped. Solve again when you like."
                self.problem = self.failed[self.key]
            self.changed()

    def hint_seen(self) -> None:
        """Remember that the first visit is over."""
        with self.lock:
            self.seen_hint = True
            self._keep()

    # What is compared with

    def other_prepared(self, key: str) -> Prepared:
        """Return what is compared with, put together."""
        if key == CASE:
            return self.base
        if key == NOTHING:
            return self.prepared
        scenario = read_scenario(self.path, key.removeprefix("scenario:"))
        found = digest(scenario)
        if found not in self._others:
            self._others = {found: again(self.base, scenario)}
        return self._others[found]

    @property
    def other_key(self) -> str:
        """Which plan is compared with."""
        if self.against == NOTHING:
            return f"{NOTHING}:{self.key}"
        if self.against == CASE:
            return key_of({})
        return digest(read_scenario(self.path, self.against.removeprefix("scenario:")))

    # What the engine found

    def say(self, words: str) -> None:
        """Tell the page how far a solve is."""
        with self.lock:
            now = time.monotonic()
            if self.solving is not None and now - self._said > SAY_SECONDS:
                self.solving, self._said = self.solving | {"words": words}, now
                self.changed()

    def keep_plan(self, answered: Answered) -> None:
        """Keep a plan, and show it if it is of what is in hand."""
        with self.lock:
            self.plans[answered.key] = answered
            self.plans.move_to_end(answered.key)
            wanted = {self.key, self.other_key, key_of({})}
            for old in [key for key in self.plans if key not in wanted][
                : max(0, len(self.plans) - PLANS_KEPT)
            ]:
                del self.plans[old]
            self.changed()

    def keep_other_failure(self, key: str) -> None:
        """Say that there is no plan to compare with."""
        with self.lock:
            words = "There is no plan to compare with: choose another."
            self.failed = {**dict(list(self.failed.items())[-20:]), key: words}
            self.changed()

    def changes_of(self) -> tuple[Any, ...]:
        """Return which two plans gains and losses are to be of."""
        return tuple(id(self.plans.get(key)) for key in (self.key, self.other_key))

    def keep_failure(self, key: str, words: str) -> None:
        """Say that there is no plan; the last good one stays on the page."""
        with self.lock:
            self.failed = {**dict(list(self.failed.items())[-20:]), key: words}
            if key == self.key:
                self.problem = words
            self.changed()

    # What the page is told

    def changed(self, *, wake: bool = False) -> None:
        """Tell that the state is another."""
        self.seq += 1
        if wake:
            self.engine.wake()

    def state(self) -> bytes:
        """Return the state as JSON; worked out once for everybody who asks."""
        with self.lock:
            self._show_latest()
            if self._told[0] != self.seq:
                parts = [
                    f'"{name}":{self._part(name, mark, make)}'
                    for name, mark, make in page_parts(self)
                ]
                self._told = (self.seq, f"{{{','.join(parts)}}}".encode())
            return self._told[1]

    def _part(self, name: str, mark: object, make: Callable[[], object]) -> str:
        """Return a part of the state as JSON, made anew when what it rests on is another."""
        if name not in self._parts or self._parts[name][0] != mark:
            text = json.dumps(make(), allow_nan=False, separators=(",", ":"))
            self._parts[name] = mark, text
        return self._parts[name][1]

    def _show_latest(self) -> None:
        found = self.plans.get(self.key)
        if found is not None and (
            found is not self.shown or self.shown_revision != self.work.revision
        ):
            self.shown, self.shown_revision = found, self.work.revision

    def before(self, shown: Answered | None, other: Answered | None) -> Answered | None:
        """Return the plan that the one on the page is compared with: an older one has its own."""
        if shown is None or shown.key != self.key:
            return self._shown_before
        self._shown_before = other if other is not shown else None
        return self._shown_before

    def answer(self, answered: Answered, before: Answered | None) -> dict[str, Any]:
        """Return a plan as the page has it, worked out once."""
        key = (id(answered), id(before), self.geography, id(self.changes))
        if key not in self._answers:
            kept = list(self._answers.items())[-3:]
            self._answers = dict([*kept, (key, page_answer(self, answered, before))])
        return self._answers[key]

    def began(self, words: str) -> None:
        """Tell the page that a solve has begun."""
        with self.lock:
            self.solving = {
                "revision": self.work.revision,
                "words": words,
                "began": time.monotonic(),
            }
            self.changed()

    def ended(self) -> None:
        """Tell the page that it has ended."""
        with self.lock:
            self.solving = None
            self.changed()

    def differs(self) -> bool:
        """Whether what is in hand differs from what is saved under its name, or from the case if it has none."""
        now = self.work.now
        saved = self.saved(now.name) if now.name else {}
        return saved is None or key_of(saved) != self.key

    def end_soon(self) -> None:
        """Tell those who wait that the studio ends."""
        self.closing = True

    def close(self) -> None:
        """End: what is being solved or written is left."""
        self.exports.cancel()
        self.engine.stop()
