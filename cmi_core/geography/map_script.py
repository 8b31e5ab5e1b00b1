"""
The map as folium has it: a script that never changes, and a small group that says what to show.

Folium is known here only. Leaflet and our own drawing (`static/map.js`) are vendored; geometry comes by URL. Because the
script is constant, the frame in the page stays, and with it the reader's zoom.
"""

import json
from collections.abc import Mapping
from typing import Any

import folium
from folium.elements import MacroElement
from folium.template import Template

ASSETS = "/assets"
SCRIPTS = [
    ("leaflet", f"{ASSETS}/vendor/leaflet/leaflet.js"),
    ("cmi_map", f"{ASSETS}/map.js"),
]
STYLES = [("leaflet_css", f"{ASSETS}/vendor/leaflet/leaflet.css"), ("cmi_map_css", f"{ASSETS}/map.css")]
ZOOM = {"min_zoom": 9, "max_zoom": 18}

# The four candidate districts: apart for every common kind of colour blindness, and each with its name on the map.
DISTRICTS = {
    "light": {"suan_dok": "#c4500a", "nimman": "#7b3f98", "mae_kha": "#00735c", "mae_hia": "#8f6a00"},
    "dark": {"suan_dok": "#f5945c", "nimman": "#cf9be6", "mae_kha": "#45c9a8", "mae_hia": "#eac54f"},
}
FAMILIES = {
    "light": {"health": "#b3261e", "learning": "#274c77", "makers": "#6a3d9a", "transport": "#2b2b2b", "heritage": "#8a5a00",
              "market": "#a0446f", "green": "#2e7d32", "water": "#0f6fae", "government": "#4c5a63", "other": "#6b6b6b"},
    "dark": {"health": "#ff8a80", "learning": "#8fb8e8", "makers": "#c9a6f0", "transport": "#e6e6e6", "heritage": "#e3b25c",
             "market": "#f09cc0", "green": "#8ad08f", "water": "#6fc0f0", "government": "#b4c2ca", "other": "#bdbdbd"},
}  # fmt: skip
DRAFT = {"light": "#0057b8", "dark": "#8ec5ff"}


class _Begin(MacroElement):
    """Hands Leaflet's map to our script, once."""

    _template = Template(
        "{% macro script(this, kwargs) %}cmiMap.begin({{ this._parent.get_name() }}, {{ this.config }});{% endmacro %}"
    )

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        self._name = "Begin"
        self.config = script_safe(config)


class _Show(MacroElement):
    """Says what to show now."""

    _template = Template("{% macro script(this, kwargs) %}cmiMap.show({{ this.state }});{% endmacro %}")

    def __init__(self, state: Mapping[str, Any]) -> None:
        super().__init__()
        self._name = "Show"
        self.state = script_safe(state)


def base(bounds: tuple[float, float, float, float]) -> folium.Map:
    """An empty map over (west, south, east, north); the same text every time for the same bounds."""
    made = folium.Map(tiles=None, zoom_control=True, zoom_snap=0.5, control_scale=False, **ZOOM)
    made.default_js, made.default_css = list(SCRIPTS), list(STYLES)
    made.add_child(_Begin({"bounds": [round(value, 4) for value in bounds]}))
    return made


def showing(state: Mapping[str, Any]) -> folium.FeatureGroup:
    """The changing part: `state` is what `static/map.js` reads."""
    group = folium.FeatureGroup(name="state")
    group.add_child(_Show(state))
    return group


def colours(look: str, which: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    """The colours of a look; high-contrast looks tell things apart by shape and name."""
    return which.get(look, {})


def script_safe(value: Any) -> str:
    """JSON that can stand inside a script element: no name can end the script or start another."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
