"""A small PMTiles file of a made-up lake around the old town, written by GDAL as an operator's tool would."""

import struct
from pathlib import Path

import geopandas
import pyogrio
import shapely

LAKE = shapely.box(98.90, 18.70, 99.08, 18.88)


def write(path: Path, *, layer: str = "water", most: int = 14) -> Path:
    """Vector tiles of zoom 9 to `most` with one layer of the Protomaps schema."""
    table = geopandas.GeoDataFrame({"kind": ["lake"], "name": ["บึง"]}, geometry=[LAKE], crs=4326)
    pyogrio.write_dataframe(table, path, driver="PMTiles", layer=layer, MINZOOM=9, MAXZOOM=most)
    return path


def with_byte(data: bytes, at: int, value: int) -> bytes:
    """The file with one byte of its head changed, as by another tool or a fault."""
    return data[:at] + struct.pack("B", value) + data[at + 1 :]
