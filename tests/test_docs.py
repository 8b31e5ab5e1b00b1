"""What README says is so: settings, commands, files."""

import re
from pathlib import Path

import pytest

from cmi_core import settings
from cmi_core.__main__ import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_readme_has_the_table_of_settings():
    assert f"\n{settings.table()}\n" in README


def test_the_commands_of_make_are_there():
    named = set(re.findall(r"\bmake (run|test|demo|\w+)\b(?= |`|$)", README, re.MULTILINE)) - {"the"}

    assert {"run", "test", "demo"} <= named
    for target in named:
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), target


def test_the_makefile_serves_where_readme_says():
    assert "PORT ?= 8501" in MAKEFILE
    assert "ADDRESS ?= 127.0.0.1" in MAKEFILE


@pytest.mark.parametrize("file", re.findall(r"\]\(((?!http)[^)#]+)\)", README))
def test_a_file_that_readme_points_to_is_there(file):
    assert (ROOT / file).exists()


@pytest.mark.parametrize("command", re.findall(r"python -m cmi_core (.*)", README))
def test_a_command_line_is_understood(command, capsys):
    subject = [word for word in command.split()[:2] if not word.startswith("-")]
    with pytest.raises(SystemExit) as ended:
        main([*subject, "--help"])

    assert ended.value.code == 0
    options = set(re.findall(r"--[a-z-]+", command)) - {"--help"}
    assert options <= set(re.findall(r"--[a-z-]+", capsys.readouterr().out))


@pytest.mark.parametrize("folder", re.findall(r"^\| `([\w/]+)/`", README, re.MULTILINE))
def test_a_folder_that_readme_names_is_there(folder):
    assert (ROOT / folder).is_dir()


GUIDES = (
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/architecture.md",
    "docs/glossary.md",
    "docs/progress_rule.md",
)
FOLDERS = (
    "cmi_core",
    "pages",
    "tests",
    "docs",
    "data",
    "geo",
    "static",
    "benchmarks",
    ".github",
    ".streamlit",
)


# Made by the operator; a page of another project.
MADE_ELSEWHERE = {".streamlit/secrets.toml", "docs/progress-methodology.md"}


def paths(guide: str) -> list[str]:
    """The files of ours that a guide names; a word in capitals in a path stands for any name."""
    written = (ROOT / guide).read_text(encoding="utf-8")
    named = re.findall(rf"`((?:{'|'.join(map(re.escape, FOLDERS))})/[\w./-]+)`", written)
    return [path for path in named if not re.search(r"[A-Z]{2,}(?!ADME)", path)]


@pytest.mark.parametrize("guide", GUIDES)
def test_the_files_that_a_guide_names_are_there(guide):
    named = paths(guide)

    assert len(named) > 5 or guide not in {"CONTRIBUTING.md", "docs/architecture.md", "docs/glossary.md"}
    assert not [path for path in named if not (ROOT / path).exists() and path not in MADE_ELSEWHERE]
