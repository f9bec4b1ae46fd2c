"""Roads: a town one can draw, the same answers as networkx, and two real networks.

The town, in metres from its corner (one square is 1,000 m)::

              D                       trunk A -> D -> C, one-way, 60 mph (3,606 m, 134 s)
            /   \\                     street A - B - C, both ways, 30 mph (2,000 m, 149 s)
          /   :   \\                   path D : B for walkers only
        A --- B --- C     E --- F     E - F is an island
              |
              G (private drive)
"""

from __future__ import annotations

import bz2
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pytest

from geodata import network as network_module
from geodata.grid import to_wgs84
from geodata.network import ACCESS_KPH, Network, journeys, snap
from geodata.roads import RoadFileError, read_network

if TYPE_CHECKING:
    from numpy.typing import NDArray

CORNER = np.array([450_000.0, 250_000.0])
PLACES = {
    "A": (0, 0),
    "B": (1000, 0),
    "C": (2000, 0),
    "D": (1000, 1500),
    "E": (5000, 0),
    "F": (6000, 0),
    "G": (1000, -300),
}
IDS = {name: number for number, name in enumerate(PLACES, start=1)}
WAYS: list[tuple[str, dict[str, str]]] = [
    ("ABC", {"highway": "residential", "maxspeed": "30 mph"}),
    ("ADC", {"highway": "trunk", "maxspeed": "60 mph", "oneway": "yes"}),
    ("BD", {"highway": "footway"}),
    ("EF", {"highway": "unclassified"}),
    ("BG", {"highway": "service", "access": "private"}),
]
BYPASS_KM = 2 * np.hypot(1.0, 1.5)
MPH = 1.609344


def at(*names: str, east: float = 0, north: float = 0) -> NDArray[np.float64]:
    shift = CORNER + np.array([east, north])
    return np.array([np.add(PLACES[name], shift) for name in names])


def osm(ways: list[tuple[str, dict[str, str]]], *, missing: str = "") -> str:
    lines = ['<osm version="0.6" timestamp="2022-07-20T00:00:00Z">']
    for name in PLACES:
        if name not in missing:
            lat, lon = to_wgs84(*at(name)[0])
            lines.append(f'<node id="{IDS[name]}" lat="{lat:.9f}" lon="{lon:.9f}"/>')
    for number, (names, tags) in enumerate(ways, start=1):
        lines.append(f'<way id="{number}">')
        lines += [f'<nd ref="{IDS[name]}"/>' for name in names]
        lines += [f'<tag k="{key}" v="{value}"/>' for key, value in tags.items()]
        lines.append("</way>")
    return "\n".join([*lines, "</osm>"])


