"""The pages there are: where each stands in the navigation, its icon, and the deed that opens it."""

from dataclasses import dataclass

HOME = "city_overview"
GROUPS = ("city", "plan", "update", "edit", "about", "account")


@dataclass(frozen=True, slots=True)
class Entry:
    """A page: the file `pages/<code>.py`, the words `<code>.title` and `<code>.lede`, a Material icon."""

    code: str
    group: str
    icon: str
    # Who may not do this is not let in; None: the page is for everybody.
    deed: str | None = None

    @property
    def address(self) -> str:
        """The path in the browser, without a slash; a file's own name is never one (`docs/decisions/0001`)."""
        return "" if self.code == HOME else self.code.replace("_", "-")


# In the order of the navigation.
PAGES = (
    Entry("city_overview", "city", "dashboard"),
    Entry("index_breakdown", "city", "account_tree"),
    Entry("city_comparison", "city", "leaderboard"),
    Entry("district_map", "city", "map"),
    Entry("participatory_map", "city", "edit_location_alt"),
    Entry("goal_board", "plan", "flag"),
    Entry("kpi_tracking", "plan", "monitoring"),
    Entry("partner_network", "plan", "hub"),
    Entry("my_updates", "update", "checklist", "record_value"),
    Entry("kpi_entry", "update", "edit_square", "record_value"),
    Entry("value_import", "update", "upload_file", "import_values"),
    Entry("who_owes_what", "update", "assignment_late", "record_value"),
    Entry("audit_log", "update", "history"),
    Entry("kpi_definitions", "edit", "tune", "define_kpi"),
    Entry("index_import", "edit", "upload_file", "edit_framework"),
    Entry("infrastructure", "edit", "add_location_alt", "edit_place"),
    Entry("boundary_upload", "edit", "polyline", "edit_place"),
    Entry("method_sources", "about", "menu_book"),
    Entry("privacy", "about", "privacy_tip"),
    Entry("my_account", "account", "person", "change_own_password"),
    Entry("user_accounts", "account", "manage_accounts", "manage_people"),
    Entry("backups", "account", "backup", "back_up"),
)
_BY_CODE = {entry.code: entry for entry in PAGES}


def entry_of(code: str) -> Entry:
    """The page of this code. Raises KeyError where there is none."""
    return _BY_CODE[code]
