"""What the READMEs of the worked examples say comes out, against a fresh run."""

from __future__ import annotations

import pytest

from tests.worked import NEAR, figures, planned, scheme_places

pytestmark = pytest.mark.slow

REVENUE = "high needs revenue"


@pytest.mark.parametrize(("scenario", "at"), [("", 0), ("all-bids", 1)])
def test_bcp(scenario: str, at: int) -> None:
    plan, said = planned("bcp", scenario), {label: row[at] for label, row in figures("bcp").items()}
    schemes = set(plan.opened())
    assert len(schemes) == said["bids that open"]
    assert scheme_places("bcp", schemes, 0) == said["places in the opening year, 2025/26"]
    assert scheme_places("bcp", schemes, 1) == said["places from the second year on"]
    assert plan.account.capital_gbp == said["capital"]
    for year in (2025, 2028):
        label = f"high needs spending avoided in {year}/{year - 1999}"
        assert plan.avoided(REVENUE)[year] == pytest.approx(said[label], rel=NEAR)
    waiting = plan.outcome("unplaced")
    assert waiting[2024] == pytest.approx(said["children waiting in 2024/25"])
    assert sum(waiting.values()) == pytest.approx(143)


def test_bcp_needs_every_bid_for_the_upper_bound() -> None:
    bound, each = 70 * 31_000, 31_000
    fund, every = (planned("bcp", name).avoided(REVENUE) for name in ("", "all-bids"))
    assert all(fund[year] < 0.65 * bound for year in range(2025, 2029))
    assert every[2026] < every[2028] == pytest.approx(bound, rel=NEAR)
    two_years = (fund[2025] + fund[2026]) / each
    assert two_years < 2_800_000 / each < two_years + fund[2027] / each
