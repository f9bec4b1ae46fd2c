"""Settings: defaults, coercions, and what is refused."""

from __future__ import annotations

from typing import Any

import pydantic
import pytest

from sufficiency.settings import Settings, describe_settings, read_settings

DEFAULTS = {
    "base_year": "2025",
    "years": "7",
    "money.price_base": "2025",
    "money.discount_rate_pct": "3.5",
    "waiting.gbp_per_child_year": "30000",
    "waiting.penalty_gbp_per_child_year": "1000000",
    "leaving.last_ncy": "14",
    "leaving.continue_pct": "{ }",
    "travel.method": "straight",
    "travel.detour_factor": "1.3",
    "travel.speed_kph": "40",
    "travel.max_minutes": "{ }",
    "travel.soft_minutes": "{ primary = 45, secondary = 75, post16 = 75 }",
    "travel.gbp_per_minute_over": "0",
    "travel.gbp_per_child_hour": "0",
    "transport.days": "190",
    "transport.gbp_per_day": "10",
    "transport.gbp_per_km": "1.2",
    "transport.journeys_per_day": "4",
    "transport.children_per_vehicle": "2",
    "transport.over_km": "0",
    "transport.eligible_pct": "100",
    "review.gbp_per_move": "2500",
    "capital.budget_gbp": "",
}


def good(table: dict[str, Any]) -> Settings:
    settings, faults = read_settings(table)
    assert not faults
    assert settings is not None
    return settings


def test_defaults_are_the_contracts() -> None:
    described = {row["name"]: row["default"] for row in describe_settings()}
    assert described.items() >= DEFAULTS.items()
    assert good({}) == Settings()


def test_every_setting_is_described() -> None:
    assert all(row["meaning"] for row in describe_settings())


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(pydantic.ValidationError):
        Settings().years = 3


def test_a_kind_of_transport_overrides_only_what_it_names() -> None:
    settings = good({"transport": {"days": 180, "over_km": 3, "base": {"days": 190}}})
    assert settings.transport_for("special").days == 180
    assert settings.transport_for("base").days == 190
    assert settings.transport_for("base").over_km == 3
    assert settings.transport_for("base").gbp_per_km == 1.2


def test_soft_minutes_keep_the_default_of_a_phase_not_named() -> None:
    settings = good({"travel": {"soft_minutes": {"primary": 20}}})
    assert settings.travel.soft_minutes == {"primary": 20, "secondary": 75, "post16": 75}


def test_years_as_keys_become_numbers() -> None:
    settings = good(
        {"capital": {"budget_gbp": {"2026": 5}}, "leaving": {"continue_pct": {"11": 90}}}
    )
    assert settings.capital.budget_gbp == {2026: 5.0}
    assert settings.leaving.continue_pct == {11: 90.0}


def test_an_empty_budget_is_no_money_and_an_absent_one_no_limit() -> None:
    assert good({"capital": {"budget_gbp": {}}}).capital.budget_gbp == {}
    assert good({}).capital.budget_gbp is None


def test_a_kind_of_ones_own() -> None:
    settings = good(
        {"kinds": {"hub": {"title": "Hub", "counts_as": "base"}}, "transport": {"hub": {}}}
    )
    assert settings.all_kinds["hub"] == "Hub"
    assert settings.base_kind("hub") == "base"
    assert settings.base_kind("college") == "college"


@pytest.mark.parametrize(
    ("table", "code", "name", "remedy"),
    [
        ({"yaers": 3}, "E201", "yaers", "`years`"),
        ({"money": {"discount_rate": 3}}, "E201", "money.discount_rate", "`discount_rate_pct`"),
        ({"transport": {"base": {"dyas": 3}}}, "E201", "transport.base.dyas", "`days`"),
        ({"kinds": {"hub": {"title": "Hub", "x": 1}}}, "E201", "kinds.hub.x", "counts_as"),
        ({"demand": {"growth": 1}}, "E201", "demand.growth", "`growth_pct`"),
        ({"travel": {"method": "bus"}}, "E202", "travel.method", "straight"),
        ({"travel": {"max_minutes": {"early": 3}}}, "E202", "travel.max_minutes.early", "primary"),
        ({"years": 2.5}, "E202", "years", "whole number"),
        ({"years": "3"}, "E202", "years", "whole number"),
        ({"years": True}, "E202", "years", "whole number"),
        ({"transport": {"days": "190"}}, "E202", "transport.days", "without quotes"),
        ({"money": 3}, "E202", "money", "table"),
        ({"capital": {"budget_gbp": {"soon": 3}}}, "E202", "capital.budget_gbp.soon", "whole"),
        ({"capital": {"budget_gbp": 3}}, "E202", "capital.budget_gbp", "table"),
        ({"kinds": {"hub": {}}}, "E202", "kinds.hub.title", "add it"),
        ({"years": 0}, "E203", "years", "1 or more"),
        ({"years": 31}, "E203", "years", "30 or less"),
        ({"transport": {"days": 400}}, "E203", "transport.days", "366"),
        ({"transport": {"children_per_vehicle": 0}}, "E203", "transport.children_per_vehicle", "0.1"),
        ({"money": {"discount_rate_pct": 101}}, "E203", "money.discount_rate_pct", "100"),
        ({"waiting": {"gbp_per_child_year": -1}}, "E203", "waiting.gbp_per_child_year", "0"),
        ({"review": {"gbp_per_move": float("nan")}}, "E203", "review.gbp_per_move", "finite"),
        ({"travel": {"speed_kph": float("inf")}}, "E203", "travel.speed_kph", "finite"),
        ({"leaving": {"continue_pct": {"11": 120}}}, "E203", "leaving.continue_pct.11", "100"),
        ({"transport": {"specail": {"days": 3}}}, "E204", "transport.specail", "`special`"),
        ({"kinds": {"base": {"title": "B"}}}, "E204", "kinds.base", "another name"),
    ],
)  # fmt: skip
def test_refused(table: dict[str, Any], code: str, name: str, remedy: str) -> None:
    settings, faults = read_settings(table)
    assert settings is None
    assert [(fault.code, fault.column) for fault in faults] == [(code, name)]
    assert remedy in faults[0].remedy


def test_all_faults_at_once() -> None:
    _, faults = read_settings({"years": 0, "tilte": "x", "transport": {"bsae": {}}})
    assert [fault.column for fault in faults] == ["years", "tilte", "transport.bsae"]
