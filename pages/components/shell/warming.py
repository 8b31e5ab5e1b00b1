"""What a first visit would wait for, loaded while the server starts."""

from importlib import import_module
from pkgutil import iter_modules

from cmi_core import charts, views


def warm() -> None:
    """Import what pages draw with: Altair, folium and scipy take longer than everything else in a first visit."""
    for package in (charts, views):  # not the pages' own: Streamlit registers the map while a page is running
        for module in iter_modules(package.__path__):
            import_module(f"{package.__name__}.{module.name}")
    import_module("cmi_core.geography.map_script")
