"""Fetching roads: what is asked and of whom, what comes, and what happens when it does not.

The answers are recorded in form and invented in content; the live service was not tried. The one seam is
where requests hands over to the network.
"""

from __future__ import annotations

import json
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import requests
import shapely
from osmnx import settings as osmnx_settings

from geodata.grid import to_grid, to_wgs84
from geodata.network import journeys
from geodata.roads import read_network
from sufficiency.roads.area import RoadArea, coarse
from sufficiency.roads.fetch import Fetched, fetched_text
from tests.plans import invoke
from tests.town import change, write_town

#: Two roads across the town of `tests.town`: north to south by A and R, and from R east to H.
NODES = {1: (374_000, 164_000), 2: (374_000, 166_000), 3: (374_000, 165_000), 4: (379_000, 165_000)}
WAYS = [
    ([1, 3, 2], {"highway": "tertiary", "maxspeed": "30 mph", "name": "Some Street"}),
    ([3, 4], {"highway": "primary", "ref": "A1"}),
]


def answer(**more: str) -> bytes:
    """Return what Overpass answers: its frame as recorded, its elements invented."""
    elements: list[dict[str, Any]] = []
    for name, point in NODES.items():
        lat, lon = to_wgs84(*point)
        elements.append({"type": "node", "id": name, "lat": float(lat), "lon": float(lon)})
    for number, (nodes, tags) in enumerate(WAYS, start=10):
        elements.append({"type": "way", "id": number, "nodes": nodes, "tags": tags})
    frame = {"version": 0.6, "generator": "Overpass API 0.7.62.1 084b4234"}
    stamp = {"timestamp_osm_base": "2025-01-01T00:00:00Z", "copyright": "OpenStreetMap, ODbL."}
    return json.dumps({**frame, "osm3s": stamp, "elements": elements, **more}).encode()


@dataclass
class Service:
    """Stands in for the network: takes the requests, gives one answer after another."""

    answers: list[bytes | int | Exception]
    asked: list[requests.PreparedRequest] = field(default_factory=list)

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:
        self.asked.append(request)
        given = self.answers.pop(0)
        if isinstance(given, Exception):
            raise given
        response = requests.Response()
        response.url, response.request = str(request.url), request
        response.status_code = given if isinstance(given, int) else 200
        response._content = b"busy" if isinstance(given, int) else given
        return response


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return write_town(tmp_path)


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    naps: list[float] = []
    monkeypatch.setattr(time, "sleep", naps.append)
    return naps


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, naps: list[float]) -> Service:
    stand_in = Service([answer()])
    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", stand_in.send)
    monkeypatch.setattr(socket, "gethostbyname", lambda _: "127.0.0.1")
    return stand_in


def polygon(request: requests.PreparedRequest) -> shapely.Polygon:
    """Return the area of a request, on the National Grid."""
    assert isinstance(request.body, str)
    (query,) = parse_qs(request.body)["data"]
    numbers = np.array(query.partition("poly:'")[2].partition("'")[0].split(), dtype=float)
    return shapely.Polygon(np.column_stack(to_grid(numbers[::2], numbers[1::2])))


def test_roads_come_into_the_case_and_the_settings_stay(town: Path, service: Service) -> None:
    before = (town / "case.toml").read_bytes()
    done = invoke("fetch", "roads", town)
    assert done.exit_code == 0, done.output
    network = read_network(town / "roads.graphml")
    assert len(network.points) == 4
    found = journeys(network, [NODES[1]], [NODES[4]])
    assert found.km[0, 0] == pytest.approx(6, rel=0.005)
    assert (town / "case.toml").read_bytes() == before
    assert 'roads = "roads.graphml"' in done.stdout
    assert "ODbL" in done.stdout
    assert "Some Street" not in (town / "roads.graphml").read_text("utf-8")
    assert not [path for path in town.iterdir() if path.name.startswith(".")]
    assert "detour factor that fits" in invoke("roads", town).stdout
    assert not Path("cache").exists()  # osmnx's own


def test_the_request_goes_to_one_host_and_holds_an_area_and_nothing_else(
    town: Path, service: Service
) -> None:
    assert invoke("fetch", "roads", town).exit_code == 0
    (request,) = service.asked
    assert urlsplit(str(request.url)).hostname == urlsplit(osmnx_settings.overpass_url).hostname
    assert isinstance(request.body, str)
    (query,) = parse_qs(request.body)["data"]
    for word in ("kid", "ASD", "SEMH", "Riverside", "E06"):
        assert word not in query
    assert polygon(request).area > 300e6  # the whole council


def test_the_area_is_the_councils_whoever_the_children_are(town: Path, service: Service) -> None:
    service.answers = [answer(), answer()]
    assert invoke("fetch", "roads", town).exit_code == 0
    header = "child_id,easting_m,northing_m,need,ncy\n"
    (town / "children.csv").write_text(f"{header}kid-z,366100,154400,ASD,3\n")
    (town / "new_children.csv").unlink()
    assert invoke("fetch", "roads", town, "--replace").exit_code == 0
    one, two = service.asked
    assert one.body == two.body


