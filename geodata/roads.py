"""Roads from a file: GraphML as osmnx saves it, OpenStreetMap XML, or OS OpenMap Local as GeoJSON.

The file's drivable ways become a compact :class:`Network`; :func:`journeys` then runs one shortest
path search a target, backwards along the roads, for all origins at once.

Speeds are the speed limit where it is known, else that of the class of road
(:mod:`geodata.speeds`). They are *free-flow* speeds: no junction, bend or queue is in them, so
minutes are a lower bound until ``Network.driven_at`` takes its share off. A GraphML file whose edges
all carry a ``travel_time`` keeps it: better speeds are put in there.

:func:`download` is the one place of the tool that uses the network.

References
----------
Boeing, G. (2017), OSMnx: new methods for acquiring, constructing, analyzing, and visualizing
complex street networks, *Computers, Environment and Urban Systems* 65.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import re
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from geodata.grid import to_grid
from geodata.network import Network, RoadFileError, Snapped, build, journeys, snap
from geodata.os_roads import read_os_roads
from geodata.speeds import speeds_by_class

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    import networkx as nx
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    Graph: TypeAlias = nx.MultiDiGraph[Any]

__all__ = [
    "DownloadError",
    "Network",
    "RoadFileError",
    "Snapped",
    "download",
    "journeys",
    "read_network",
    "service",
    "snap",
]

# What is asked of each way, and kept of it: no names, numbers or lanes.
_ASKED_TAGS = ("highway", "maxspeed", "oneway", "junction", "service", "area")
# Answers of a service that is busy rather than out of order; osmnx waits a minute and asks again.
_BUSY = frozenset({429, 504})
_MOST_BUSY = 3

# What a car may use. Like osmnx's ``drive_service``, but as a list of what is a road rather than
# of what is none: schools stand at the end of service roads.
_ROADS = frozenset(
    {
        *("motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link"),
        *("secondary", "secondary_link", "tertiary", "tertiary_link"),
        *("unclassified", "residential", "living_street", "service", "road"),
    }
)
_NOT_FOR_US = frozenset({"parking", "parking_aisle", "private", "emergency_access"})
_CLOSED = frozenset({"no", "private"})
# The most telling first: a street closed to all but "motor_vehicle=yes" is open.
_ACCESS_TAGS = ("motorcar", "motor_vehicle", "vehicle", "access")


class DownloadError(RuntimeError):
    """The roads could not be downloaded; the message says why and what to do."""


def service() -> str:
    """Return the address of the service that `download` asks: osmnx's own default."""
    from osmnx import settings

    return str(settings.overpass_url)


def download(
    area: Polygon | MultiPolygon, path: Path, report: Callable[[str], None] | None = None
) -> None:
    """Download the drivable roads of an area from OpenStreetMap, into GraphML.

    Nothing but the area's corners and the wish for roads is sent, and to :func:`service` only.

    Parameters
    ----------
    area
        In longitude and latitude (WGS84).
    path
        The file to write; it is written once everything has come.
    report
        Called with a phrase on what is being done.

    Raises
    ------
    DownloadError
        When the service cannot be reached, is busy, or sends less than the whole.
    """
    import osmnx

    say = report or (lambda _: None)
    host = service()
    with _asking(_watch(say)):
        try:
            say("downloading the roads: one large answer, minutes for a county")
            graph = osmnx.graph_from_polygon(
                area, network_type="drive_service", simplify=False, retain_all=True
            )
        except OSError as error:
            late = "Timeout" in type(error).__name__
            why = "did not answer in time" if late else "cannot be reached"
            raise DownloadError(
                f"{host} {why}; try again later or, without the internet, put a file of roads in the "
                "case yourself (the guide says which)"
            ) from error
        except ValueError as error:
            raise DownloadError(
                f"{host} sent no roads for this area, or less than the whole; try again later, or with "
                "a smaller margin"
            ) from error
    say("writing the roads")
    osmnx.save_graphml(graph, path)


def _watch(say: Callable[[str], None]) -> Callable[..., None]:
    """Return a hook that refuses an answer cut short by the service, and waits for a busy one not for ever."""
    busy = 0

    def look(response: Any, *_: object, **__: object) -> None:  # noqa: ANN401 - of requests
        nonlocal busy
        if response.status_code in _BUSY:
            busy += 1
            if busy >= _MOST_BUSY:
                raise DownloadError(f"{service()} is busy; try again in an hour")
            say("the service is busy: asking again in a minute")
        elif response.status_code != 200:
            raise DownloadError(f"{service()} answered {response.status_code}; try again later")
        elif b'"remark"' in response.content[-2000:]:  # how Overpass says that it ran out of time
            raise DownloadError(
                f"{service()} gave up halfway; try again later, or with a smaller margin"
            )

    return look