@pytest.fixture(scope="module")
def town_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("roads") / "town.osm"
    path.write_text(osm(WAYS), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def town(town_file: Path) -> Network:
    return read_network(town_file)


def test_only_roads_for_cars_are_kept(town: Network) -> None:
    assert len(town.points) == 6  # not G
    assert len(town.tail) == 4 + 2 + 2
    assert np.sort(town.points[:, 0]) == pytest.approx(np.sort(at(*"ABCDEF")[:, 0]), abs=0.01)


def test_the_way_there_is_the_bypass_and_the_way_back_the_street(town: Network) -> None:
    found = journeys(town, at("A", "C"), at("A", "C"))
    assert found.km == pytest.approx(np.array([[0, BYPASS_KM], [2, 0]]), rel=0.005)
    there, back = BYPASS_KM / (60 * MPH) * 60, 2 / (30 * MPH) * 60
    assert there < back
    assert found.minutes == pytest.approx(np.array([[0, there], [back, 0]]), rel=0.005)


def test_one_way_roads_are_driven_one_way(town: Network) -> None:
    found = journeys(town, at("B"), at("D"))  # back to A, then up the bypass; never the path
    assert found.km[0, 0] == pytest.approx(1 + BYPASS_KM / 2, rel=0.005)


def test_an_island_cannot_be_reached_but_travels_within_itself(town: Network) -> None:
    found = journeys(town, at("A", "E"), at("C", "F"))
    assert found.reachable.tolist() == [[True, False], [False, True]]
    assert np.isinf(found.minutes[0, 1])
    assert np.isinf(found.km[0, 1])


def test_a_road_without_a_limit_takes_the_default_or_the_callers_speed(town_file: Path) -> None:
    usual = journeys(read_network(town_file), at("E"), at("F"))
    assert usual.minutes[0, 0] == pytest.approx(1 / (30 * MPH) * 60, rel=0.005)
    network = read_network(town_file, speeds_kph={"unclassified": 20, "residential": 5})
    slow = journeys(network, at("E", "C"), at("F", "A"))
    assert slow.minutes[0, 0] == pytest.approx(3, rel=0.005)
    assert slow.minutes[1, 1] == pytest.approx(2 / (30 * MPH) * 60, rel=0.005)  # known: kept


def test_no_limit_anywhere_is_thirty_miles_an_hour(tmp_path: Path) -> None:
    path = tmp_path / "plain.osm"
    path.write_text(osm([("ABC", {"highway": "residential"})]), encoding="utf-8")
    found = journeys(read_network(path), at("A"), at("C"))
    assert found.minutes[0, 0] == pytest.approx(2 / (30 * MPH) * 60, rel=0.005)


def test_the_way_to_the_road_counts_at_both_ends(town: Network) -> None:
    home, school = at("A", north=-150), at("B", north=-300)
    found = journeys(town, home, school)
    assert found.km[0, 0] == pytest.approx(1 + 0.45, rel=0.005)
    expected = 1 / (30 * MPH) * 60 + 0.45 / ACCESS_KPH * 60
    assert found.minutes[0, 0] == pytest.approx(expected, rel=0.005)
    quicker = journeys(town, home, school, access_kph=30)
    assert quicker.minutes[0, 0] < found.minutes[0, 0]


def test_neighbours_of_one_node_go_straight(town: Network) -> None:
    found = journeys(town, at("A", north=-150), at("A", north=-160))
    assert found.km[0, 0] == pytest.approx(0.01)


def test_a_limit_cuts_off_what_is_over_it_and_changes_nothing_else(town: Network) -> None:
    whole = journeys(town, at("A", "B", "C"), at("A", "C", "D"))
    cut = journeys(town, at("A", "B", "C"), at("A", "C", "D"), limit_minutes=2.3)
    kept = whole.minutes <= 2.3
    assert kept.any()
    assert not kept.all()
    assert np.array_equal(cut.minutes, np.where(kept, whole.minutes, np.inf))
    assert np.array_equal(cut.km, np.where(kept, whole.km, np.inf))


def test_the_method_names_file_hash_date_and_speed(town: Network) -> None:
    method = journeys(town, at("A"), at("B")).method
    assert method.startswith("road network town.osm (sha256 ")
    assert "OpenStreetMap of 2022-07-20" in method
    assert "15 km/h" in method


def test_far_places_are_marked(town: Network) -> None:
    found = snap(town, at("A") + np.array([[-1999.0, 0], [-2001.0, 0]]))
    assert found.far.tolist() == [False, True]
    assert found.metres == pytest.approx([1999, 2001], abs=0.1)


def test_no_points_no_journeys(town: Network) -> None:
    assert journeys(town, [], at("A")).km.shape == (0, 1)
    assert journeys(town, at("A"), []).km.shape == (1, 0)


def test_a_speed_of_nothing_is_refused(town: Network) -> None:
    with pytest.raises(ValueError, match="more than 0"):
        journeys(town, at("A"), at("B"), access_kph=0)


# --- the same town in other files -------------------------------------------------------------


def saved(town_file: Path, folder: Path, change: str) -> Path:
    import osmnx

    graph: Any = osmnx.graph_from_xml(town_file, simplify=False, retain_all=True)
    path = folder / f"{change}.graphml"
    if change == "undirected":
        graph = osmnx.convert.to_undirected(graph)
    elif change == "utm":
        graph = osmnx.project_graph(graph)
    elif change == "grid":
        graph = osmnx.project_graph(graph, to_crs="EPSG:27700")
    osmnx.save_graphml(graph, path)
    return path


@pytest.mark.parametrize("change", ["as it is", "undirected", "utm", "grid"])
def test_graphml_of_any_kind_gives_the_same_journeys(
    town: Network, town_file: Path, tmp_path: Path, change: str
) -> None:
    # GraphML has lost the tag that closes the private drive, or not: A to F do not depend on it.
    other = read_network(saved(town_file, tmp_path, change))
    names = tuple("ABCDEF")
    ours, theirs = (journeys(network, at(*names), at(*names)) for network in (town, other))
    assert theirs.km == pytest.approx(ours.km, abs=0.02)
    assert theirs.minutes == pytest.approx(ours.minutes, abs=0.1)


@pytest.mark.parametrize("lost", ['<data key="d2">epsg:4326</data>', "x"])
def test_graphml_without_coordinates_is_refused(town_file: Path, tmp_path: Path, lost: str) -> None:
    path = saved(town_file, tmp_path, "as it is")
    text = path.read_text("utf-8")
    if lost == "x":
        key = text.partition('attr.name="x"')[0].rpartition("<key id=")[2].split('"')[1]
        text = "\n".join(part for part in text.splitlines() if f'<data key="{key}">' not in part)
    else:
        assert text.count(lost) == 1
        text = text.replace(lost, "")
    path.write_text(text, "utf-8")
    with pytest.raises(RoadFileError, match=r"where its nodes are|not GraphML as osmnx"):
        read_network(path)


def test_compressed_osm_is_read(town: Network, tmp_path: Path) -> None:
    path = tmp_path / "town.osm.bz2"
    path.write_bytes(bz2.compress(osm(WAYS).encode()))
    other = read_network(path)
    assert np.array_equal(other.milliseconds, town.milliseconds)
    assert "2022-07-20" in other.source


def test_travel_times_of_the_users_own_are_kept(town_file: Path, tmp_path: Path) -> None:
    import osmnx

    graph: Any = osmnx.load_graphml(saved(town_file, tmp_path, "as it is"))
    for *_, tags in graph.edges(data=True):
        tags["travel_time"] = 100.0
    path = tmp_path / "own.graphml"
    osmnx.save_graphml(graph, path)
    found = journeys(read_network(path), at("A"), at("B"))
    assert found.minutes[0, 0] == pytest.approx(100 / 60, rel=1e-4)


def test_osmnx_settings_are_left_as_they_were(town: Network) -> None:
    from osmnx import settings

    assert "motor_vehicle" not in settings.useful_tags_way


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("roads.osm", osm([("BD", {"highway": "footway"})]), "no road that a car"),
        ("roads.osm", osm(WAYS)[:400], "broken"),
        ("roads.osm", osm(WAYS, missing="D"), "complete_ways"),
        ("roads.osm.bz2", "<osm>", "cannot be opened"),
        ("roads.osm.pbf", "\x00\x00\x00\rOSMHeader", "neither GraphML nor"),
        ("roads.graphml", "<graphml><graph></graphml>", "not GraphML as osmnx"),
    ],
)
def test_files_that_cannot_be_used_are_refused_by_name(
    tmp_path: Path, name: str, text: str, words: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RoadFileError, match=words) as caught:
        read_network(path)
    assert name in str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RoadFileError, match=r"none\.osm cannot be opened"):
        read_network(tmp_path / "none.osm")


