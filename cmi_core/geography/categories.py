"""Categories of landmarks and infrastructure, gathered into families that a map can tell apart."""

# Family -> the categories in it. A category nobody has named here belongs to OTHER.
FAMILIES: dict[str, tuple[str, ...]] = {
    "health": ("hospital", "clinic"),
    "learning": ("university", "school", "laboratory"),
    "makers": ("incubator", "coworking", "creative"),
    "transport": ("transport", "transit"),
    "heritage": ("heritage", "culture", "craft", "landmark"),
    "market": ("market", "commercial"),
    "green": ("park", "green"),
    "water": ("canal", "water"),
    "government": ("government",),
}
OTHER = "other"
ALL = (*FAMILIES, OTHER)
CATEGORIES = (*(category for categories in FAMILIES.values() for category in categories), OTHER)
_FAMILY = {category: family for family, categories in FAMILIES.items() for category in categories}


def family(category: str) -> str:
    """
    The family of a category.

    >>> family("hospital"), family("volcano")
    ('health', 'other')
    """
    return _FAMILY.get(category, OTHER)
