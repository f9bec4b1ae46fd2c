"""What the engine is to do, the most pressing first: what is in hand, what it is compared with, the map, the proof."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sufficiency.studio.engine import StoppedError

if TYPE_CHECKING:
    from sufficiency.steps import Prepared
    from sufficiency.studio.engine import Engine, Job
    from sufficiency.studio.session import Session

#: A case whose plan took more of the processor's seconds than this is not planned from nothing after each edit.
SETTLED_SECONDS = 60.0


def next_job(session: Session) -> Job | None:
    """Return the most pressing thing to do; None for nothing."""
    with session.lock:
        key = session.key
        if key not in session.plans:
            asked = session.auto or session.asked_for == session.work.revision or not session.plans
            if asked and key not in session.failed:
                return Solve(session, key, session.prepared)
            return DrawMap(session) if session.map is None else None
        other = session.other_key
        if other not in session.plans and other not in session.failed:
            return SolveOther(session, other, session.against)
        if session.map is None:
            return DrawMap(session)
        if other in session.plans and session.changes_key != session.changes_of():
            return Compare(session)
        now = session.plans[key]
        if (
            not now.settled
            and session.slowest <= SETTLED_SECONDS
            and f"settle:{key}" not in session.failed
        ):
            return Settle(session, key)
    return None


@dataclass(frozen=True)
class Solve:
    """The plan of what is in hand."""

    session: Session
    key: str
    prepared: Prepared

    def wanted(self) -> bool:
        """Whether nothing newer is in hand."""
        session = self.session
        return session.key == self.key and self.key not in session.failed

    def run(self, engine: Engine) -> None:
        """Solve, and keep the plan or say why there is none."""
        from sufficiency.studio.work import plain_error

        self.session.began("solving")
        worked = time.thread_time()
        try:
            answered = engine.best(self.prepared, self.key, self.wanted)
        except StoppedError:
            raise
        except Exception as error:  # noqa: BLE001 - the page goes on with the last good answer
            self.session.keep_failure(self.key, plain_error(error))
        else:
            self.session.slowest = max(self.session.slowest, time.thread_time() - worked)
            self.session.keep_plan(answered)
        finally:
            self.session.ended()


@dataclass(frozen=True)
class SolveOther:
    """The plan that is compared with."""

    session: Session
    key: str
    against: str

    def wanted(self) -> bool:
        """Whether it still is the one."""
        session = self.session
        return session.against == self.against and session.other_key == self.key

    def run(self, engine: Engine) -> None:
        """Solve it; without it there are figures, but no changes."""
        session = self.session
        try:
            with session.lock:
                prepared = session.other_prepared(self.against)
            make = engine.nothing_built if self.against == "nothing" else engine.best
            answered = make(prepared, self.key, self.wanted)
        except StoppedError:
            raise
        except Exception:  # noqa: BLE001
            session.keep_other_failure(self.key)
        else:
            session.keep_plan(answered)


@dataclass(frozen=True)
class DrawMap:
    """The council's own map, once."""

    session: Session

    def wanted(self) -> bool:
        """Whether there is none yet."""
        return self.session.map is None

    def run(self, _: Engine) -> None:
        """Draw it from postcodes or the case's own files; without either there are the sites."""
        from sufficiency.studio.map_base import council_map

        drawn = council_map(self.session.base)
        with self.session.lock:
            self.session.map, self.session.area, self.session.geography = drawn
            self.session.changed()


@dataclass(frozen=True)
class Compare:
    """Who gains and who loses against the plan that is compared with."""

    session: Session

    def wanted(self) -> bool:
        """Whether both plans are still those."""
        return True

    def run(self, _: Engine) -> None:
        """Pair the children of both plans."""
        from sufficiency.studio.gains import gains

        session = self.session
        with session.lock:
            key = session.changes_of()
            now, before = session.plans.get(session.key), session.plans.get(session.other_key)
        if now is None or before is None:
            return
        found = gains(now, before)
        with session.lock:
            session.changes_key, session.changes = key, found
            session.changed()


@dataclass(frozen=True)
class Settle:
    """The plan from nothing: the very one that `plan` makes of the saved scenario."""

    session: Session
    key: str

    def wanted(self) -> bool:
        """Whether nothing newer is in hand."""
        session = self.session
        return session.key == self.key and session.other_key in {*session.plans, *session.failed}

    def run(self, engine: Engine) -> None:
        """Make it; what is shown takes its place."""
        session = self.session
        try:
            found = engine.from_nothing(session.plans[self.key], self.wanted)
        except StoppedError:
            raise
        except Exception:  # noqa: BLE001 - the answer on the page is verified already
            session.failed[f"settle:{self.key}"] = "not confirmed"
        else:
            session.keep_plan(found)
