"""Fixtures for every test: the open data, the shared cases, and how hypothesis searches."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[1]

#: What commands print is folded to the terminal's width: the same for every runner of the tests.
os.environ["COLUMNS"] = "120"

settings.register_profile("default", deadline=None)
settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def _shared(folder: str) -> Path:
    data = Path(os.environ.get("SUFFICIENCY_DATA", ROOT.parent / "shared" / "data"))
    place = data if folder == "data" else data.parent / folder
    if not place.is_dir():
        pytest.skip("open data absent")
    return place


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what a run may keep for the next in a folder of the tests' own, never in the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUFFICIENCY_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def open_data() -> Path:
    """Open data (postcodes, roads, benchmarks); the test is skipped where it is absent."""
    return _shared("data")


@pytest.fixture(scope="session")
def shared_cases() -> Path:
    """Folder of the cases with known objectives, beside the open data."""
    return _shared("cases")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium as the system has it, for tests marked ``browser``; they fail where there is none."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    assert found, "tests marked browser need Chromium: apt install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()