@pytest.mark.parametrize(
    ("tags", "open_"),
    [
        ({"access": "no", "motor_vehicle": "yes"}, True),
        ({"motor_vehicle": "no"}, False),
        ({"access": "private"}, False),
        ({"access": "destination"}, True),
        ({"service": "parking_aisle"}, False),
        ({"highway": "cycleway"}, False),
        ({"highway": "track"}, False),
        ({"area": "yes"}, False),
    ],
)
def test_what_a_car_may_use(tmp_path: Path, tags: dict[str, str], open_: bool) -> None:
    path = tmp_path / "ways.osm"
    ways = [("AD", {"highway": "primary"}), ("BC", {"highway": "service", **tags})]
    path.write_text(osm(ways), encoding="utf-8")
    assert len(read_network(path).points) == (4 if open_ else 2)


# --- against networkx, and the traps -----------------------------------------------------------


def drawn_at_random(seed: int, nodes: int = 60, edges: int = 200) -> Network:
    rng = np.random.default_rng(seed)
    pairs = np.unique(rng.integers(0, nodes, (edges, 2)), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    size = len(pairs)
    return Network(
        rng.uniform(0, 10_000, (nodes, 2)),
        pairs[:, 0],
        pairs[:, 1],
        rng.integers(1, 60_000, size),
        rng.integers(0, 9_000, size),
        "drawn at random",
    )


def as_networkx(network: Network) -> nx.DiGraph[int]:
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(len(network.points)))
    columns = (network.tail, network.head, network.milliseconds, network.decimetres)
    for tail, head, ms, dm in zip(*(column.tolist() for column in columns), strict=True):
        graph.add_edge(tail, head, ms=ms, dm=dm)
    return graph


@pytest.mark.parametrize("seed", range(5))
def test_every_pair_is_as_networkx_has_it_and_the_length_is_of_the_quickest_way(seed: int) -> None:
    network = drawn_at_random(seed)
    graph = as_networkx(network)
    nodes = network.usable
    found = journeys(network, network.points[nodes], network.points[nodes])
    longer = 0
    for i, start in enumerate(nodes.tolist()):
        times = nx.single_source_dijkstra_path_length(graph, start, weight="ms")
        shortest = nx.single_source_dijkstra_path_length(graph, start, weight="dm")
        for j, end in enumerate(nodes.tolist()):
            if end not in times:
                assert not found.reachable[i, j]
                continue
            assert round(found.minutes[i, j] * 60_000) == times[end]
            ways = nx.all_shortest_paths(graph, start, end, weight="ms")
            assert round(found.km[i, j] * 10_000) == min(
                nx.path_weight(graph, way, "dm") for way in ways
            )
            longer += found.km[i, j] * 10_000 > shortest[end] + 0.5
    assert longer > 0  # or the test would not tell quickest from shortest


