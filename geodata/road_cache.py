"""Road networks kept from one run to the next: a county takes minutes to read, and no second to fetch back.

Kept are the networks read from files, and the searches along them: the quickest way to a place from
*every* node, wherever people live. An entry is named by the hash of everything it rests on: the road
file's content, the speeds by class, the modules that read it and the version of osmnx. So no entry is
ever out of date, and whatever is damaged is made anew. No home is in any of it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import zipfile
from dataclasses import replace
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.network import Network, RoadFileError, quickest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from numpy.typing import NDArray

    from geodata.network import Search

#: Modules on which a network rests; a change in any makes new entries.
_CODE = ("roads.py", "os_roads.py", "network.py", "speeds.py", "grid.py", "road_cache.py")
_ARRAYS = ("points", "tail", "head", "milliseconds", "decimetres")
#: The oldest entries go when all together take more than this.
MOST_BYTES = 1_000_000_000
#: Bytes of a road file read in a second on one slow core, by ending; measured, with some to spare.
_BYTES_A_SECOND = {".bz2": 70_000, ".gz": 70_000, ".geojson": 5_000_000, ".json": 5_000_000}
_XML_BYTES_A_SECOND = 1_000_000


def cached_network(
    path: Path,
    folder: Path | None,
    *,
    speeds_kph: Mapping[str, float] | None = None,
    starting: Callable[[float], None] | None = None,
) -> Network:
    """Read the roads of a file, or fetch them back as they were read before.

    Parameters
    ----------
    folder
        Where networks are kept; None keeps nothing. A folder that cannot be written is no fault.
    speeds_kph
        As for `roads.read_network`.
    starting
        Called with about how many seconds it will take, if the file has to be read.

    Raises
    ------
    RoadFileError
        As `roads.read_network`.
    """
    from geodata.roads import read_network

    entry = folder / f"roads-{_key(path, speeds_kph)}.npz" if folder else None
    if entry and (found := _load(entry, path.name)):
        return found
    if starting:
        starting(seconds_to_read(path))
    network = read_network(path, speeds_kph=speeds_kph)
    if entry:
        _keep(entry, network, path.name)
    return network


def seconds_to_read(path: Path) -> float:
    """Guess how long a file takes to read, from its size and ending."""
    return path.stat().st_size / _BYTES_A_SECOND.get(path.suffix.lower(), _XML_BYTES_A_SECOND)


def kept(folder: Path) -> tuple[int, int]:
    """Return how many networks are kept in a folder, and the bytes of all entries."""
    entries = list(folder.glob("*-*.npz"))
    networks = sum(entry.name.startswith("roads-") for entry in entries)
    return networks, sum(entry.stat().st_size for entry in entries)


def _key(path: Path, speeds_kph: Mapping[str, float] | None) -> str:
    """Return the hash of all that a network rests on."""
    try:
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise RoadFileError(f"{path.name} cannot be opened, or is cut short") from error
    speeds = json.dumps(dict(speeds_kph or {}), sort_keys=True)
    whole = hashlib.sha256(f"{content} {speeds} {metadata.version('osmnx')}".encode())
    whole.update(_code())
    # the ending says how a file is packed; the rest of the name does not matter
    whole.update(path.suffix.encode())
    return whole.hexdigest()[:32]


def _code() -> bytes:
    """Return the hash of the modules on which entries rest."""
    modules = resources.files("geodata")
    return hashlib.sha256(b"".join(modules.joinpath(name).read_bytes() for name in _CODE)).digest()


def kept_search(folder: Path | None) -> Search:
    """Return a search that keeps what it found in a folder, an entry a root, and looks there first."""

    def search(network: Network, roots: NDArray[np.intp], limit: float) -> NDArray[np.float64]:
        if folder is None or np.isfinite(limit):
            return quickest(network, roots, limit)
        stamp = _fingerprint(network)
        entries = [folder / f"search-{stamp}-{root}.npz" for root in roots.tolist()]
        found = np.empty((len(roots), len(network.points)))
        missing = [at for at, entry in enumerate(entries) if not _fetch(entry, found[at])]
        if missing:
            found[missing] = quickest(network, roots[missing])
            for at in missing:
                _store(entries[at], {"codes": found[at]})
            _let_go(folder, set(entries))
        return found

    return search


def _fingerprint(network: Network) -> str:
    """Return the hash of what a search rests on."""
    whole = hashlib.sha256(_code())
    for name in _ARRAYS[1:]:
        whole.update(getattr(network, name).tobytes())
    return f"{whole.hexdigest()[:24]}-{len(network.points)}"


def _fetch(entry: Path, into: NDArray[np.float64]) -> bool:
    """Fetch one search back; False if that cannot be done."""
    try:
        with entry.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            into[:] = stored["codes"]
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return False
    with contextlib.suppress(OSError):
        os.utime(entry)
    return True


def _load(entry: Path, name: str) -> Network | None:
    """Fetch a network back, for a file that may have another name by now; None if that cannot be done."""
    try:
        with entry.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            words = json.loads(str(stored["words"]))
            arrays = {key: stored[key] for key in _ARRAYS}
        network = Network(**arrays, **words)
        sound = _is_sound(network)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None
    if not sound:
        return None
    with contextlib.suppress(OSError):
        os.utime(entry)  # the least used goes first
    return replace(network, source=name + network.source)


def _is_sound(network: Network) -> bool:
    """Whether the arrays fit each other."""
    edges = (network.tail, network.head, network.milliseconds, network.decimetres)
    return (
        network.points.ndim == 2
        and network.points.shape[1] == 2
        and len({len(column) for column in edges}) == 1
        and all(column.dtype == np.int64 for column in edges)
        and bool((network.milliseconds > 0).all())
        and max(network.tail.max(initial=-1), network.head.max(initial=-1)) < len(network.points)
    )


def _keep(entry: Path, network: Network, name: str) -> None:
    """Store a network, and let the least used entries go."""
    words = {
        "source": network.source.removeprefix(name),
        "speeds": network.speeds,
        "own_times": network.own_times,
    }
    arrays = {key: getattr(network, key) for key in _ARRAYS}
    _store(entry, {"words": np.array(json.dumps(words)), **arrays})
    _let_go(entry.parent, {entry})


def _store(entry: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write an entry, whole or not at all; a folder that cannot be written is no fault."""
    with contextlib.suppress(OSError):
        entry.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=".draft-", dir=entry.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, allow_pickle=False, **arrays)
            Path(draft).replace(entry)
        finally:
            Path(draft).unlink(missing_ok=True)


def _let_go(folder: Path, newest: Collection[Path]) -> None:
    """Remove the least used entries until the rest takes no more than allowed."""
    with contextlib.suppress(OSError):
        entries = sorted(folder.glob("*-*.npz"), key=lambda entry: entry.stat().st_mtime)
        total = sum(entry.stat().st_size for entry in entries)
        for entry in entries:
            if total > MOST_BYTES and entry not in newest:
                total -= entry.stat().st_size
                entry.unlink()
