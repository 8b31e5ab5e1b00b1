"""The layers, the shape of a page, and where things may be said: code is parsed, not searched."""

import ast
import re
import subprocess
import sys
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from cmi_core import text
from cmi_core.views import people
from pages.components.shell import registry

ROOT = Path(__file__).parents[1]
CORE = sorted((ROOT / "cmi_core").rglob("*.py"))
PAGES = sorted((ROOT / "pages").glob("*.py"))
COMPONENTS = sorted((ROOT / "pages" / "components").rglob("*.py"))
ERRORS = ast.parse((ROOT / "cmi_core" / "errors.py").read_text(encoding="utf-8"))

# Rooms without a screen, a database or a network. What each may use of the others, besides `errors`; the
# three subjects (the index, the KPIs, the geography) do not know each other.
PURE = {
    "errors": set(),
    "settings": set(),
    "demonstration": {"calendar"},
    "calendar": {"text"},
    "text": set(),
    "record": set(),
    "documents": set(),
    "accounts": set(),
    "tables": {"text"},
    "index": {"tables", "calendar", "text"},
    "kpi": {"tables", "calendar", "text"},
    "geography": {"tables", "calendar", "text"},
}
# The layers above them, and which of each other these may not use.
MAY_NOT = {
    "store": {"views", "actions", "charts", "web", "commands"},
    "views": {"actions", "charts", "web", "commands"},
    "actions": {"views", "charts", "web", "commands"},
    "charts": {"store", "views", "actions", "web", "commands", "text"},
    "web": {"charts", "commands"},
    "commands": {"charts"},
}
# Rooms of the pages: those that serve all, and those that may build on another one.
COMPONENT_ROOMS = {
    "shell": set(),
    "overview": set(),
    "kpi": set(),
    "index": {"comparison", "overview"},
    "comparison": set(),
    "map": set(),
    "plan": {"kpi"},
    "people": {"kpi"},
    "method": {"comparison", "overview"},
}
# Libraries with one home.
AT_HOME = {
    "streamlit": (),
    "duckdb": ("store",),
    "altair": ("charts",),
    "vl_convert": ("documents.pictures",),
    "typst": ("documents.reports",),
    "segno": ("documents.reports", "accounts.second_factor"),
    "folium": ("geography.map_script",),
    "starlette": ("web",),
    "argon2": ("accounts.passwords",),
    "joserfc": ("web.tokens",),
    "pyotp": ("accounts.second_factor",),
    "zxcvbn": ("accounts.rules",),
    "itsdangerous": ("accounts.passwords",),
}


def imports(file: Path) -> set[str]:
    found = set()
    for node in nodes(file):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    """What a file is made of."""
    return tuple(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))


def attributes(file: Path) -> set[str]:
    """The names that a file asks of anything."""
    return {node.attr for node in nodes(file) if isinstance(node, ast.Attribute)}


def home(file: Path) -> str:
    """The room of a file below cmi_core: a package, or one of the two modules that stand outside of any."""
    return file.relative_to(ROOT / "cmi_core").parts[0].removesuffix(".py")


def rooms_used(file: Path) -> set[str]:
    return {name.split(".")[1] for name in imports(file) if name.startswith("cmi_core.")}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_room_has_its_walls():
    """A new room says here what it may use."""
    entrance = {"__init__", "__main__"}
    assert {home(file) for file in CORE} - entrance == set(PURE) | set(MAY_NOT)
    assert {file.parent.name for file in COMPONENTS if file.parent.name != "components"} == set(
        COMPONENT_ROOMS
    )


@pytest.mark.parametrize("file", [file for file in CORE if home(file) in PURE], ids=named)
def test_a_pure_room_uses_what_its_walls_let_through(file):
    allowed = PURE[home(file)] | {"errors", home(file)}

    assert rooms_used(file) <= allowed


@pytest.mark.parametrize("file", [file for file in CORE if home(file) in MAY_NOT], ids=named)
def test_layers_point_one_way(file):
    assert not rooms_used(file) & MAY_NOT[home(file)]


@pytest.mark.parametrize("file", COMPONENTS, ids=named)
def test_a_room_of_the_pages_builds_on_few_others(file):
    room = file.parent.name
    used = {name.split(".")[2] for name in imports(file) if name.count(".") > 1 and name.startswith("pages.")}

    assert used <= COMPONENT_ROOMS.get(room, set()) | {"shell", room}