def test_the_area_is_coarse_and_no_less_than_the_margin(open_data: Path) -> None:
    path = open_data / "boundaries" / "banes_boundary_2017.geojson"
    shapes = shapely.get_parts(shapely.from_geojson(path.read_text("utf-8")))
    degrees = shapely.union_all(shapes)
    outline = shapely.transform(degrees, lambda p: np.column_stack(to_grid(p[:, 1], p[:, 0])))
    for margin in (0, 5, 12.5):
        area = coarse(outline, margin)
        assert area.covers(outline.buffer(margin * 1000))
        assert area.within(outline.buffer(margin * 1000 + 4000))
        corners = shapely.get_coordinates(area)
        assert np.array_equal(corners, np.round(corners / 1000) * 1000)
        assert len(corners) < 80
    islands = shapely.MultiPoint([(400_000, 100_000), (500_000, 100_000)]).buffer(3000)
    assert len(shapely.get_parts(coarse(islands, 5))) == 2


def test_a_dry_run_asks_nobody(town: Path, service: Service) -> None:
    done = invoke("fetch", "roads", town, "--dry-run")
    assert done.exit_code == 0
    assert not service.asked
    assert not (town / "roads.graphml").exists()
    assert osmnx_settings.overpass_url in done.stdout
    assert "E06000022" in done.stdout
    assert "of children  nothing" in done.stdout


def test_provisions_outside_are_named_with_the_margin_they_need(
    town: Path, service: Service
) -> None:
    change(town, "provisions.csv", "390000,165000", "430000,165000")
    shown = invoke("fetch", "roads", town, "--dry-run").stdout
    assert "Vale independent" in shown
    margin = shown.partition("--margin-km ")[2].split()[0]
    wider = invoke("fetch", "roads", town, "--dry-run", "--margin-km", margin)
    assert "Vale independent" not in wider.stdout


def test_many_provisions_outside_stand_in_several_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    names = tuple(f"Heron School {n}, Westonbirt" for n in range(12))
    area = RoadArea(("E06000022",), shapely.box(350_000, 150_000, 380_000, 170_000), names, 45)
    text = fetched_text(Fetched(area, "a service", Path("roads.graphml")))
    assert max(map(len, text.splitlines())) <= 100
    assert ", ".join(names) in " ".join(text.split())


def test_roads_that_are_there_are_not_overwritten(town: Path, service: Service) -> None:
    (town / "roads.graphml").write_text("mine")
    done = invoke("fetch", "roads", town)
    assert done.exit_code == 2
    assert "--replace" in done.stderr
    assert not service.asked
    assert (town / "roads.graphml").read_text() == "mine"
    assert invoke("fetch", "roads", town, "--replace").exit_code == 0
    assert (town / "roads.graphml").read_text("utf-8") != "mine"


EMPTY = json.dumps({"version": 0.6, "elements": []}).encode()
OUT_OF_TIME = 'runtime error: Query timed out in "recurse" at line 1 after 180 seconds.'


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([requests.ConnectionError("no route")], "cannot be reached"),
        ([requests.ReadTimeout("180 s")], "did not answer in time"),
        ([requests.exceptions.ChunkedEncodingError("cut")], "cannot be reached"),
        ([answer()[:-200]], "less than the whole"),
        ([answer(remark=OUT_OF_TIME)], "gave up halfway"),
        ([EMPTY], "no roads for this area"),
        ([b"<html>down for repair</html>"], "no roads for this area"),
        ([429, 504, 429], "is busy"),
        ([400], "answered 400"),
    ],
)
def test_what_does_not_come_whole_leaves_nothing_behind(
    town: Path, service: Service, given: list[Any], words: str
) -> None:
    service.answers = given
    before = sorted(path.name for path in town.iterdir())
    kept = {name: getattr(osmnx_settings, name) for name in dir(osmnx_settings) if name[0] != "_"}
    look_up = socket.getaddrinfo
    done = invoke("fetch", "roads", town)
    assert done.exit_code == 2, done.output
    assert words in " ".join(done.stderr.split())
    assert sorted(path.name for path in town.iterdir()) == before
    after = {name: getattr(osmnx_settings, name) for name in dir(osmnx_settings) if name[0] != "_"}
    assert after == kept
    assert socket.getaddrinfo is look_up


def test_a_busy_service_is_asked_again(town: Path, service: Service, naps: list[float]) -> None:
    service.answers = [429, answer()]
    assert invoke("fetch", "roads", town).exit_code == 0
    assert len(service.asked) == 2
    assert max(naps) >= 30


def test_a_host_whose_name_is_not_known_is_not_looked_up_elsewhere(
    town: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(_: str) -> str:
        raise socket.gaierror(8, "not known")

    monkeypatch.setattr(socket, "gethostbyname", unknown)
    service.answers = [requests.ConnectionError("name not known")]
    done = invoke("fetch", "roads", town)
    assert done.exit_code == 2
    assert len(service.asked) == 1


def test_a_case_that_cannot_be_read_asks_nobody(town: Path, service: Service) -> None:
    (town / "children.csv").unlink()
    done = invoke("fetch", "roads", town)
    assert done.exit_code == 3
    assert "E102" in done.stderr
    assert not service.asked
