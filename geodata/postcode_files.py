"""Read a postcode file of the user's own: Code-Point Open, ONSPD or NSPL, or a folder of them."""

from __future__ import annotations

import csv
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# Rows read at a time: 1.5 GB of ONSPD then needs about 40 MB beside the result.
CHUNK_ROWS = 200_000

# Code-Point Open has no header: postcode, quality, easting, northing, ..., district is the ninth.
_CODE_POINT_COLUMNS = 10
_CODE_POINT = {0: "postcode", 1: "quality", 2: "easting_m", 3: "northing_m", 8: "district"}
# "No coordinates available" (Ordnance Survey, Code-Point Open technical specification).
_NO_PLACE_QUALITY = 90

# Editions of ONSPD and NSPL rename their columns; the first pattern that fits a name counts.
_ONS_NAMES = {
    "postcode": r"pcds|pcd|pcd7|pcd8|pcd2",
    "easting_m": r"oseast1m|east1m",
    "northing_m": r"osnrth1m|north1m",
    "district": r"laua|oslaua|lad\d\dcd|ladcd",
    "ended": r"doterm",
}
_POSTCODE_START = re.compile(r"[A-Za-z]{1,2}[0-9][0-9A-Za-z]?\s*[0-9][A-Za-z]{2}")


class PostcodeFileError(ValueError):
    """A postcode file cannot be used; the message says which, why and what to do."""


@dataclass(frozen=True, eq=False)
class Found:
    """What a file or folder of postcodes held; columns as in ``Directory.frame``."""

    frame: pd.DataFrame
    edition: str
    live_only: bool


@dataclass(frozen=True)
class _Layout:
    """How one file is laid out: what to call it, and which column has what."""

    kind: str
    columns: dict[int, str]
    header_rows: int


def read_files(path: Path) -> Found:
    """Read one file, or every CSV file of a folder (a file of column headers apart).

    Raises
    ------
    PostcodeFileError
        When nothing is there, a file is of no known kind, or two kinds are mixed.
    """
    files = _files(path)
    layouts = [_layout(file) for file in files]
    kinds = sorted({layout.kind for layout in layouts})
    if len(kinds) > 1:
        raise PostcodeFileError(f"{path.name} mixes {' and '.join(kinds)}; keep one kind in it")
    frames = [_read(file, layout) for file, layout in zip(files, layouts, strict=True)]
    frame = pd.concat(frames)
    frame = frame[(frame.index != "") & ~frame.index.duplicated()]
    live_only = "ended" not in layouts[0].columns.values()
    return Found(frame, _edition(kinds[0], path, files), live_only)


def _files(path: Path) -> list[Path]:
    """List the CSV files meant by a path, in order of name."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise PostcodeFileError(f"there is no file or folder {path.name}; check the path")
    found = sorted(file for file in path.rglob("*") if file.suffix.lower() == ".csv")
    files = [file for file in found if "header" not in file.name.lower()]
    if not files:
        raise PostcodeFileError(f"the folder {path.name} holds no CSV file; unzip it first")
    return files


def _layout(path: Path) -> _Layout:
    """Tell from its first line what a file is."""
    row = _first_row(path)
    names = [name.strip().lower() for name in row]
    if len(row) == _CODE_POINT_COLUMNS and _POSTCODE_START.fullmatch(row[0].strip()):
        return _Layout("Code-Point Open", _CODE_POINT, 0)
    columns = {
        position: wanted
        for wanted, pattern in _ONS_NAMES.items()
        if (position := _position(names, pattern)) is not None
    }
    if set(columns.values()) != set(_ONS_NAMES):
        raise PostcodeFileError(
            f"{path.name} is neither Code-Point Open (ten columns, no header) nor an ONS Postcode "
            "Directory (a header with pcds, oseast1m, osnrth1m, laua, doterm or their newer "
            "names); give the CSV as it was published, unzipped"
        )
    return _Layout("ONS Postcode Directory", columns, 1)


def _first_row(path: Path) -> list[str]:
    """Return the first line's cells, or [] where the file has none that can be read."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            return next(csv.reader(file), [])
    except OSError as error:
        raise PostcodeFileError(f"{path.name} cannot be opened: {error.strerror}") from error
    except csv.Error:
        return []


def _position(names: Sequence[str], pattern: str) -> int | None:
    """Return where the first alternative of ``pattern`` stands that any name fits."""
    for alternative in pattern.split("|"):
        for position, name in enumerate(names):
            if re.fullmatch(alternative, name):
                return position
    return None


def _read(path: Path, layout: _Layout) -> pd.DataFrame:
    """Read the needed columns of one file, a piece at a time."""
    positions = sorted(layout.columns)
    names = [layout.columns[position] for position in positions]
    try:
        with pd.read_csv(
            path,
            header=None,
            skiprows=layout.header_rows,
            usecols=positions,
            dtype="str",
            encoding_errors="replace",
            chunksize=CHUNK_ROWS,
        ) as pieces:
            tidy = [_tidy(piece.set_axis(names, axis="columns")) for piece in pieces]
        return pd.concat(tidy)
    except (ValueError, pd.errors.ParserError) as error:
        raise PostcodeFileError(
            f"{path.name} begins as a {layout.kind} file but does not go on as one (a row of "
            "another length, or words where a coordinate should be); download it again"
        ) from error


def _tidy(piece: pd.DataFrame) -> pd.DataFrame:
    """Bring one piece of a file to the columns of a directory."""
    columns = {name: pd.to_numeric(piece[name]) for name in ("easting_m", "northing_m")}
    place = pd.DataFrame(columns, dtype="float64")
    if "quality" in piece:
        place = place.mask(pd.to_numeric(piece["quality"]) == _NO_PLACE_QUALITY)
    ended = piece["ended"].fillna("").str.strip() != "" if "ended" in piece else False
    district = piece["district"].fillna("").astype("category").astype("str")  # alike are one object
    codes = [code.replace(" ", "").upper() for code in piece["postcode"].fillna("")]
    place = place.assign(district=district, ended=ended)
    return place.set_axis(pd.Index(codes, dtype="str"), axis="index")


def _edition(kind: str, path: Path, files: Sequence[Path]) -> str:
    """Name the kind, the file or folder, and the start of a hash over all it holds."""
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    count = f", {len(files)} files" if path.is_dir() else ""
    return f"{kind}, {path.name}{count} (sha256 {digest.hexdigest()[:12]})"
