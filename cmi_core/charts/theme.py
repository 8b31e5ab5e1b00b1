"""One palette and one Vega configuration per look; safe for colour-blind readers, checked in tests."""

from typing import Any

FONT = "Sarabun, 'Noto Sans Thai', sans-serif"

# Ink, soft ink, lines, quiet fill and accent of each look.
LOOKS: dict[str, dict[str, str]] = {
    "light": {"ink": "#17252d", "soft": "#52636d", "line": "#d9d3c5", "quiet": "#d5dcda", "accent": "#0b5c63",
              "paper": "#fbfaf6", "warn": "#a8423a"},
    "dark": {"ink": "#eaf0ef", "soft": "#a9b8be", "line": "#31434c", "quiet": "#2c3d45", "accent": "#4fb3ae",
             "paper": "#10181d", "warn": "#e58a7b"},
    "bw": {"ink": "#ffffff", "soft": "#ffffff", "line": "#8a8a8a", "quiet": "#4a4a4a", "accent": "#ffffff",
           "paper": "#000000", "warn": "#ffffff"},
    "by": {"ink": "#ffff00", "soft": "#ffff00", "line": "#8a8a00", "quiet": "#4a4a00", "accent": "#ffff00",
           "paper": "#000000", "warn": "#ffff00"},
}  # fmt: skip

# The three strategies and further categories: distinct under the common kinds of colour blindness.
CATEGORIES = ["#2b5c8a", "#c2701a", "#6d4390", "#1f7a74", "#a8423a", "#8a7a2f", "#5d6d78"]

# Open SDG's six words; each also has its own mark, so that colour never speaks alone.
PROGRESS = {
    "target_achieved": "#1d5c86",
    "substantial_progress": "#4b93bd",
    "moderate_progress": "#a3c4d6",
    "limited_progress": "#e0a458",
    "deterioration": "#a8423a",
    "not_available": "#b9bdb9",
}


def colours(look: str) -> dict[str, str]:
    """The colours of a look: light, dark, bw (black and white) or by (black and yellow)."""
    return LOOKS[look]


def categories(look: str) -> list[str]:
    """Category colours; high-contrast looks have one colour and tell categories apart by shape and label."""
    return CATEGORIES if look in {"light", "dark"} else [LOOKS[look]["ink"]]


def configuration(look: str) -> dict[str, Any]:
    """The Vega-Lite `config` of a look."""
    c = LOOKS[look]
    words = {"labelColor": c["ink"], "titleColor": c["soft"], "labelFont": FONT, "titleFont": FONT}
    return {
        "background": "transparent",
        "font": FONT,
        "view": {"stroke": None},
        "axis": words | {"labelFontSize": 14, "titleFontSize": 13, "titleFontWeight": 400, "gridColor": c["line"],
                         "domainColor": c["line"], "tickColor": c["line"], "labelLimit": 320, "labelLineHeight": 19},
        "legend": words | {"labelFontSize": 14, "titleFontSize": 13, "orient": "top", "labelLimit": 300},
        "header": words | {"labelFontSize": 14},
        "title": {"color": c["ink"], "font": FONT, "fontSize": 16, "anchor": "start"},
        "text": {"color": c["ink"], "font": FONT, "fontSize": 14},
        "range": {"category": categories(look)},
    }  # fmt: skip


def progress(look: str) -> dict[str, str]:
    """The colour of each progress word; one ink in high-contrast looks, where the marks tell them apart."""
    if look in {"light", "dark"}:
        return PROGRESS
    c = LOOKS[look]
    return {word: c["paper"] if word == "not_available" else c["quiet"] for word in PROGRESS}


def ramp(look: str) -> list[str]:
    """One hue from light to dark (dark to light on dark paper): readable whatever colours a reader sees."""
    return {
        "light": ["#eef4f2", "#a9cfca", "#4f9d99", "#0b5c63", "#063a40"],
        "dark": ["#1d2c33", "#22545a", "#2f827f", "#5fbdb4", "#c4efe6"],
        "bw": ["#1c1c1c", "#ffffff"],
        "by": ["#1c1c00", "#ffff00"],
    }[look]


def diverging(look: str) -> list[str]:
    """Two hues with quiet paper between them; with one colour only, the sign stands in the cell."""
    return {
        "light": ["#a8423a", "#f1ede2", "#0b5c63"],
        "dark": ["#e58a7b", "#1d2c33", "#5fbdb4"],
        "bw": ["#ffffff", "#1c1c1c", "#ffffff"],
        "by": ["#ffff00", "#1c1c00", "#ffff00"],
    }[look]


def on_shade(look: str) -> tuple[str, str]:
    """The inks of words on a strong shade of a ramp and on a weak one."""
    return {
        "light": ("#ffffff", "#17252d"),
        "dark": ("#0b1417", "#eaf0ef"),
        "bw": ("#000000", "#ffffff"),
        "by": ("#000000", "#ffff00"),
    }[look]
