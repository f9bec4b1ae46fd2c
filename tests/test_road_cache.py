"""Networks kept between runs: the same ones come back, damage is mended, and nothing is kept for ever."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from geodata import road_cache, roads
from geodata.network import Network, RoadFileError, journeys, quickest
from geodata.road_cache import cached_network, kept, kept_search
from sufficiency import user_cache
from tests.test_os_roads import geojson
from tests.test_roads import drawn_at_random

if TYPE_CHECKING:
    from numpy.typing import NDArray


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return geojson(tmp_path)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that were really read."""
    names: list[str] = []
    read = roads.read_network

    def counted(path: Path, **options: Any) -> Network:  # noqa: ANN401
        names.append(path.name)
        return read(path, **options)

    monkeypatch.setattr(roads, "read_network", counted)
    return names


def same(one: Network, two: Network) -> bool:
    names = ("points", "tail", "head", "milliseconds", "decimetres")
    return all(np.array_equal(getattr(one, name), getattr(two, name)) for name in names)


def test_the_second_time_it_comes_back_under_todays_name(
    file: Path, tmp_path: Path, reads: list[str]
) -> None:
    folder, waits = tmp_path / "cache", list[float]()
    first = cached_network(file, folder, starting=waits.append)
    moved = file.rename(file.with_name("other.geojson"))
    second = cached_network(moved, folder, starting=waits.append)
    assert reads == ["roads.geojson"]
    assert len(waits) == 1
    assert same(first, second)
    assert first.source.replace("roads.geojson", "other.geojson") == second.source
    assert second.speeds == first.speeds
    assert kept(folder)[0] == 1


def test_another_speed_another_file_or_another_code_is_another_entry(
    file: Path, tmp_path: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cache"
    cached_network(file, folder)
    slow = cached_network(file, folder, speeds_kph={"a road": 10.0})
    assert slow.milliseconds.max() > cached_network(file, folder).milliseconds.max()
    file.write_text(file.read_text() + " ")
    cached_network(file, folder)
    monkeypatch.setattr(road_cache, "_CODE", ("roads.py",))
    cached_network(file, folder)
    assert len(reads) == kept(folder)[0] == 4


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 nothing", None])
def test_a_damaged_entry_is_made_anew(
    file: Path, tmp_path: Path, reads: list[str], damage: bytes | None
) -> None:
    folder = tmp_path / "cache"
    first = cached_network(file, folder)
    (entry,) = folder.iterdir()
    whole = entry.read_bytes()
    entry.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert same(cached_network(file, folder), first)
    assert len(reads) == 2
    cached_network(file, folder)
    assert len(reads) == 2


def test_an_entry_with_a_flipped_bit_or_edges_to_nowhere_is_made_anew(
    file: Path, tmp_path: Path, reads: list[str]
) -> None:
    folder = tmp_path / "cache"
    cached_network(file, folder)
    (entry,) = folder.iterdir()
    whole = bytearray(entry.read_bytes())
    whole[300] ^= 1
    entry.write_bytes(whole)
    cached_network(file, folder)
    with np.load(entry) as stored:
        arrays = dict(stored)
    np.savez(entry, **(arrays | {"tail": arrays["tail"] + 1000}))
    cached_network(file, folder)
    np.savez(entry, **(arrays | {"words": np.array("{}")}))
    cached_network(file, folder)
    assert len(reads) == 4


def test_a_folder_that_cannot_be_written_is_no_fault(file: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert len(cached_network(file, blocked / "cache").points) == 8
    assert len(cached_network(file, None).points) == 8


def test_the_least_used_go_first(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cache"
    cached_network(file, folder)
    size = kept(folder)[1]
    monkeypatch.setattr(road_cache, "MOST_BYTES", int(2.5 * size))
    for kph in (20.0, 30.0, 40.0):
        time.sleep(0.02)
        cached_network(file, folder, speeds_kph={"a road": kph})
    count, total = kept(folder)
    assert count == 2
    assert total <= 2.5 * size
    assert not list(folder.glob(".*"))  # no drafts


def test_searches_come_back_the_same_and_damage_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = drawn_at_random(4)
    homes, schools = network.points[:20], network.points[30:36]
    plain = journeys(network, homes, schools)
    searched: list[int] = []

    def counted(network: Network, roots: NDArray[np.intp], limit: float = np.inf) -> Any:  # noqa: ANN401
        searched.append(len(roots))
        return quickest(network, roots, limit)

    monkeypatch.setattr(road_cache, "quickest", counted)

    def again(
        net: Network = network, folder: Path | None = tmp_path, limit: float = np.inf
    ) -> None:
        found = journeys(net, homes, schools, limit_minutes=limit, search=kept_search(folder))
        if net is network and np.isinf(limit):
            assert np.array_equal(found.minutes, plain.minutes)
            assert np.array_equal(found.km, plain.km)

    again()
    again()
    (roots,) = searched
    assert len(list(tmp_path.glob("search-*.npz"))) == roots
    one, two, *_ = sorted(tmp_path.glob("search-*.npz"))
    one.write_bytes(one.read_bytes()[:-300])
    np.savez(two, codes=np.zeros(3))
    again()
    assert searched == [roots, 2]
    again(network.driven_at(0.5))  # other minutes: other entries
    again(folder=None)
    again(limit=5)
    assert searched == [roots, 2, roots, roots, roots]
    assert len(list(tmp_path.glob("search-*.npz"))) == 2 * roots


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(RoadFileError, match="cannot be opened"):
        cached_network(tmp_path / "none.osm", tmp_path)


@pytest.mark.parametrize(
    ("system", "variables", "folder"),
    [
        ("linux", {"XDG_CACHE_HOME": "/x"}, Path("/x/sufficiency")),
        ("linux", {}, Path.home() / ".cache" / "sufficiency"),
        ("darwin", {}, Path.home() / "Library" / "Caches" / "sufficiency"),
        ("win32", {"LOCALAPPDATA": "/local"}, Path("/local/sufficiency")),
        ("linux", {"SUFFICIENCY_CACHE": "/mine"}, Path("/mine")),
        ("linux", {"SUFFICIENCY_CACHE": "off"}, None),
    ],
)
def test_the_folder_is_the_systems_or_the_users(
    monkeypatch: pytest.MonkeyPatch, system: str, variables: dict[str, str], folder: Path | None
) -> None:
    for name in ("SUFFICIENCY_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", system)
    assert user_cache.cache_folder() == folder
