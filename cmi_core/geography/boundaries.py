"""
Boundary files a reader uploads: GeoJSON, GeoPackage, KML, KMZ or a zipped Shapefile -> checked areas.

The file is parsed in a process of its own with limits on time and memory, from a private copy under our own
name, so that no file can harm the server: see `boundary_worker`.
"""

import hashlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import geopandas
import shapely

from cmi_core.errors import FileRefused
from cmi_core.geography.measures import area_km2
from cmi_core.text.typed import shown, typed

SIZE_LIMIT_MB = 20
SECONDS = 9  # so that the whole answer comes within 10
ROOT = Path(__file__).resolve().parents[2]
PASSED_ON = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
COLUMNS = ("row", "code", "name_th", "name_en", "area_km2", "attributes", "geometry")
_TURNS = threading.BoundedSemaphore(2)  # at most two files are parsed at once


@dataclass(frozen=True)
class BoundaryWarning:
    """Something to look at before accepting; `details` fill the placeholders of `boundaries.<code>`."""

    code: str
    details: dict[str, Any]


@dataclass(frozen=True)
class BoundaryUpload:
    """
    A file as accepted.

    `areas` (EPSG:4326) has `row` (its number in the file, from 1), `code`, `name_th`, `name_en` (empty where
    the file has none), `area_km2` (geodesic), `attributes` (the file's own fields as text) and the geometry.
    `format` is geojson, gpkg, kml, kmz or shapefile; `source_crs` the system the numbers were read in.
    """

    areas: geopandas.GeoDataFrame
    warnings: tuple[BoundaryWarning, ...]
    sha256: str
    filename: str
    format: str
    source_crs: str
    layer: str | None
    encoding: str | None


def read_boundaries(
    data: bytes, *, filename: str, crs: int | None = None, layer: str | None = None
) -> BoundaryUpload:
    """
    Check an uploaded file and return its areas; FileRefused carries the reason.

    The name is recorded, never opened or trusted. Two reasons ask for a second call: `crs_missing` (`choices`
    holds the EPSG numbers to pass as `crs`) and `layers` (`choices` holds the names to pass as `layer`).
    """
    if len(data) > SIZE_LIMIT_MB * 1_000_000:
        raise FileRefused("file_size", limit=SIZE_LIMIT_MB)
    if not data:
        raise FileRefused("no_shapes")
    called = typed("file_name", PurePosixPath(filename.replace("\\", "/")).name[:200])
    answer = _asked(data, {"crs": crs, "layer": layer})
    if "refused" in answer:
        raise FileRefused(answer["refused"], **answer["details"])
    return BoundaryUpload(
        areas=_frame(answer["areas"]),
        warnings=tuple(BoundaryWarning(note.pop("code"), note) for note in answer["notes"]),
        sha256=hashlib.sha256(data).hexdigest(),
        filename=called,
        format=answer["format"],
        source_crs=answer["source_crs"],
        layer=answer["layer"],
        encoding=answer["encoding"],
    )


def _asked(data: bytes, question: dict[str, Any]) -> dict[str, Any]:
    """The worker's answer; its folder is gone when this returns."""
    with _TURNS, TemporaryDirectory(prefix="boundary-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "upload.bin").write_bytes(data)
        (folder / "question.json").write_text(json.dumps(question), encoding="utf-8")
        _run(folder)
        try:
            return json.loads((folder / "answer.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as cause:
            raise FileRefused("file_crashed") from cause


def _run(folder: Path) -> None:
    quiet = subprocess.DEVNULL
    try:
        subprocess.run(  # noqa: S603 -- our own interpreter and module, a folder we made
            [sys.executable, "-P", "-m", "cmi_core.geography.boundary_worker", str(folder)],
            check=True, timeout=SECONDS, env=_environment(folder), cwd=folder,
            stdin=quiet, stdout=quiet, stderr=quiet,
        )  # fmt: skip
    except subprocess.TimeoutExpired as cause:
        raise FileRefused("file_slow", limit=SECONDS) from cause
    except (subprocess.CalledProcessError, OSError) as cause:
        raise FileRefused("file_crashed") from cause


def _environment(folder: Path) -> dict[str, str]:
    """No secret of the server, no network grids, one thread, and temporary files where they are removed."""
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return passed | {
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PROJ_NETWORK": "OFF",
        "TMPDIR": str(folder),
    }


def _frame(areas: list[dict[str, Any]]) -> geopandas.GeoDataFrame:
    shapes = [shapely.from_wkb(area.pop("wkb")) for area in areas]
    named = ("code", "name_th", "name_en")  # what a reader chooses rows by; none of it is kept
    rows = [
        area | {name: shown(area[name]) for name in named} | {"area_km2": area_km2(shape), "geometry": shape}
        for area, shape in zip(areas, shapes, strict=True)
    ]
    return geopandas.GeoDataFrame(rows, columns=list(COLUMNS), geometry="geometry", crs=4326)