@contextmanager
def _asking(watch: Callable[..., None]) -> Iterator[None]:
    """Have osmnx ask one host only, keep nothing and answer to `watch`; put all back afterwards."""
    import socket
    import warnings

    from osmnx import settings

    ours = {
        "use_cache": False,
        "doh_url_template": None,  # else a failed look-up of the host's name is sent elsewhere
        "overpass_rate_limit": False,  # else a minute's wait before one hears that one is offline
        "requests_kwargs": {**settings.requests_kwargs, "hooks": {"response": watch}},
        "useful_tags_way": [*_ASKED_TAGS, *_ACCESS_TAGS],
        "useful_tags_node": [],
    }
    before = {name: getattr(settings, name) for name in ours}
    look_up = socket.getaddrinfo
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that a county takes several requests
            for name, value in ours.items():
                setattr(settings, name, value)
            yield
    finally:
        socket.getaddrinfo = look_up
        for name, value in before.items():
            setattr(settings, name, value)


def read_network(path: Path, *, speeds_kph: Mapping[str, float] | None = None) -> Network:
    """Read the drivable roads of a file.

    Parameters
    ----------
    path
        GraphML as ``osmnx.save_graphml`` writes it, of any CRS, directed or not (an undirected file
        of osmnx still knows which way its one-ways go), OpenStreetMap XML, or GeoJSON of OS
        OpenMap Local; what it is is seen from its first lines. Any may end in ``.gz`` or ``.bz2``.
    speeds_kph
        Speeds by class for roads without a known limit, over those of the table.

    Raises
    ------
    RoadFileError
        When the file is missing, of another kind, or holds no road for cars.
    """
    head = _head(path)
    if head.lstrip("\ufeff \r\n\t").startswith("{"):
        return read_os_roads(path, unpacked(path), _source(path, head), speeds_kph)
    graph = read_graph(path, head)
    _check_places(graph, path)
    _keep_drivable(graph, path)
    own_times = _add_times(graph, speeds_kph)
    network = _network(graph, _source(path, head))
    return replace(network, own_times=True, speeds="the file's own times") if own_times else network


def read_graph(path: Path, head: str) -> Graph:
    """Read GraphML or OpenStreetMap XML, whichever its first lines say, with all its ways."""
    if "<graphml" in head:
        return _read_graphml(path)
    if "<osm" in head:
        return _read_osm(path)
    raise RoadFileError(
        f"{path.name} is neither GraphML nor OpenStreetMap XML nor GeoJSON; turn a .pbf file into "
        "XML first (osmium cat roads.osm.pbf -o roads.osm.bz2), a GeoPackage into GeoJSON"
    )


def _head(path: Path) -> str:
    """Return the first few thousand characters of a file, unpacked."""
    return unpacked(path, 4096).decode("utf-8", errors="replace")


def unpacked(path: Path, most: int = -1) -> bytes:
    """Return a file's first bytes, or all of them, unpacked."""
    try:
        if path.suffix == ".gz":
            with gzip.open(path) as file:
                return file.read(most)
        with bz2.open(path) if path.suffix == ".bz2" else path.open("rb") as other:
            return other.read(most)
    except (OSError, EOFError) as error:
        raise RoadFileError(f"{path.name} cannot be opened, or is cut short") from error


def _source(path: Path, head: str) -> str:
    """Name a file, the start of its hash, and the date it gives in its first lines."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    date = re.search(r'<osm [^>]*timestamp="(\d{4}-\d\d-\d\d)|osm_base="(\d{4}-\d\d-\d\d)', head)
    dated = f", OpenStreetMap of {date[1] or date[2]}" if date else ""
    return f"{path.name} (sha256 {digest[:12]}){dated}"


def _read_osm(path: Path) -> Graph:
    """Read OpenStreetMap XML, every node of every way: places then join close to their door."""
    import osmnx

    with _more_tags(_ACCESS_TAGS):
        try:
            return osmnx.graph_from_xml(path, simplify=False, retain_all=True)
        except (SyntaxError, ValueError, KeyError, EOFError) as error:
            raise RoadFileError(
                f"{path.name} is broken, or cut so that roads lack nodes; get it again, or extract "
                "it with whole roads (osmium extract --strategy complete_ways)"
            ) from error


@contextmanager
def _more_tags(tags: Iterable[str]) -> Iterator[None]:
    """Have osmnx keep some more tags of ways, and put its setting back afterwards."""
    from osmnx import settings

    before = settings.useful_tags_way
    settings.useful_tags_way = [*before, *(tag for tag in tags if tag not in before)]
    try:
        yield
    finally:
        settings.useful_tags_way = before


def _read_graphml(path: Path) -> Graph:
    """Read GraphML; an undirected graph becomes directed, one-ways as its edges remember them."""
    import osmnx

    try:
        graph = osmnx.load_graphml(path)
    except (SyntaxError, ValueError, KeyError, EOFError) as error:
        raise RoadFileError(f"{path.name} is not GraphML as osmnx saves it") from error
    if graph.is_directed():
        return graph
    directed = graph.to_directed()
    wrong_way = [
        (tail, head, key)
        for tail, head, key, tags in directed.edges(keys=True, data=True)
        if tags.get("oneway") is True and str(tags.get("from", tail)) != str(tail)
    ]
    directed.remove_edges_from(wrong_way)
    return directed


def _values(tag: object) -> set[str]:
    """Return a tag's values: osmnx makes a list of them where it joined several ways."""
    if tag is None:
        return set()
    return {str(value) for value in tag} if isinstance(tag, list) else {str(tag)}


