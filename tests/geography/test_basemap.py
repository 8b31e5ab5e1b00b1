"""The operator's base map is offered when it can be drawn, and told in words when it cannot."""

import pytest

from cmi_core.errors import FileRefused
from cmi_core.geography.basemap import basemap
from tests.geography.city_tiles import with_byte, write

# Places in the head of a PMTiles file of version 3.
VERSION, DIRECTORIES_PACKED, TILES_PACKED, TILE_TYPE = 7, 97, 98, 99


def test_no_file_is_no_base_map(tmp_path):
    assert basemap(tmp_path / "basemap.pmtiles") is None


def test_a_file_says_its_zooms_and_where_it_lies(tmp_path):
    found = basemap(write(tmp_path / "basemap.pmtiles", most=12))

    assert (found.min_zoom, found.max_zoom) == (9, 12)
    # GDAL widens the frame to whole tiles of the lowest zoom at most.
    west, south, east, north = found.bounds
    assert 97.5 < west <= 98.91 < 99.07 <= east < 100
    assert 18 < south <= 18.71 < 18.87 <= north < 19.5


def test_another_file_has_another_mark(tmp_path):
    path = write(tmp_path / "basemap.pmtiles", most=12)
    before = basemap(path).mark
    path.unlink()
    write(path, most=13)

    assert basemap(path).mark != before


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: b"PK\x03\x04" + data[4:], "basemap_type"),
        (lambda data: with_byte(data, VERSION, 2), "basemap_type"),
        (lambda data: data[:60], "basemap_type"),
        (lambda data: b"", "basemap_type"),
        (lambda data: data[:-10], "basemap_cut"),
        (lambda data: with_byte(data, TILE_TYPE, 2), "basemap_raster"),
        (lambda data: with_byte(data, TILES_PACKED, 4), "basemap_packed"),
        (lambda data: with_byte(data, DIRECTORIES_PACKED, 3), "basemap_packed"),
    ],
)
def test_what_cannot_be_drawn_is_refused(tmp_path, change, reason):
    path = write(tmp_path / "basemap.pmtiles")
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(FileRefused) as refused:
        basemap(path)

    assert refused.value.reason == reason


def test_a_folder_in_its_place_is_refused(tmp_path):
    (tmp_path / "basemap.pmtiles").mkdir()
    with pytest.raises(FileRefused) as refused:
        basemap(tmp_path / "basemap.pmtiles")

    assert refused.value.reason == "basemap_unreadable"
