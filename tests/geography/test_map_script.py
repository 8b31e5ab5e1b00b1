"""The map's script never changes, names no outside host, and no name can break out of it."""

import re

from streamlit_folium import generate_leaflet_string

from cmi_core.geography import categories, map_script

BOUNDS = (98.92, 18.75, 99.0, 18.83)


def script(made):
    made.get_root().render()
    return generate_leaflet_string(made)


def test_the_script_is_the_same_every_time():
    plain = re.compile("_[0-9a-f]{32}")

    assert plain.sub("", script(map_script.base(BOUNDS))) == plain.sub("", script(map_script.base(BOUNDS)))


def test_nothing_is_loaded_from_elsewhere():
    made = map_script.base(BOUNDS)
    links = [address for _, address in [*made.default_js, *made.default_css]]

    assert all(address.startswith("/assets/") for address in links)
    assert "http" not in script(made)


def test_a_name_cannot_end_the_script():
    said = map_script.script_safe({"name": "</script><img src=x onerror=alert(1)>\u2028&"})

    assert not set("<>&\u2028") & set(said)


def test_every_family_and_candidate_has_a_colour_in_both_lights():
    for look in ("light", "dark"):
        assert set(map_script.FAMILIES[look]) == set(categories.ALL)
        assert len(set(map_script.DISTRICTS[look].values())) == 4


def seen_with(colour: str, matrix) -> tuple[float, ...]:
    """A colour as seen with a dichromacy (Viénot 1999), in linear RGB."""
    rgb = [(int(colour[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5)]
    return tuple(sum(a * b for a, b in zip(row, rgb, strict=True)) for row in matrix)


PROTAN = ((0.11238, 0.88762, 0), (0.11238, 0.88762, 0), (0.00401, -0.00401, 1))
DEUTAN = ((0.29275, 0.70725, 0), (0.29275, 0.70725, 0), (-0.02234, 0.02234, 1))


def test_candidate_districts_stay_apart_for_colour_blind_readers():
    for matrix in (PROTAN, DEUTAN):
        for look in ("light", "dark"):
            seen = [seen_with(colour, matrix) for colour in map_script.DISTRICTS[look].values()]
            gaps = [
                sum(
                    (x ** (1 / 2.2) - y ** (1 / 2.2)) ** 2
                    for x, y in zip(map(abs, a), map(abs, b), strict=True)
                )
                ** 0.5
                for number, a in enumerate(seen)
                for b in seen[:number]
            ]
            assert min(gaps) > 0.06