def test_searching_in_pieces_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    network = drawn_at_random(9)
    whole = journeys(network, network.points, network.points)
    monkeypatch.setattr(network_module, "_SEARCH_CELLS", 200)
    pieces = journeys(network, network.points, network.points)
    assert np.array_equal(whole.minutes, pieces.minutes)
    assert np.array_equal(whole.km, pieces.km)


def line(nodes: int, milliseconds: int, decimetres: int) -> Network:
    """Return a street of so many nodes 100 m apart, and two cut-off nodes 50 m beside its start."""
    street = np.column_stack([np.arange(nodes) * 100.0, np.zeros(nodes)])
    points = np.vstack([street, [(0, 50), (10, 50)]])
    ahead = np.arange(nodes - 1)
    tail = np.concatenate([ahead, ahead + 1, [nodes, nodes + 1]])
    head = np.concatenate([ahead + 1, ahead, [nodes + 1, nodes]])
    ones = np.ones(len(tail), dtype=np.int64)
    return Network(points, tail, head, ones * milliseconds, ones * decimetres, "line")


def test_a_small_cut_off_part_is_passed_over_and_said_so() -> None:
    network = line(300, 10_000, 1000)
    found = snap(network, [(0, 60), (500, 5)])
    assert found.node.tolist() == [0, 5]
    assert found.metres.tolist() == [60, 5]
    assert found.moved.tolist() == [True, False]
    assert journeys(network, [(0, 60)], [(500, 0)]).km[0, 0] == pytest.approx(0.56)


def test_of_a_large_part_beside_the_street_nothing_is_moved() -> None:
    found = snap(line(100, 10_000, 1000), [(0, 60)])  # 2 nodes of 102 are over 1%
    assert found.node.tolist() == [100]
    assert not found.moved.any()


def test_a_network_whose_lengths_could_overflow_is_refused_rather_than_wrong() -> None:
    network = line(300, 1000, 100_000)  # 10 km an edge: 2,990 km from end to end
    ends = network.points[[0, 299]]
    with pytest.raises(ValueError, match="1,677 km"):
        journeys(network, ends, ends)
    near = journeys(network, ends, network.points[[9]], limit_minutes=2)
    assert near.km[:, 0].tolist() == [90, np.inf]


# --- real networks -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "nodes"),
    [
        pytest.param("rutland_highways_2022.osm.bz2", (15_000, 40_000), marks=pytest.mark.slow),
        ("cambridge_uk_drive_service_2021.graphml", (2_400, 2_588)),
    ],
)
def test_real_networks_give_journeys_that_make_sense(
    open_data: Path, name: str, nodes: tuple[int, int]
) -> None:
    network = read_network(open_data / "roads" / name)
    assert nodes[0] < len(network.points) <= nodes[1]
    assert len(network.usable) > 0.95 * len(network.points)
    rng = np.random.default_rng(2)
    some = network.points[rng.choice(network.usable, 60, replace=False)]
    found = journeys(network, some[:40], some[40:])
    assert found.reachable.all()
    crow = np.hypot(*(some[:40, None] - some[None, 40:]).transpose(2, 0, 1)) / 1000
    assert (found.km >= crow * 0.99).all()
    assert 1.1 < np.median(found.km / crow) < 2
    speed = found.km / found.minutes * 60
    assert 15 < np.median(speed) < 80
    assert speed.max() < 115


def test_cambridge_agrees_with_networkx_on_the_graph_as_osmnx_reads_it(open_data: Path) -> None:
    import osmnx

    path = open_data / "roads" / "cambridge_uk_drive_service_2021.graphml"
    network = read_network(path)
    graph = as_networkx(network)
    nodes = network.usable[:: len(network.usable) // 8]
    found = journeys(network, network.points[nodes], network.points[nodes])
    for i, start in enumerate(nodes.tolist()):
        times = nx.single_source_dijkstra_path_length(graph, start, weight="ms")
        expected = [times[end] / 60_000 for end in nodes.tolist()]
        assert found.minutes[i] == pytest.approx(expected, abs=1e-6)
    raw = osmnx.load_graphml(path)
    both_ways = raw.number_of_edges() * 2
    one_way = sum(tags.get("oneway") is True for *_, tags in raw.edges(data=True))
    assert len(network.tail) <= both_ways - one_way
