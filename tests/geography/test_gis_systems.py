"""Where a file's numbers lie: what it says is held against the map, and what it leaves open is asked."""

import numpy as np
import pyproj
import pytest
import shapely
from shapely.geometry import box

from cmi_core.errors import FileRefused
from cmi_core.geography.gis_systems import SYSTEMS, placed

HERE = box(98.95, 18.77, 98.96, 18.78)
BESIDE = box(98.96, 18.77, 98.97, 18.78)
UNNAMED = 'DATUM["D_user_defined",SPHEROID["{name}",{axis},{flat}]]'


def turned(shape, crs):
    change = pyproj.Transformer.from_crs(4326, crs, always_xy=True, allow_ballpark=False)
    return shapely.transform(shape, change.transform, interleaved=False)


def found(*shapes, says=None, prescribed=False, **answers):
    return placed(list(shapes), says, prescribed=prescribed, answers=answers)


def offered(result):
    (question,) = result.questions
    return [candidate.answer for candidate in question.candidates]


def off_m(shape, expected):
    return (
        float(np.abs(shapely.get_coordinates(shape)[0] - shapely.get_coordinates(expected)[0]).max())
        * 111_000
    )


@pytest.mark.parametrize("crs", [code for code in SYSTEMS if pyproj.CRS(code).is_projected])
def test_silent_metres_are_asked_with_the_right_one_among_the_answers(crs):
    shapes = [turned(shape, crs) for shape in (HERE, BESIDE)]
    result = found(*shapes)
    question = result.questions[0]

    assert str(crs) in offered(result)
    assert question.default is None
    assert set(result.drawn) == set(offered(result))
    for answer in offered(result):  # each of them lies in Thailand, where it is said to lie
        settled = found(*shapes, crs=answer)
        west, south, *_ = settled.geometries[0].bounds
        assert (97 < west < 106, 5 < south < 21) == (True, True)
    assert off_m(found(*shapes, crs=str(crs)).geometries[0], HERE) < 1


def test_of_web_mercator_nothing_else_is_offered():
    assert offered(found(turned(HERE, 3857))) == ["3857"]


def test_a_system_that_the_metres_are_not_in_is_no_answer():
    with pytest.raises(FileRefused, match="answer_unknown"):
        found(turned(HERE, 3857), crs="32647")


@pytest.mark.parametrize("made", [24047, 23947])
def test_an_unnamed_datum_is_asked(made):
    wkt = (
        pyproj.CRS(24047)
        .to_wkt("WKT1_ESRI")
        .replace("D_Indian_1975", "D_user_defined")
        .replace("GCS_Indian_1975", "GCS_user_defined")
    )
    wkt = wkt.replace("Indian_1975_UTM_Zone_47N", "UTM_Zone_47")
    result = found(turned(HERE, made), says=wkt)

    assert offered(result) == ["24047", "23947"]
    assert result.questions[0].why == "gis_files.crs_doubtful"
    assert off_m(found(turned(HERE, made), says=wkt, crs=str(made)).geometries[0], HERE) < 1


def test_an_unnamed_datum_in_degrees_is_asked_too():
    wkt = (
        pyproj.CRS(4240)
        .to_wkt("WKT1_ESRI")
        .replace("D_Indian_1975", "D_unknown")
        .replace("GCS_Indian_1975", "GCS_own")
    )
    result = found(turned(HERE, 4240), says=wkt)

    assert offered(result)[0] == "4240"
    assert off_m(found(turned(HERE, 4240), says=wkt, crs="4240").geometries[0], HERE) < 1


def test_an_ellipsoid_of_the_satellites_needs_no_name_of_its_datum():
    wkt = (
        pyproj.CRS(32647)
        .to_wkt("WKT1_ESRI")
        .replace("D_WGS_1984", "D_own")
        .replace("GCS_WGS_1984", "GCS_own")
        .replace("WGS_1984_UTM_Zone_47N", "own")
    )
    result = found(turned(HERE, 32647), says=wkt)

    assert result.questions == ()
    assert off_m(result.geometries[0], HERE) < 1


def test_an_own_projection_on_a_known_datum_is_believed():
    own = pyproj.CRS("+proj=tmerc +lat_0=0 +lon_0=99 +k=0.9999 +x_0=500000 +y_0=0 +datum=WGS84 +units=m")
    result = found(turned(HERE, own), says=own.to_wkt())

    assert result.questions == ()
    assert off_m(result.geometries[0], HERE) < 0.1


def test_an_own_projection_on_the_datum_of_thailand_gets_its_shift():
    base = pyproj.CRS(4240)
    way = pyproj.crs.coordinate_operation.TransverseMercatorConversion(0, 99, 500_000, 0, 0.9999)
    own = pyproj.crs.ProjectedCRS(way, name="own", geodetic_crs=base)
    result = found(turned(HERE, own), says=own.to_wkt("WKT1_ESRI"))

    assert result.questions == ()
    assert off_m(result.geometries[0], HERE) < 1


def test_what_the_file_says_is_not_believed_where_it_would_lie_elsewhere():
    """Its numbers are in another zone, or in metres though it says degrees."""
    for says in ("EPSG:32633", "EPSG:4326"):
        result = found(turned(HERE, 32647), says=says)
        assert (offered(result)[0], result.questions[0].why) == ("32647", "gis_files.crs_elsewhere")


def test_silent_degrees_are_shown_and_can_be_corrected():
    result = found(turned(HERE, 4240))
    (question,) = result.questions

    assert (question.default, question.asked, result.source_crs) == ("4326", False, "EPSG:4326")
    assert off_m(found(turned(HERE, 4240), crs="4240").geometries[0], HERE) < 1


def test_a_format_that_prescribes_degrees_asks_nothing():
    assert found(HERE, prescribed=True).questions == ()


def test_one_row_elsewhere_leaves_the_others_where_they_are():
    result = found(HERE, BESIDE, box(2.3, 48.8, 2.4, 48.9), turned(HERE, 32647), None, prescribed=True)

    assert [shape is not None for shape in result.geometries] == [True, True, False, False, False]
    assert set(result.strays) == {3, 4}
    assert result.strays[3] == "48.8, 2.3"


@pytest.mark.parametrize(
    ("shape", "says", "reason"),
    [
        (box(2.3, 48.8, 2.4, 48.9), None, "outside_thailand"),
        (box(2.3, 48.8, 2.4, 48.9), "EPSG:4326", "outside_thailand"),
        (box(5e6, 9e6, 5.1e6, 9.1e6), None, "crs_nowhere"),
        (box(5e6, 9e6, 5.1e6, 9.1e6), "EPSG:4326", "crs_wrong"),
        (HERE, "EPSG:999999", "crs_unknown"),
    ],
)
def test_what_lies_nowhere_is_refused(shape, says, reason):
    with pytest.raises(FileRefused, match=reason):
        found(shape, says=says)
