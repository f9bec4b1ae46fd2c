"""``explain``: why and why not, in plain words: a group of children, a provision, a scheme, or the plan in short."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sufficiency.errors import DisclosureError, UsageError
from sufficiency.evidence.answer import Evidence, about
from sufficiency.evidence.explain import group as explain_group
from sufficiency.evidence.explain import group_said as explain_group_said
from sufficiency.evidence.explain import pathways
from sufficiency.evidence.explain import provision as explain_provision
from sufficiency.evidence.explain import scheme as explain_scheme
from sufficiency.evidence.explain import scheme_said as explain_scheme_said
from sufficiency.evidence.explain import shortage as explain_shortage
from sufficiency.evidence.explain import summary as explain_summary
from sufficiency.evidence.explain.explained import Explained, by_name
from sufficiency.evidence.explain.provision import ProvisionExplained
from sufficiency.evidence.explain.scheme import SchemeExplained
from sufficiency.evidence.explain.summary import Summary
from sufficiency.evidence.naming import TITLE, counts_note
from sufficiency.report.parts import Section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sufficiency.evidence.explain.group import GroupExplained
    from sufficiency.evidence.study import Study
    from sufficiency.progress import Progress

#: What names a group of children.
GROUP = ("need", "phase", "area")


def explain(study: Study, asked: Mapping[str, Any], progress: Progress) -> Evidence:
    """Explain what is asked for.

    Raises
    ------
    UsageError
        When there is no such thing, or more than one is named.
    DisclosureError
        When a group is of too few children to tell of, and there is no folder to keep its exact figures in.
    """
    named = [any(asked[name] for name in GROUP), bool(asked["provision"]), bool(asked["scheme"])]
    if sum(named) > 1:
        raise UsageError(
            "explain one thing at a time: a group (--need, --phase, --area), --provision or --scheme"
        )
    progress.step("finding the best plan")
    said = Explained.of(study, asked["year"])
    progress.step("looking for reasons")
    if named[0]:
        return _group(said, asked)
    if named[1]:
        return _provision(said, asked)
    return _scheme(said, asked, progress) if named[2] else _plan(said, asked)


def _group(said: Explained, asked: Mapping[str, Any]) -> Evidence:
    need, phase, area = ((asked[name] or "").strip() for name in GROUP)
    found = explain_group.ask(said, need.upper(), phase, area)
    public, exact = (
        explain_group_said.frames(found)
        if found.is_told
        else (None, explain_group_said.exact(found))
    )
    if public is None:
        return _withheld(found, asked, exact)
    return Evidence(
        about(said.study.prepared, "explain", asked),
        explain_group_said.headline(found),
        explain_group_said.section(found),
        explain_group_said.summary(found),
        {"explain": public},
        {"explain": f"Why: {found.words}"},
        {"explain": exact},
    )


def _withheld(found: GroupExplained, asked: Mapping[str, Any], exact: Any) -> Evidence:  # noqa: ANN401 - a table
    """Say that a group is of too few: its figures are kept in the private folder alone, and the exit code is 6."""
    said = found.said
    few = f"{found.words}: {said.counts.few} children are modelled in {said.year_words}"
    words = f"{few}, so nothing else is told of them"
    if asked.get("kept") is None:
        raise DisclosureError(
            f"{words}; ask for a wider area, need or phase, or give --out FOLDER, whose private folder has the figures"
        )
    section = Section("explain", TITLE, [], [], [counts_note(said.counts)])
    told = {"children": None, "withheld": said.counts.few, "year": said.base_year + said.year}
    return Evidence(
        about(said.study.prepared, "explain", asked),
        f"{words}.",
        section,
        told,
        private={"explain": exact},
        exit_code=DisclosureError.exit_code,
    )


def _provision(said: Explained, asked: Mapping[str, Any]) -> Evidence:
    wanted = by_name(asked["provision"], said.names, "provision")
    found = ProvisionExplained(said, said.basis.provisions.index(wanted))
    public, exact = explain_provision.frames(found)
    return Evidence(
        about(said.study.prepared, "explain", asked),
        explain_provision.headline(found),
        explain_provision.section(found),
        explain_provision.summary(found),
        {"explain": public, "came_from": pathways.public(said, found.came_from)},
        {
            "explain": f"Who is at {found.name}, and who is elsewhere because it is full",
            "came_from": f"Where those who come to {found.name} were the year before",
        },
        {"explain": exact, "came_from": found.came_from},
    )


def _scheme(said: Explained, asked: Mapping[str, Any], progress: Progress) -> Evidence:
    schemes = {scheme.scheme_id: scheme for scheme in said.basis.schemes}
    wanted = by_name(
        asked["scheme"], {key: scheme.name for key, scheme in schemes.items()}, "scheme"
    )
    found = SchemeExplained(said, schemes[wanted], progress)
    public, exact = explain_scheme_said.frames(found)
    return Evidence(
        about(said.study.prepared, "explain", asked),
        explain_scheme.headline(found),
        explain_scheme_said.section(found),
        explain_scheme_said.summary(found),
        {"explain": public},
        {"explain": f"The plan with and without {wanted}"},
        {"explain": exact},
    )


def _plan(said: Explained, asked: Mapping[str, Any]) -> Evidence:
    found = Summary(said)
    titles = {
        "why_schemes": "Which schemes open, and why not the others",
        "where_full": "Where places are short, and what one more is worth",
        "without_a_place": "Children without a place",
    }
    tables = explain_summary.frames(found)
    return Evidence(
        about(said.study.prepared, "explain", asked),
        explain_summary.headline(found),
        explain_summary.section(found),
        explain_summary.summary(found),
        tables,
        {name: titles[name] for name in tables},
        {
            "without_a_place": explain_shortage.frames(found.shortage)[1],
            "what_would_have_to_give": explain_shortage.ways(found.shortage),
        },
    )