def test_the_registry_names_every_page():
    assert {entry.code for entry in registry.PAGES} == {page.stem for page in PAGES} - {"shell"}
    assert {entry.group for entry in registry.PAGES} == set(registry.GROUPS)


@pytest.mark.parametrize("code", [entry.code for entry in registry.PAGES])
def test_a_page_and_its_component_share_one_name(code):
    """But for the comparison of cities, whose views each have a component: they fill a room."""
    rooms = [file.parent.name for file in COMPONENTS if file.stem == code]

    assert len(rooms) == (code != "city_comparison")


@pytest.mark.parametrize("file", CORE, ids=named)
def test_a_library_stays_at_home(file):
    module = ".".join(file.relative_to(ROOT / "cmi_core").with_suffix("").parts)
    for library in {name.split(".")[0] for name in imports(file)} & set(AT_HOME):
        homes = AT_HOME[library]
        assert any(f"{module}.".startswith(f"{home_}.") for home_ in homes), f"{library} belongs to {homes}"


def test_the_domain_needs_no_streamlit():
    """In a fresh process, so that nothing else can have imported it."""
    modules = ", ".join(
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for file in CORE
        if file.name not in {"__main__.py", "boundary_worker.py"}
    )
    code = f"import {modules}, sys; sys.exit('streamlit' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, timeout=300).returncode == 0


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_reads_like_a_table_of_contents(page):
    text = page.read_text(encoding="utf-8")
    tree = ast.parse(text)

    assert ast.get_docstring(tree)
    assert len(text.splitlines()) <= 85
    shaped = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.For | ast.While
    assert not [node for node in ast.walk(tree) if isinstance(node, shaped)]
    assert {name.split(".")[0] for name in imports(page)} <= {
        "streamlit",
        "cmi_core",
        "pages",
        "datetime",
        "functools",
    }


@pytest.mark.parametrize("page", [page for page in PAGES if page.stem != "shell"], ids=named)
def test_a_page_opens_itself(page):
    """So that it keeps its rules even if it is run without the shell."""
    calls = [
        node.args[0].value
        for node in nodes(page)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "session.begin" and node.args
    ]

    assert calls == [page.stem]


@pytest.mark.parametrize("file", [*PAGES, *COMPONENTS], ids=named)
def test_choices_live_in_the_url(file):
    if file.name in {"filters.py", "form_state.py"}:
        return

    assert not attributes(file) & {"session_state", "cache_resource"}


@pytest.mark.parametrize("file", [*PAGES, *COMPONENTS], ids=named)
def test_what_runs_apart_from_its_page_looks_the_reader_up(file):
    """Streamlit's own fragments and dialogs keep the reader of the last whole run; `session.fragment` asks again."""
    if named(file) == "pages/components/shell/session.py":
        return
    asked = {ast.unparse(node) for node in nodes(file) if isinstance(node, ast.Attribute)} | imports(file)

    assert not asked & {f"{home_}.{kind}" for home_ in ("st", "streamlit") for kind in ("fragment", "dialog")}


