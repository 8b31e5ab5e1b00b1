"""What is installed is listed once with its reason, locked with hashes, and told alike to every tool."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
LISTS = ("requirements.in", "requirements-dev.in")
LOCKS = ("requirements.txt", "requirements-dev.txt")
CODE = [ROOT / "app.py", *(ROOT / "cmi_core").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
BESIDE = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]


def sections(name: str) -> dict[str, dict[str, str]]:
    """The requirements of a list by heading (`# group: …`, or none), each with the reason beside it."""
    found: dict[str, dict[str, str]] = {}
    group = ""
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"# (\w+): ", line):
            group = heading[1]
        elif line and not line.startswith(("#", "-c ")):
            asked, _, why = line.partition("#")
            found.setdefault(group, {})[asked.strip()] = why.strip()
    return found


def listed(name: str) -> dict[str, str]:
    """The requirements of a list, each with its reason."""
    return {asked: why for group in sections(name).values() for asked, why in group.items()}


def plain(requirement: str) -> str:
    """The name of a requirement as package indices compare it."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()


def third_party(files: list[Path]) -> set[str]:
    """The distributions whose packages are imported."""
    names = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    ours = {"app", "cmi_core", "pages", "tests", "benchmarks"} | {file.stem for file in BESIDE}
    homes = packages_distributions()
    return {plain(homes[name][0]) for name in names - ours - set(sys.stdlib_module_names)}


def locked(name: str) -> list[list[str]]:
    """The lines of each requirement of a lock file, comments left out."""
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    starts = [number for number, line in enumerate(lines) if not line.startswith(" ")]
    return [lines[start:end] for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]


@pytest.mark.parametrize("name", LISTS)
def test_every_direct_dependency_has_a_reason(name):
    assert [asked for asked, why in listed(name).items() if len(why) < 10] == []


def test_the_project_lists_what_the_requirements_list():
    assert PROJECT["project"]["dependencies"] == list(listed("requirements.in"))
    assert PROJECT["dependency-groups"] == {
        group: list(asked) for group, asked in sections("requirements-dev.in").items()
    }


def test_what_the_program_imports_is_listed():
    asked = {plain(each) for each in listed("requirements.in")}

    assert third_party(CODE) <= asked


def test_what_tests_and_benchmarks_import_is_listed():
    asked = {plain(each) for name in LISTS for each in listed(name)}

    assert third_party(BESIDE) <= asked


def test_what_the_program_lists_is_imported():
    """A library that nothing imports is not installed."""
    assert {plain(each) for each in listed("requirements.in")} <= third_party(CODE)


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_file_has_its_hash(name):
    requirements = locked(name)

    assert len(requirements) > 40
    for head, *hashes in requirements:
        assert re.fullmatch(r"[\w.-]+==[^ ]+( ; .+)? \\", head), head
        assert hashes, head
        assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in hashes), head


@pytest.mark.parametrize(("name", "lock"), list(zip(LISTS, LOCKS, strict=True)))
def test_a_lock_holds_what_its_list_asks(name, lock):
    held = {head.split(" ")[0] for head, *_ in locked(lock)}
    for asked in listed(name):
        version = asked.partition("==")[2]
        found = {each for each in held if plain(each) == plain(asked)}
        assert found, asked
        assert not version or found == {f"{plain(asked)}=={version}"}


def test_tools_and_program_want_one_version_of_a_library():
    program, tools = (dict(head.split(" ")[0].split("==") for head, *_ in locked(name)) for name in LOCKS)

    assert {name for name in program.keys() & tools.keys() if program[name] != tools[name]} == set()


def test_nothing_is_built_or_uploaded_by_accident():
    assert "build-system" not in PROJECT
    assert PROJECT["tool"]["uv"]["package"] is False
    assert "Private :: Do Not Upload" in PROJECT["project"]["classifiers"]


def test_the_version_is_the_newest_of_the_changelog():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", changelog, re.MULTILINE)
    dated = [heading for heading in headings if heading != "Unreleased"]

    assert headings[0] in {"Unreleased", dated[0]}
    assert re.fullmatch(re.escape(PROJECT["project"]["version"]) + r" – \d{4}-\d\d-\d\d", dated[0])


def test_make_help_tells_every_command():
    commands = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)[1].split()

    assert sorted(re.findall(r"@echo 'make ([\w-]+) ", MAKEFILE)) == sorted(commands)


def test_the_workflow_runs_commands_of_make_on_a_python_that_is_supported():
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    oldest = PROJECT["project"]["requires-python"].removeprefix(">=")
    ran = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]

    assert {command for command in ran if command.startswith("make")} == {"make test", "make prove"}
    for name in ("linux", "macos"):
        assert workflow["jobs"][name]["strategy"]["matrix"]["python"][0] == oldest
