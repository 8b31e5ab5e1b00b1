"""Codes of releases, places, levels and sources, made from their names."""

import re
from hashlib import sha256


def slug(words: str) -> str:
    """
    A code from a name: small Latin letters and digits, or a digest where there are none.

    >>> slug("Khon Kaen (2024)")
    'khon_kaen_2024'
    """
    plain = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    return plain[:60] if plain else f"x{sha256(words.encode()).hexdigest()[:10]}"
