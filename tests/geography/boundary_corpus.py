"""Boundary files as GIS software writes them, and as nobody should: made anew for each run."""

import io
import json
import math
import sqlite3
import struct
import warnings
import zipfile
from contextlib import closing
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import shapely
import shapely.affinity
from shapely.geometry import box

SUAN_DOK = box(98.965, 18.787, 98.975, 18.795)
MAE_HIA = box(98.93, 18.755, 98.945, 18.765)
TRIANGLE = "98.9,18.7 98.91,18.7 98.91,18.71 98.9,18.7"
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
    """A Shapefile written by hand: one ring of `count` points, most in one place so that it packs."""
    points = np.full((count, 2), (98.97, 18.79))
    points[0] = points[-1] = (98.98, 18.80)
    # Noise beside it keeps the ratio of the whole under 100: it shall be refused for its points.
    noise = np.random.default_rng(1).bytes(1_500_000)
    return _one_record(points, np.zeros(1, "<i4"), (98.97, 18.79, 98.98, 18.80), {"a.txt": noise})


# A view over which a careless reader would count for ever.
ENDLESS = (
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS fid, geom FROM c, districts"
)
LINK = {"type": "link", "properties": {"href": "http://192.0.2.1/crs"}}


def geopackage_view(folder: Path, query: str) -> bytes:
    """A GeoPackage with a second layer that is a view, and a trigger, as SQLite allows them."""
    path = folder / "view.gpkg"
    path.unlink(missing_ok=True)
    written(districts(), folder, path.name, layer="districts")
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            f"""
            CREATE VIEW v AS {query};
            CREATE TRIGGER harm AFTER INSERT ON districts BEGIN DELETE FROM districts; END;
            INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('v', 'features', 'v', 4326);
            INSERT INTO gpkg_geometry_columns VALUES ('v', 'geom', 'POLYGON', 4326, 0, 0);
            """
        )
    return path.read_bytes()