def _is_drivable(tags: Mapping[str, object]) -> bool:
    """Tell from its tags whether a taxi or a minibus with a child may use a way, in all its parts."""
    access = next((_values(tags[tag]) for tag in _ACCESS_TAGS if tags.get(tag)), set())
    return (
        _values(tags.get("highway")) <= _ROADS
        and not access & _CLOSED
        and not _values(tags.get("service")) & _NOT_FOR_US
        and tags.get("area") != "yes"
    )


def _check_places(graph: Graph, path: Path) -> None:
    """Refuse a graph whose nodes are nowhere, or in coordinates that it does not name."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        CRS(graph.graph.get("crs"))
        known = all("x" in tags and "y" in tags for _, tags in graph.nodes(data=True))
    except CRSError:
        known = False
    if not known:
        raise RoadFileError(
            f"{path.name} does not say where its nodes are, or in which coordinates; save it with osmnx again"
        )


def _keep_drivable(graph: Graph, path: Path) -> None:
    """Take from a graph what is no road for cars, and nodes without any road."""
    closed = [
        (tail, head, key)
        for tail, head, key, tags in graph.edges(keys=True, data=True)
        if tail == head or not _is_drivable(tags)
    ]
    graph.remove_edges_from(closed)
    graph.remove_nodes_from([node for node, degree in graph.degree() if degree == 0])
    lengths = [tags.get("length", -1) for *_, tags in graph.edges(data=True)]
    if not lengths:
        raise RoadFileError(f"{path.name} holds no road that a car may use")
    if min(lengths) < 0:
        raise RoadFileError(f"{path.name} has a road without a length; save it with osmnx again")


def _add_times(graph: Graph, speeds_kph: Mapping[str, float] | None) -> bool:
    """Give every edge a ``travel_time`` in seconds, unless all have one: then answer True."""
    import osmnx

    tags = [tags for *_, tags in graph.edges(data=True)]
    if all(_is_positive(tag.get("travel_time")) for tag in tags):
        return True
    for tag in tags:
        tag.setdefault("highway", "road")
        tag.setdefault("maxspeed", None)
    speeds = speeds_by_class(speeds_kph)
    osmnx.add_edge_speeds(graph, hwy_speeds=speeds, fallback=speeds["road"])
    osmnx.add_edge_travel_times(graph)
    return False


def _is_positive(value: object) -> bool:
    """Whether a value is a number above 0."""
    return isinstance(value, float | int) and 0 < value < np.inf


def _network(graph: Graph, source: str) -> Network:
    """Turn a graph into arrays."""
    names = sorted(graph.nodes)
    position = {name: at for at, name in enumerate(names)}
    rows = [
        (position[tail], position[head], tags["travel_time"], tags["length"])
        for tail, head, tags in graph.edges(data=True)
    ]
    tail, head, seconds, metres = (np.array(column) for column in zip(*rows, strict=True))
    x, y = (np.array([graph.nodes[n][axis] for n in names], np.float64) for axis in "xy")
    points = _on_grid(x, y, str(graph.graph["crs"]))
    return build(points, tail, head, seconds, metres, source)


def _on_grid(x: NDArray[np.float64], y: NDArray[np.float64], crs: str) -> NDArray[np.float64]:
    """Bring a graph's coordinates to the National Grid; its x is an easting or a longitude."""
    from pyproj import CRS, Transformer

    if CRS(crs) == CRS("EPSG:27700"):
        return np.column_stack([x, y])
    if not CRS(crs).equals(CRS("EPSG:4326"), ignore_axis_order=True):
        x, y = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(x, y)
    return np.column_stack(to_grid(lat=y, lon=x))
