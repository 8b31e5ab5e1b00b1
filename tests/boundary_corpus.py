"""Boundary files as GIS software writes them, and as nobody should: made anew for each run."""

import io
import json
import struct
import warnings
import zipfile
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import shapely
from shapely.geometry import box

SUAN_DOK = box(98.965, 18.787, 98.975, 18.795)
MAE_HIA = box(98.93, 18.755, 98.945, 18.765)
BOW_TIE = shapely.Polygon([(98.96, 18.78), (98.98, 18.80), (98.98, 18.78), (98.96, 18.80)])


def districts(*geometries, **columns) -> geopandas.GeoDataFrame:
    shapes = list(geometries) or [SUAN_DOK, MAE_HIA]
    names = {
        "code": [f"area_{number}" for number in range(len(shapes))],
        "name_th": ["ย่านสวนดอก", "ย่านแม่เหียะ"][: len(shapes)] + ["ย่าน"] * (len(shapes) - 2),
    }
    return geopandas.GeoDataFrame(names | columns, geometry=shapes, crs=4326)


def written(table: geopandas.GeoDataFrame, folder: Path, name: str, **options) -> bytes:
    path = folder / name
    with warnings.catch_warnings():
        # pyogrio: a file without a coordinate system is what some of these tests are about
        warnings.filterwarnings("ignore", message="'crs' was not provided", category=UserWarning)
        pyogrio.write_dataframe(table, path, **options)
    return path.read_bytes()


def shapefile(table, folder: Path, *, drop=(), encoding="UTF-8", name="districts") -> bytes:
    folder.mkdir(exist_ok=True)
    written(table, folder, f"{name}.shp", encoding=encoding)
    kept = {path.name: path.read_bytes() for path in folder.glob(f"{name}.*") if path.suffix not in drop}
    return zipped(kept)


def zipped(members: dict[str, bytes | str], *, method=zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def geojson(*geometries, **members) -> bytes:
    features = [
        {"type": "Feature", "properties": {"name": f"n{number}"}, "geometry": shapely.geometry.mapping(shape)}
        for number, shape in enumerate(geometries)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features, **members}).encode()


def kml(body: str, *, before: str = "") -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>{before}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'


def placemark(coordinates: str, *, name: str = "ย่าน") -> str:
    return (
        f"<Placemark><name>{name}</name><Polygon><outerBoundaryIs><LinearRing><coordinates>{coordinates}"
        "</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
    )


def symlinked() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("a.shp")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return buffer.getvalue()


def locked() -> bytes:
    """A zip whose directory says its member has a password (bit 0 of the flags)."""
    data = bytearray(zipped({"a.shp": b"x" * 100}))
    at = data.rfind(b"PK\x01\x02")
    data[at + 8] |= 1
    data[6] |= 1
    return bytes(data)


def many_vertices_shapefile(count: int) -> bytes:
    """A Shapefile written by hand: one ring of `count` equal-spaced points, mostly zeros so that it packs."""
    points = np.zeros((count, 2))
    points[:] = (98.97, 18.79)
    points[0] = points[-1] = (98.98, 18.80)
    content = struct.pack("<i4d2i", 5, 98.97, 18.79, 98.98, 18.80, 1, count) + struct.pack("<i", 0)
    content += points.tobytes()
    record = struct.pack(">2i", 1, len(content) // 2) + content
    head = struct.pack(">7i", 9994, 0, 0, 0, 0, 0, (100 + len(record)) // 2)
    head += struct.pack("<2i8d", 1000, 5, 98.97, 18.79, 98.98, 18.80, 0, 0, 0, 0)
    index = (
        struct.pack(">7i", 9994, 0, 0, 0, 0, 0, 54) + head[28:] + struct.pack(">2i", 50, len(content) // 2)
    )
    fields = b"code".ljust(11, b"\0") + b"C" + bytes(4) + bytes([5, 0]) + bytes(14)
    table = struct.pack("<4BIHH20x", 3, 126, 1, 1, 1, 65, 6) + fields + b"\r" + b" aaaaa" + b"\x1a"
    # stored members would be 80 MB: level 1 keeps the ratio of the whole under 100 by padding with noise
    noise = np.random.default_rng(1).bytes(1_500_000)
    return zipped({"a.shp": head + record, "a.shx": index, "a.dbf": table, "a.txt": noise})
