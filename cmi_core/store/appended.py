"""Files beside the database that are only ever appended to: a line that was cut spoils no other one."""

import os
from pathlib import Path


def append(file: Path, *lines: str) -> None:
    """Add whole lines; one that a kill or a full disk left without its end stays by itself. Raises OSError."""
    added = "".join(f"{line}\n" for line in lines)
    with file.open("ab+") as held:
        if held.tell():
            held.seek(-1, os.SEEK_END)
            if held.read(1) != b"\n":
                added = f"\n{added}"
        held.write(added.encode())


def lines_of(file: Path) -> list[str]:
    """The lines of a file, none where there is no file; what cannot be read as text is replaced. Raises OSError."""
    return file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else []