@pytest.mark.parametrize("file", [*CORE, *PAGES, *COMPONENTS, ROOT / "app.py"], ids=named)
def test_sql_is_asked_in_the_store_only(file):
    if file.is_relative_to(ROOT / "cmi_core" / "store"):
        return
    strings = [
        node.value for node in nodes(file) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]

    opening = ("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "CREATE ", "WITH ")
    assert not [text for text in strings if text.lstrip().startswith(opening) and " FROM " in f" {text} "]


@pytest.mark.parametrize("file", sorted((ROOT / "cmi_core" / "store").rglob("*.py")), ids=named)
def test_no_statement_changes_or_removes_a_line_of_the_record(file):
    """The record is only ever added to; the tables that are not part of it are named here."""
    beside = {
        "credential",
        "second_factor",
        "recovery_code",
        "password_given",
        "setting",
        "draft",
        "feed",
        "feed_token",
        "kpi_value_now",
        "identity",
        "invitation",
        "account_session",
        "password_link",
    }
    for node in nodes(file):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            changed = re.findall(r"\bUPDATE\s+(\w+)(?<!SET)\b|\bDELETE\s+FROM\s+(\w+)", node.value)
            touched = {table for pair in changed for table in pair if table} - {"SET"}
            assert touched <= beside, node.value


# Who takes a file's bytes apart; every page and command asks one of them.
READS_BYTES = {
    "tables/table.py", "tables/decoding.py", "tables/workbook.py", "tables/data_package.py", "tables/csv_files.py",
    "geography/boundary_files.py", "geography/boundary_shapes.py", "geography/points.py", "record/evidence_files.py",
    "store/seed.py", "store/facts.py",
}  # fmt: skip
# What a page hands an uploaded file to.
TAKES_UPLOADS = {
    "imports.preview",
    "definition_import.preview",
    "views.preview_framework",
    "views.preview_scores",
    "evidence.keep",
    "_understood",
    "_preview",
}


@pytest.mark.parametrize("file", CORE, ids=named)
def test_no_other_module_takes_the_bytes_of_a_file_apart(file):
    taking = r"\bcsv\.reader\(|read_csv\(|read_excel\(|load_workbook\(|ZipFile\(|GzipFile\(|TarFile|tarfile\.open|read_file\("
    found = re.search(taking, file.read_text(encoding="utf-8"))
    assert found is None or str(file.relative_to(ROOT / "cmi_core")) in READS_BYTES, found


@pytest.mark.parametrize("file", [*PAGES, *COMPONENTS], ids=named)
def test_a_page_hands_an_uploaded_file_to_the_reader_of_its_kind(file):
    """And looks into none itself."""
    for node in nodes(file):
        if not isinstance(node, ast.Call):
            continue
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        if any(isinstance(each, ast.Call) and ast.unparse(each.func).endswith(".getvalue") for each in given):
            assert ast.unparse(node.func) in TAKES_UPLOADS, ast.unparse(node)


# Where names, addresses and what people sign in by are asked for: to let somebody in, to send e-mail, to show somebody what
# is kept about them, and for the one door by which names reach readers (`views/people.py`).
CALLS_PEOPLE = {"accounts", "people", "identities", "own_data", "password_links"}
# Who is assigned a KPI, for reminders.
CALLS_SOME = {"kpis": 1}


@pytest.mark.parametrize("file", sorted((ROOT / "cmi_core" / "store").glob("*.py")), ids=named)
def test_what_people_are_called_is_asked_in_few_places(file):
    """So that no table of a page can hold a name: pages get codes, which `page.who` says as the reader may see them."""
    statements = [
        node.value
        for node in nodes(file)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search(r"\b(FROM|JOIN) (account_current|account_line|person)\b", node.value)
    ]
    calling = [told for told in statements if re.search(r"\b(name|email|sign_in)\b|SELECT \*|\w\.\*", told)]

    assert file.stem in CALLS_PEOPLE or len(calling) == CALLS_SOME.get(file.stem, 0), calling


# Columns and fields that hold the codes of accounts.
OF_ACCOUNTS = {"recorded_by", "verdict_by", "asked_by", "added_by"}


def beneath(tree: ast.AST, kind: type) -> set[ast.AST]:
    """Everything below nodes of a kind that keep codes from readers, or only compare them."""
    return {
        below
        for node in ast.walk(tree)
        if isinstance(node, kind)
        if not isinstance(node, ast.Call)
        or ast.unparse(node.func).split("(")[0].endswith(("who", "who.each"))
        for below in ast.walk(node)
    }


def shown_codes(tree: ast.AST) -> list[str]:
    """Where codes of accounts are touched otherwise than to ask who that is, or to compare them."""
    kept = beneath(tree, ast.Call) | beneath(tree, ast.Compare)
    return [
        ast.unparse(node)
        for node in ast.walk(tree)
        if node not in kept
        and (
            (isinstance(node, ast.Attribute) and node.attr in OF_ACCOUNTS)
            or (isinstance(node, ast.Subscript) and ast.unparse(node.slice).strip("'") in OF_ACCOUNTS)
        )
    ]


@pytest.mark.parametrize(
    "file",
    [
        *PAGES,
        *COMPONENTS,
        *(file for file in CORE if home(file) == "web"),
        ROOT / "cmi_core" / "views" / "one_page.py",
    ],
    ids=named,
)
def test_who_did_something_is_said_by_one_door(file):
    """A code reaches no reader: what holds one goes to `who`, which gives a name, a number, or role and organisation."""
    assert not shown_codes(ast.parse(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("told", ["f'{row.recorded_by}'", "rows['recorded_by']", "escape(row.asked_by)"])
def test_a_code_that_is_shown_would_be_noticed(told):
    assert shown_codes(ast.parse(told))
    assert not shown_codes(ast.parse(f"page.who({told})"))


def test_every_deed_about_an_account_is_known_to_the_door():
    """The reason of such an entry begins with the account's code, which the door has to take away."""
    found = set()
    for file in (ROOT / "cmi_core" / "actions").glob("*.py"):
        for function in (node for node in nodes(file) if isinstance(node, ast.FunctionDef)):
            calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
            if any(keyword.arg == "about" for call in calls for keyword in call.keywords):
                found |= {
                    node.value
                    for node in ast.walk(function)
                    if isinstance(node, ast.Constant) and f"deed.{node.value}" in text.catalogue("en")
                }

    assert found == people.ABOUT_AN_ACCOUNT


@pytest.mark.parametrize("file", [*CORE, *PAGES, *COMPONENTS], ids=named)
def test_no_module_is_a_dumping_ground(file):
    assert file.stem not in {"utils", "helpers", "common", "misc", "core"}
    assert ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))), (
        "a module says in one sentence what it is"
    )


