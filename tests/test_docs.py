"""What README says is so: settings, commands, files."""

import ast
import re
from pathlib import Path

import pytest

from cmi_core.__main__ import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CODE = [ROOT / "app.py", *(ROOT / "cmi_core").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def asked() -> set[str]:
    """The environment variables that the program asks for."""
    return {
        node.value
        for file in CODE
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if re.fullmatch(r"CMI_[A-Z_]+", node.value)
    }


def told() -> set[str]:
    """Those in README's table of settings."""
    rows = [line.split("|")[1] for line in README.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`(CMI_[A-Z_]+|PORT|ADDRESS)`", row)}


def test_every_setting_is_told_and_there_is_no_other():
    assert len(asked()) > 10
    assert told() == asked() | {"PORT", "ADDRESS"}


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
    subject = command.split()[:2] if command.split()[0] != "--help" else []
    with pytest.raises(SystemExit) as ended:
        main([*subject, "--help"])

    assert ended.value.code == 0
    options = set(re.findall(r"--[a-z-]+", command)) - {"--help"}
    assert options <= set(re.findall(r"--[a-z-]+", capsys.readouterr().out))


@pytest.mark.parametrize("folder", re.findall(r"^\| `([\w/]+)/`", README, re.MULTILINE))
def test_a_folder_that_readme_names_is_there(folder):
    assert (ROOT / folder).is_dir()
