"""What the page is told: the state of a session, and its plans as the page has them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sufficiency import __version__, needs
from sufficiency.evidence.counts import Counts
from sufficiency.findings import openings
from sufficiency.report.parts import academic
from sufficiency.scenario import scenario_names
from sufficiency.studio import new_base
from sufficiency.studio.answers import LAYERS, gap_rows, layers_of
from sufficiency.studio.grid import grid, sites
from sufficiency.studio.headlines import headlines, money_rows
from sufficiency.studio.sliders import SLIDERS
from sufficiency.studio.words import differences

if TYPE_CHECKING:
    from collections.abc import Callable

    from sufficiency.studio.answers import Answered
    from sufficiency.studio.session import Session

PHASES = {"primary": "Primary", "secondary": "Secondary", "post16": "Post-16"}
TITLES = {"nothing": "building nothing", "case": "the case as it is"}


def page_case(session: Session) -> dict[str, Any]:
    """Return what does not change while the studio runs."""
    case = session.base.case
    settings = case.settings
    first = list(range(settings.base_year, settings.last_year + 1))
    counts = Counts.of(settings)
    return {
        "title": settings.title,
        "notice": settings.notice,
        "version": __version__,
        "case": case.path.resolve().name,
        "years": first,
        "year_words": [academic(year) for year in first],
        "needs": [{"code": code, "title": title} for code, title in needs.NEEDS.items()],
        "phases": _phases(settings.leaving.last_ncy),
        "kinds": [
            {"key": key, "title": title, "like": settings.base_kind(key)}
            for key, title in settings.all_kinds.items()
        ],
        "bounds": {"easting_m": [0, 700_000], "northing_m": [0, 1_300_000]},
        "threshold": counts.threshold,
        "rules": f"{counts.note} Money is modelled, at {settings.money.price_base} prices.",
        "new_base": new_base.defaults(case),
        "layers": [
            {"key": row.key, "title": row.title, "legend": row.legend, "unit": row.unit}
            for row in LAYERS
        ],
        "first_visit": not session.seen_hint,
    }


def _phases(last_ncy: int) -> list[dict[str, Any]]:
    low, found = 0, []
    for key, high in needs.PHASES.items():
        end = max(high, last_ncy) if key == "post16" else high
        found.append({"key": key, "title": PHASES[key], "ncy_from": low, "ncy_to": end})
        low = high + 1
    return found


Part = tuple[str, object, "Callable[[], object]"]


def page_parts(session: Session) -> list[Part]:
    """Return everything else: parts by name, what each rests on, and what makes it."""
    prepared, shown, work = session.prepared, session.shown, session.work
    other = session.plans.get(session.other_key)
    before = session.before(shown, other)
    of_plans = (id(shown), id(before), session.shown_revision, session.geography)
    changes = (id(session.changes), session.changes_key == session.changes_of())
    in_hand = (work.revision, work.at, id(shown))
    own = session.base.case.settings
    return [
        ("seq", session.seq, lambda: session.seq),
        ("revision", work.revision, lambda: work.revision),
        ("auto", session.auto, lambda: session.auto),
        ("scenario", session.seq, lambda: _scenario(session)),
        ("scenarios", session.seq, lambda: _scenarios(session)),
        ("map_ready", session.map is not None, lambda: session.map is not None),
        ("solving", session.seq, lambda: _solving(session)),
        ("problem", session.problem, lambda: session.problem),
        (
            "settings",
            in_hand,
            lambda: [row.shown(prepared.case.settings, own) for row in SLIDERS.values()],
        ),
        ("grid", in_hand, lambda: grid(session.draft, prepared, shown)),
        ("sites", in_hand, lambda: sites(session.draft, prepared, shown)),
        (
            "answer",
            (of_plans, changes, work.revision, session.against),
            lambda: _answer(session, shown, other, before) if shown else None,
        ),
        ("against", session.seq, lambda: _against(session, ready=other is not None)),
        (
            "other",
            (id(other), session.geography),
            lambda: session.answer(other, None) if other is not None else None,
        ),
        ("export", session.seq, session.exports.told),
    ]


def _scenario(session: Session) -> dict[str, Any]:
    work = session.work
    now = work.now
    back = work.steps[work.at].words if work.at else ""
    forth = work.steps[work.at + 1].words if work.at + 1 < len(work.steps) else ""
    draft = session.draft
    return {
        "name": now.name,
        "title": str(now.plain.get("title", "")),
        "changed": session.differs(),
        "differences": differences(draft, session.prepared.case.settings),
        "can_undo": work.at > 0,
        "can_redo": bool(work.at + 1 < len(work.steps)),
        "undo_words": back,
        "redo_words": forth,
    }


def _scenarios(session: Session) -> list[dict[str, Any]]:
    found = []
    for name in scenario_names(session.path):
        plain = session.saved(name)
        if plain is None:
            continue
        count = sum(len(part) for part in plain.values() if isinstance(part, dict))
        found.append({"name": name, "title": str(plain.get("title") or name), "differences": count})
    return found


def _solving(session: Session) -> dict[str, Any] | None:
    now = session.solving
    if now is None:
        return None
    seconds = round(time.monotonic() - now["began"], 1)
    return {"revision": now["revision"], "words": now["words"], "seconds": seconds}


def _against(session: Session, *, ready: bool) -> dict[str, Any]:
    key = session.against
    title = TITLES.get(key)
    if title is None:
        plain = session.saved(key.removeprefix("scenario:")) or {}
        title = str(plain.get("title") or key.removeprefix("scenario:"))
    words = session.failed.get(session.other_key, "")
    return {"key": key, "title": title, "ready": ready, "words": words}


def _answer(
    session: Session, shown: Answered, other: Answered | None, before: Answered | None
) -> dict[str, Any]:
    told = session.answer(shown, before)
    current = session.shown_revision == session.work.revision
    changes = session.changes if session.changes_key == session.changes_of() and current else None
    words = "" if changes else "Who gains and who loses is worked out after the figures."
    if changes is not None:
        why = str(changes["words"])
        title = _against(session, ready=True)["title"]
        changes, words = (None, why) if why else (changes | {"words": f"against {title}"}, "")
    if other is shown:
        words = "This is the plan that it would be compared with."
        changes = None
    return told | {
        "revision": session.shown_revision,
        "current": current,
        "changes": changes,
        "changes_words": words,
    }


def page_answer(session: Session, now: Answered, before: Answered | None) -> dict[str, Any]:
    """Return a plan as the page has it."""
    basis = now.prepared.basis
    opening = openings(basis, now.solution)
    return {
        "revision": session.work.revision,
        "scenario": session.work.now.name,
        "current": True,
        "proved": now.solution.status.value == "optimal",
        "seconds": round(now.seconds, 2),
        "settled": now.settled,
        "headlines": headlines(now, before),
        "schemes": [
            {
                "id": scheme.scheme_id,
                "name": scheme.name,
                "opens": opening.get(scheme.scheme_id),
                "capital_gbp": scheme.capital_gbp,
            }
            for scheme in basis.schemes
        ],
        "years": [
            {
                "year": year,
                "words": academic(year),
                "headlines": headlines(now, before, year),
                "gap": gap_rows(now, year),
                "layers": layers_of(now, year, session.area),
                "money": money_rows(now, before, year),
            }
            for year in now.years
        ],
        "legends": {row.key: row.classes() for row in LAYERS},
    }
