"""
The process that opens uploaded boundary files: `python -m cmi_core.boundary_worker FOLDER`.

It reads `upload.bin` and `question.json` in FOLDER and writes `answer.json`. It may crash or be killed;
`boundaries` turns that into a sentence. It never sees a path or a name the reader chose.
"""

import json
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from cmi_core.errors import FileRefused
from cmi_core.geography.boundary_files import unpacked

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
    """What `boundaries` is told: the areas, or the reason for refusing."""
    try:
        return _areas(upload, question)
    except FileRefused as refusal:
        return {"refused": refusal.reason, "details": refusal.details}
    except MemoryError:
        return {"refused": "file_memory", "details": {}}


def _areas(upload: Path, question: dict[str, Any]) -> dict[str, Any]:
    """GIS libraries are loaded only for a file that passed; pyogrio starts twice as fast without pandas."""
    file = unpacked(upload, layer=question["layer"])
    for unneeded in ("pandas", "geopandas", "pyarrow"):
        sys.modules[unneeded] = None  # ty: ignore[invalid-assignment]
    found = import_module("cmi_core.geography.boundary_shapes").shapes(file, layer=question["layer"])
    result = import_module("cmi_core.geography.boundary_rules").accepted(found, answer=question["crs"])
    return {
        "format": file.format,
        "layer": found.layer,
        "encoding": found.encoding,
        "source_crs": result.source_crs,
        "notes": result.notes,
        "areas": [
            {
                "row": area.row,
                "code": area.code,
                "name_th": area.name_th,
                "name_en": area.name_en,
                "attributes": area.attributes,
                "wkb": area.geometry.wkb_hex,
            }
            for area in result.areas
        ],
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
