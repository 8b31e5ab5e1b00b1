"""`python -m cmi_core import preview`: what a file would change, as the page would show it; nothing is changed."""

import argparse
import base64
import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cmi_core import text
from cmi_core.errors import FileRefused, StoreError
from cmi_core.store import Store, admin_channel, opening
from cmi_core.store.opening import data_directory, database, open_existing, open_store
from cmi_core.tables.outside_json import read_json
from cmi_core.web import previews

MORE = ("account", "framework", "year", "producer", "title")


def register(subjects: argparse._SubParsersAction) -> None:
    """Add the subject `import`."""
    subject = subjects.add_parser("import", help="what a file would change")
    deeds = subject.add_subparsers(dest="deed", required=True)
    showing = deeds.add_parser("preview", help="print as JSON what the page would show; nothing is changed")
    showing.add_argument("kind", choices=previews.KINDS)
    showing.add_argument("file", type=Path)
    showing.add_argument("--answers", type=Path, help="a JSON object: the answer to each question by its id")
    showing.add_argument("--language", choices=text.LANGUAGES, default="en")
    showing.add_argument("--account", help="values: whose KPIs are taken (default: all)")
    showing.add_argument("--framework", help="scores: code of the release")
    showing.add_argument("--year", help="scores: the year in the Common Era where the file names none")
    showing.add_argument("--producer", help="points: who made them; points of the same source are renewed")
    showing.add_argument("--title", help="points: what their source is called")
    showing.set_defaults(run=preview)


def preview(arguments: argparse.Namespace) -> int:
    """Print what a file would change, read by the running server if there is one."""
    data = _content(arguments.file)
    answers = _answers(arguments.answers)
    more = {name: getattr(arguments, name) for name in MORE}
    given: dict[str, Any] = {
        "name": arguments.file.name,
        "answers": answers,
        "language": arguments.language,
        **more,
    }
    told = _read(arguments.kind, data, given)
    print(json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False))
    return 0


def _read(kind: str, data: bytes, given: Mapping[str, Any]) -> Mapping[str, object]:
    """By ourselves, by the server that has the database open, or beside a fresh one where there is none yet."""
    if not database().exists():
        with TemporaryDirectory(prefix="preview-") as folder:
            return _beside(open_store(Path(folder) / database().name, kind=opening.kind()), kind, data, given)
    try:
        store = open_existing()
    except StoreError as refusal:
        if refusal.reason != "database_locked":
            raise
        sent = base64.b64encode(data).decode("ascii")
        return admin_channel.ask(data_directory(), "preview", {"kind": kind, "data": sent, **given})
    return _beside(store, kind, data, given)


def _beside(store: Store, kind: str, data: bytes, given: Mapping[str, Any]) -> Mapping[str, object]:
    try:
        return previews.preview(store, kind, data, **given)
    finally:
        store.close()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise FileRefused(
            "file_unreadable", file=str(path), why=problem.strerror or str(problem)
        ) from problem


def _answers(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    told = read_json(_content(path), FileRefused("answers_broken", file=str(path)))
    if not isinstance(told, dict) or not all(isinstance(each, str) for each in told.values()):
        raise FileRefused("answers_broken", file=str(path))
    return told
