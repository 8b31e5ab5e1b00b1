"""
The process that opens uploaded GIS files: `python -m cmi_core.geography.boundary_worker FOLDER`.

It reads `upload.bin` and `question.json` in FOLDER and writes `answer.json`. It may crash or be killed;
`gis_files` turns that into a sentence. It never sees a path or a name the reader chose.
"""

import json
import sys
from contextlib import suppress
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from cmi_core.errors import FileRefused
from cmi_core.geography.boundary_files import Asking, StillAsked, Unpacked, unpacked

MEGABYTE = 1_000_000
MEMORY_MB = 900
CPU_SECONDS = 20
WRITTEN_MB = 120


def main(folder: Path) -> None:
    """Answer the question in `folder`."""
    limit_resources()
    question = json.loads((folder / "question.json").read_text(encoding="utf-8"))
    (folder / "answer.json").write_text(json.dumps(answer(folder / "upload.bin", question)), encoding="utf-8")


def limit_resources() -> None:
    """Cap memory, processor time and file size; systems that refuse a limit keep the others."""
    with suppress(ImportError):  # Windows has no such module
        resource = import_module("resource")
        for name, limit in {
            "RLIMIT_AS": MEMORY_MB * MEGABYTE,
            "RLIMIT_CPU": CPU_SECONDS,
            "RLIMIT_FSIZE": WRITTEN_MB * MEGABYTE,
            "RLIMIT_CORE": 0,
        }.items():
            with suppress(ValueError, OSError, AttributeError):  # macOS refuses RLIMIT_AS
                resource.setrlimit(getattr(resource, name), (limit, limit))


def answer(upload: Path, question: dict[str, Any]) -> dict[str, Any]:
    """What `gis_files` is told: what was read, what is asked before anything can be, or the reason for refusing."""
    try:
        return _read(upload, question)
    except StillAsked as still:
        return {"asked": asdict(still.question)}
    except FileRefused as refusal:
        return {"refused": refusal.reason, "details": refusal.details}
    except MemoryError:
        return {"refused": "file_memory", "details": {}}


def _read(upload: Path, question: dict[str, Any]) -> dict[str, Any]:
    """GIS libraries are loaded only for a file that passed; pyogrio starts twice as fast without pandas."""
    asking = Asking(question["answers"], question["wanted"], question["most"])
    file = unpacked(upload, asking)
    for unneeded in ("pandas", "geopandas", "pyarrow"):
        sys.modules[unneeded] = None  # ty: ignore[invalid-assignment]
    return _told(file, asking, areas=question["areas"])


def _told(file: Unpacked, asking: Asking, *, areas: bool) -> dict[str, Any]:
    found = import_module("cmi_core.geography.boundary_shapes").shapes(file, asking)
    features = import_module("cmi_core.geography.gis_features").features(found, asking)
    if areas:
        features = import_module("cmi_core.geography.boundary_rules").accepted(features)
    return {
        "format": file.format,
        "layer": found.layer,
        "encoding": found.text.encoding,
        "fields": found.fields,
        "source_crs": features.source_crs,
        "questions": [asdict(asked) for asked in features.questions],
        "left_out": [asdict(item) for item in features.left_out],
        "notes": list(features.notes),
        "drawn": {key: [shape.wkb_hex for shape in drawn] for key, drawn in features.drawn.items()},
        "rows": [
            {"row": row.row, "attributes": row.attributes, "kind": row.kind, "wkb": row.geometry.wkb_hex}
            for row in features.rows
        ],
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
