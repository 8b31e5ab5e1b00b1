"""Every address that is answered by ourselves rather than by a page."""

from cmi_core.web import (
    assets,
    drafts,
    evidence,
    feeds,
    geography,
    idle,
    invited,
    password_links,
    privacy,
    ready,
    sign_in,
)

ROUTES = [
    *sign_in.ROUTES,
    *invited.ROUTES,
    *password_links.ROUTES,
    *ready.ROUTES,
    *assets.ROUTES,
    *drafts.ROUTES,
    *evidence.ROUTES,
    *feeds.ROUTES,
    *geography.ROUTES,
    *idle.ROUTES,
    *privacy.ROUTES,
]