@pytest.mark.parametrize("file", [*CORE, *PAGES, *COMPONENTS], ids=named)
def test_one_clock_is_asked(file):
    if file.stem == "clock":
        return
    asked = {ast.unparse(node.func) for node in nodes(file) if isinstance(node, ast.Call)}

    assert not asked & {"datetime.now", "date.today", "datetime.utcnow", "time.time"}


# Still to be cut; a name leaves this set with its cut and none may join.
LARGE: set[str] = set()
MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 45


def too_large(file: Path) -> set[str]:
    """The file, and each function in it, that is longer than a reader can hold."""
    text = file.read_text(encoding="utf-8")
    found = {named(file)} if len(text.splitlines()) > MOST_LINES_OF_A_FILE else set()
    return found | {
        f"{named(file)} {node.name}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION
    }


def test_functions_and_files_stay_small():
    found = set().union(
        *(too_large(file) for room in ("cmi_core", "pages") for file in (ROOT / room).rglob("*.py")),
        too_large(ROOT / "app.py"),
    )

    assert not found - LARGE
    assert not LARGE - found, "what has been cut is taken off the list"


@pytest.mark.parametrize("file", [*CORE, *PAGES, *COMPONENTS, ROOT / "app.py"], ids=named)
def test_what_an_operator_sets_is_read_in_one_place(file):
    """But for what a process of ours hands on to one that it starts."""
    if file.stem in {"settings", "gis_files"}:
        return

    assert not attributes(file) & {"environ", "getenv"}


def modules_named(tree: ast.AST) -> dict[str, object]:
    """The modules of ours that a file imports, by the names it gives them and never uses for anything else."""
    named_, bound = {}, set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in {"cmi_core", "pages"}:
            for alias in node.names:
                with suppress(ModuleNotFoundError):
                    named_[alias.asname or alias.name] = import_module(f"{node.module}.{alias.name}")
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
    return {name: module for name, module in named_.items() if name not in bound}


@pytest.mark.parametrize("file", [*CORE, *PAGES, *COMPONENTS, ROOT / "app.py"], ids=named)
def test_what_is_asked_of_a_module_is_there(file):
    """The type checker is told to look away from attributes where rows of tables have none until run time."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    modules = modules_named(tree)
    missing = [
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if node.value.id in modules and not hasattr(modules[node.value.id], node.attr)
    ]

    assert not missing


@pytest.mark.parametrize("file", [*PAGES, *COMPONENTS, ROOT / "app.py"], ids=named)
def test_a_refusal_is_caught_where_forms_live(file):
    """So that it is told in one way: as text, with its further problems, and with both versions where it is stale."""
    if named(file) == "pages/components/shell/forms.py":
        return
    ours = {node.name for node in ERRORS.body if isinstance(node, ast.ClassDef)}
    caught = {
        name.id if isinstance(name, ast.Name) else name.attr
        for node in nodes(file)
        if isinstance(node, ast.ExceptHandler) and node.type is not None
        for name in ast.walk(node.type)
        if isinstance(name, ast.Name | ast.Attribute)
    }

    assert "CmiError" in ours
    assert not caught & (ours | {"Exception", "BaseException"})
