"""
The optional base map of the city: a PMTiles file of vector tiles that the operator puts beside the database.

Only its head is read here (PMTiles specification, version 3, section 3); the browser fetches the tiles it needs by
ranges of bytes. A file that is no such map, is cut short, or holds what the browser cannot draw is told in words.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

from cmi_core.errors import FileRefused

_HEAD = struct.Struct("<7sB11Q6B4i")
_READABLE = {1: "none", 2: "gzip"}  # compressions a browser can undo
_VECTOR = 1


@dataclass(frozen=True)
class Basemap:
    """A file that can be drawn. `mark` is another one whenever the file is; `bounds` are west, south, east, north."""

    path: Path
    mark: str
    min_zoom: int
    max_zoom: int
    bounds: tuple[float, float, float, float]


def basemap(path: Path) -> Basemap | None:
    """The map in a file, None where there is no file. Raises FileRefused where it cannot be drawn."""
    try:
        about = path.stat()
        with path.open("rb") as file:
            head = file.read(_HEAD.size)
    except FileNotFoundError:
        return None
    except OSError as cause:
        raise FileRefused("basemap_unreadable", file=path.name) from cause
    if len(head) < _HEAD.size or not head.startswith(b"PMTiles\x03"):
        raise FileRefused("basemap_type", file=path.name)
    _, _, *numbers = _HEAD.unpack(head)
    tiles_from, tiles_length = numbers[6:8]
    _, packed, tiles_packed, tile_type, min_zoom, max_zoom = numbers[11:17]
    if tiles_from + tiles_length > about.st_size:
        raise FileRefused("basemap_cut", file=path.name)
    if tile_type != _VECTOR:
        raise FileRefused("basemap_raster", file=path.name)
    if packed not in _READABLE or tiles_packed not in _READABLE:
        raise FileRefused("basemap_packed", file=path.name)
    west, south, east, north = (number / 1e7 for number in numbers[17:21])
    mark = f"{about.st_mtime_ns:x}-{about.st_size:x}"
    return Basemap(path, mark, min_zoom, max_zoom, (west, south, east, north))