def geopackage_with(folder: Path, *, points: int | None = None, tail: bytes = b"") -> bytes:
    """A GeoPackage whose one ring says it has so many points, or whose last corner begins with `tail`."""
    path = folder / "altered.gpkg"
    path.unlink(missing_ok=True)
    written(districts(SUAN_DOK), folder, path.name, layer="districts")
    with closing(sqlite3.connect(path)) as database:
        # They would check the geometry with functions that only GDAL's SQLite has.
        for (trigger,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        shape = bytearray(database.execute("SELECT geom FROM districts").fetchone()[0])
        ring = len(shape) - 5 * 16  # five corners of two numbers end the shape, after their count
        if points is not None:
            shape[ring - 4 : ring] = struct.pack("<I", points)
        if tail:
            shape[-16 : -16 + len(tail)] = tail
        database.execute("UPDATE districts SET geom = ?", (bytes(shape),))
        database.commit()
    return path.read_bytes()


def nested(shape: shapely.Geometry, depth: int) -> bytes:
    """One shape within so many collections."""
    inner = json.dumps(shapely.geometry.mapping(shape))
    return ('{"type":"GeometryCollection","geometries":[' * depth + inner + "]}" * depth).encode()


def holes_shapefile(count: int) -> bytes:
    """A Shapefile written by hand: one square with `count` triangular holes in rows."""
    side = int(count**0.5) + 1
    number = np.arange(count)
    x, y, wide = 98.01 + number % side * (0.98 / side), 18.01 + number // side * (0.98 / side), 0.3 / side
    corners = [(x, y), (x + wide, y), (x, y + wide), (x, y)]
    holes = np.stack([np.stack(at, axis=1) for at in corners], axis=1).reshape(-1, 2)
    points = np.concatenate([[(98, 18), (98, 19), (99, 19), (99, 18), (98, 18)], holes])
    starts = np.concatenate([[0], 5 + 4 * number]).astype("<i4")
    return _one_record(points, starts, (98, 18, 99, 19))


def _one_record(
    points: np.ndarray, starts: np.ndarray, bounds: tuple[float, ...], beside: dict[str, bytes] | None = None
) -> bytes:
    """A zipped Shapefile of one polygon (ESRI Shapefile description, 1998)."""
    content = (
        struct.pack("<i4d2i", 5, *bounds, len(starts), len(points))
        + starts.tobytes()
        + points.astype("<f8").tobytes()
    )
    record = struct.pack(">2i", 1, len(content) // 2) + content
    head = struct.pack(">7i", 9994, 0, 0, 0, 0, 0, (100 + len(record)) // 2)
    head += struct.pack("<2i8d", 1000, 5, *bounds, 0, 0, 0, 0)
    index = (
        struct.pack(">7i", 9994, 0, 0, 0, 0, 0, 54) + head[28:] + struct.pack(">2i", 50, len(content) // 2)
    )
    fields = b"code".ljust(11, b"\0") + b"C" + bytes(4) + bytes([5, 0]) + bytes(14)
    table = struct.pack("<4BIHH20x", 3, 126, 1, 1, 1, 65, 6) + fields + b"\r" + b" aaaaa" + b"\x1a"
    return zipped({"a.shp": head + record, "a.shx": index, "a.dbf": table, **(beside or {})})


def hostile(folder: Path) -> dict[str, tuple[bytes, str]]:
    """Files that are no boundaries, or mean harm, with the reason each is refused for."""
    return broken(folder) | false(folder) | large(folder)


def broken(folder: Path) -> dict[str, tuple[bytes, str]]:
    """Files of another kind, cut ones, and archives that mean harm."""
    geopackage = written(districts(), folder, "a.gpkg")
    parts = {f"a.{suffix}": b"x" for suffix in ("shp", "shx", "dbf")}
    two_layers = written(districts(), folder, "two.gpkg", layer="old")
    two_layers = written(districts(), folder, "two.gpkg", layer="new", append=True)
    twice = {**dict.fromkeys((f"x.{s}" for s in ("shp", "shx", "dbf")), b""), "y.shp": b""}
    return {
        "nothing": (b"", "no_shapes"),
        "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "file_type"),
        "a page of text": (b"lon,lat\n98,18\n", "file_type"),
        "another XML": (b"<?xml version='1.0'?><svg><g/></svg>", "file_type"),
        "a GPX without anything": (b"<?xml version='1.0'?><gpx version='1.1'></gpx>", "no_shapes"),
        "a GPX of half a place": (
            b"<?xml version='1.0'?><gpx version='1.1'><wpt lat='18'/></gpx>",
            "no_shapes",
        ),
        "a TopoJSON": (b'{"type":"Topology","objects":{}}', "file_type"),
        "a plain SQLite file": (b"SQLite format 3\x00" + bytes(200), "file_type"),
        "a lone .shp": (b"\x00\x00\x27\x0a" + bytes(96), "shp_parts"),
        "a zip of text": (zipped({"readme.txt": "hello"}), "file_type"),
        "an empty zip": (zipped({}), "no_shapes"),
        "no .dbf": (zipped({"a.shp": b"x", "a.shx": b"x"}), "shp_parts"),
        "garbage inside": (zipped(parts), "file_broken"),
        "two Shapefiles": (zipped(twice), "asks layer"),
        "two layers": (two_layers, "asks layer"),
        "two geodatabases": (
            zipped({f"{name}.gdb/a00000001.gdbtable": b"x" for name in "ab"}),
            "gdb_several",
        ),
        "a geodatabase of rubbish": (zipped({"a.gdb/a00000001.gdbtable": b"x" * 99}), "file_broken"),
        "a geodatabase of 601 files": (zipped({f"a.gdb/{n}": b"x" for n in range(601)}), "zip_members"),
        "path up": (zipped({"../a.shp": "x"}), "zip_path"),
        "path up, Windows": (zipped({"..\\a.shp": "x"}), "zip_path"),
        "absolute path": (zipped({"/etc/a.shp": "x"}), "zip_path"),
        "drive": (zipped({"C:/a.shp": "x"}), "zip_path"),
        "symlink": (symlinked(), "zip_path"),
        "password": (locked(), "zip_password"),
        "zip in a zip": (zipped({"a.dat": zipped({"b": "c"})}), "zip_nested"),
        "61 files": (zipped({f"{n}.txt": "x" for n in range(61)}), "zip_members"),
        "bomb": (zipped({"a.shp": bytes(101_000_000)}), "zip_big"),
        "smaller bomb": (zipped({"a.shp": bytes(60_000_000)}), "zip_ratio"),
        "cut zip": (zipped({"a.shp": bytes(range(256)) * 9})[:-40], "file_broken"),
        "cut GeoPackage": (geopackage[:50_000], "file_broken"),
        "spoilt GeoPackage": (geopackage[:200] + b"\xff" * 90_000 + geopackage[90_200:], "file_broken"),
        "cut GeoJSON": (geojson(SUAN_DOK)[:-9], "file_broken"),
        "cut KML": (kml(placemark(TRIANGLE)).encode()[:-9], "file_broken"),
    }


def false(folder: Path) -> dict[str, tuple[bytes, str]]:
    """Files that open, and say what cannot be."""
    doctype = '<!DOCTYPE kml [<!ENTITY a "b">]>'
    laughs = '<!DOCTYPE kml [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    metres = districts(SUAN_DOK).to_crs(32647).geometry[0]
    nowhere = shapely.affinity.translate(metres, 0, 7_000_000)
    said_degrees = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    return {
        "DTD": (kml(placemark(TRIANGLE), before=doctype).encode(), "kml_dtd"),
        "entities in a KMZ": (zipped({"doc.kml": kml("&b;&c;", before=laughs)}), "kml_dtd"),
        "deep brackets": (b'{"type":"FeatureCollection","features":' + b"[" * 300_000, "file_broken"),
        "words for numbers": (geojson(SUAN_DOK).replace(b"98.975", b'"east"'), "row_broken"),
        "no features": (geojson(), "no_shapes"),
        "empty shape": (geojson(shapely.Polygon()), "no_shapes"),
        "lines": (geojson(shapely.LineString([(98.9, 18.7), (99, 18.8)])), "not_polygon"),
        "points": (geojson(shapely.Point(98.9, 18.7)), "not_polygon"),
        "infinity": (geojson(SUAN_DOK).replace(b"98.975", b"Infinity"), "file_broken"),
        "Paris": (geojson(box(2.3, 48.8, 2.4, 48.9)), "outside_thailand"),
        "metres called degrees": (geojson(metres, crs=said_degrees), "asks crs"),
        "metres called degrees, and of nowhere": (geojson(nowhere, crs=said_degrees), "crs_wrong"),
        "metres, nothing said": (geojson(metres), "asks crs"),
        "metres of nowhere": (geojson(nowhere), "crs_nowhere"),
        "not a number": (geojson(SUAN_DOK).replace(b"98.975", b"NaN"), "row_broken"),
        "not a number, deep inside": (
            geopackage_with(folder, tail=struct.pack("<d", math.nan)),
            "file_broken",
        ),
        "a number beyond any map": (geojson(SUAN_DOK).replace(b"98.975", b"1e308"), "coordinates_absurd"),
        "a number of 5,000 digits": (geojson(SUAN_DOK).replace(b"98.975", b"9" * 5000), "file_broken"),
        "says it has 4 billion points": (geopackage_with(folder, points=0xFFFFFFF0), "file_broken"),
        "an entity that reads a file": (kml("&c;", before=laughs).encode(), "kml_dtd"),
        "a crs that is a link": (geojson(SUAN_DOK, crs=LINK), "crs_unknown"),
    }


def large(folder: Path) -> dict[str, tuple[bytes, str]]:
    """Files that would take the memory or the time of the server."""
    return {
        "21 MB": (b"{" + bytes(20_000_000), "file_size"),
        "501 shapes": (geojson(*[SUAN_DOK] * 501), "features"),
        "501 placemarks": (kml(placemark(TRIANGLE) * 501).encode(), "features"),
        "brackets for 15 MB": (b'{"type":"FeatureCollection","features":[' + b"[" * 15_000_000, "vertices"),
        "KML of 500,000 vertices": (kml(placemark("98.9,18.7 " * 500_000)).encode(), "vertices"),
        "5 million vertices": (many_vertices_shapefile(5_000_000), "vertices"),
        "a million holes": (holes_shapefile(1_000_000), "vertices"),
        "a view that never ends": (geopackage_view(folder, ENDLESS), "file_slow"),
        "a view of a gigabyte": (
            geopackage_view(folder, "SELECT 1 AS fid, zeroblob(1000000000) AS geom"),
            "asks layer",
        ),
        "nested collections": (nested(SUAN_DOK, 3_000), "file_broken"),
        "nested folders": (kml("<Folder>" * 200_000 + "</Folder>" * 200_000).encode(), "file_broken"),
    }
