"""
GIS files a reader uploads: GeoJSON, GeoPackage, KML, KMZ, GPX, a zipped Shapefile or File Geodatabase -> features.

The file is parsed in a process of its own with limits on time and memory, from a private copy under our own
name, so that no file can harm the server: see `boundary_worker`.
"""

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from cmi_core.errors import FileRefused
from cmi_core.geography.boundary_files import FEATURE_LIMIT
from cmi_core.tables.questions import Answers, Candidate, LeftOut, Question, open_ones
from cmi_core.text.typed import typed

SIZE_LIMIT_MB = 20
SECONDS = 9  # so that the whole answer comes within 10
ROOT = Path(__file__).resolve().parents[2]
PASSED_ON = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
_TURNS = threading.BoundedSemaphore(2)  # at most two files are parsed at once


@dataclass(frozen=True)
class Note:
    """Something to look at before accepting: the sentence `say`, filled from `details`."""

    code: str
    details: Mapping[str, Any]

    @property
    def say(self) -> str:
        """The key of its sentence."""
        return f"boundaries.{self.code}"


@dataclass(frozen=True)
class Feature:
    """
    One row of the file: its number (from 1), its own fields as text in order, its kind, and its shape in WGS84.

    Fields that are empty in this row are not in `attributes`; `kind` is as in GeoJSON (Point, MultiPoint, Polygon ...).
    """

    row: int
    attributes: dict[str, str]
    kind: str
    geometry: BaseGeometry


@dataclass(frozen=True)
class Features:
    """
    What a GIS file holds. While a question is open (`open`), `rows` follow its first answer, and none of them may be kept.

    `rows` is empty while the layer is open. `fields` has the file's fields in order, as far as any row fills them;
    a KML has the field `folder` too. `format` is geojson, gpkg, kml, kmz, gpx, gdb or shapefile; `source_crs` the system that the
    numbers were read in. `drawn` has, for each answer to the question `crs`, the shapes where they would lie.
    """

    rows: tuple[Feature, ...]
    fields: tuple[str, ...]
    format: str
    encoding: str | None
    source_crs: str
    layer: str | None
    questions: tuple[Question, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[Note, ...]
    sha256: str
    filename: str
    drawn: Mapping[str, list[BaseGeometry]] = field(default_factory=dict)
    open: tuple[Question, ...] = ()


def read_features(
    data: bytes,
    *,
    filename: str,
    answers: Answers | None = None,
    wanted: str = "Point",
    most: int = FEATURE_LIMIT,
    areas: bool = False,
) -> Features:
    """
    Every feature of an uploaded file, of any kind; FileRefused where it cannot be used at all.

    The name is recorded, never opened or trusted. Of several layers those of the kind `wanted` are offered first; more than
    `most` features are refused. With `areas` the rules of boundaries are applied (`boundary_rules`).
    """
    answers = dict(answers or {})
    if len(data) > SIZE_LIMIT_MB * 1_000_000:
        raise FileRefused("file_size", limit=SIZE_LIMIT_MB)
    if not data:
        raise FileRefused("no_shapes")
    name = typed("file_name", PurePosixPath(filename.replace("\\", "/")).name[:200])
    told = _asked(data, {"answers": answers, "wanted": wanted, "most": most, "areas": areas})
    if "refused" in told:
        raise FileRefused(told["refused"], **told["details"])
    return _features(told, answers, digest=hashlib.sha256(data).hexdigest(), name=name)


def _features(told: dict[str, Any], answers: Answers, *, digest: str, name: str) -> Features:
    """The worker's answer, as it is handed on."""
    if "asked" in told:
        question = _question(told["asked"])
        return Features((), (), "", None, "", None, (question,), (), (), digest, name, open=(question,))
    questions = tuple(map(_question, told["questions"]))
    return Features(
        rows=tuple(
            Feature(row["row"], row["attributes"], row["kind"], shapely.from_wkb(row["wkb"]))
            for row in told["rows"]
        ),
        fields=tuple(told["fields"]),
        format=told["format"],
        encoding=told["encoding"],
        source_crs=told["source_crs"],
        layer=told["layer"],
        questions=questions,
        left_out=tuple(LeftOut(**item) for item in told["left_out"]),
        notes=tuple(Note(note.pop("code"), note) for note in told["notes"]),
        sha256=digest,
        filename=name,
        drawn={key: list(shapely.from_wkb(shapes)) for key, shapes in told["drawn"].items()},
        open=tuple(open_ones(questions, answers)),
    )


def _question(told: dict[str, Any]) -> Question:
    candidates = tuple(
        Candidate(answer, named, say, tuple(sample)) for answer, named, say, sample in told["candidates"]
    )
    return Question(
        told["id"], told["why"], candidates, told["default"], asked=told["asked"], details=told["details"]
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
