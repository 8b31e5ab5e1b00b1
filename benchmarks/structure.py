"""
How large the parts of the code are, as a Markdown table: `python -m benchmarks.structure`.

Counted by parsing, over `cmi_core`, `pages` and `app.py`. A file's size is its lines, a function's the lines
from `def` to its last one, whether it stands alone, in a class or in another function. A function is fully
annotated when each argument but `self` and `cls`, and what it returns, has a type. `docs/architecture.md` keeps
what this printed last.
"""

import ast
import tomllib
from functools import cache
from itertools import chain
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
PARTS = {
    "cmi_core": sorted((ROOT / "cmi_core").rglob("*.py")),
    "pages, app.py": [*sorted((ROOT / "pages").rglob("*.py")), ROOT / "app.py"],
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(files: list[Path]) -> list[tuple[Path, Function]]:
    """Every function of some files, and where it stands."""
    return [
        (file, node)
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, Function)
    ]


def size(function: Function) -> int:
    """Lines from `def` to the last one."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def annotated(function: Function) -> bool:
    """Whether every argument and the answer have a type."""
    given = function.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    starred = [each for each in (given.vararg, given.kwarg) if each]
    wanted = [*(each for each in named if each.arg not in {"self", "cls"}), *starred]
    return function.returns is not None and all(each.annotation for each in wanted)


@cache
def eased() -> list[Path]:
    """The files and folders that ty is told to look at less closely."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ty"]
    return [ROOT / each for override in settings.get("overrides", []) for each in override["include"]]


def overridden(file: Path) -> bool:
    """Whether a file is among them."""
    return any(file.is_relative_to(each) for each in eased())


def share(true: int, of: int) -> str:
    """A part of a whole in per cent, cut and not rounded: only all is 100 %."""
    return f"{100 * true // of} %"


def named(file: Path) -> str:
    """The path of a file within the repository."""
    return str(file.relative_to(ROOT))


def figures(files: list[Path]) -> list[str]:
    """What the table says of some files, from top to bottom."""
    lines = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    largest = max(lines, key=lambda file: lines[file])
    found = functions(files)
    sizes = [size(function) for _, function in found]
    where, longest = max(found, key=lambda each: size(each[1]))
    return [
        f"{len(files)}",
        f"{sum(lines.values()):,}",
        f"{median(lines.values()):g}",
        f"{lines[largest]} (`{named(largest)}`)",
        f"{len(found):,}",
        f"{median(sizes):g}",
        f"{max(sizes)} (`{longest.name}` in `{named(where)}`)",
        share(sum(annotated(function) for _, function in found), len(found)),
        share(sum(overridden(file) for file in files), len(files)),
    ]


def main() -> None:
    """Print the table."""
    headings = [
        "files",
        "lines",
        "lines of a file, median",
        "lines of the largest file",
        "functions",
        "lines of a function, median",
        "lines of the largest function",
        "functions fully annotated",
        "files that ty looks at less closely (`tool.ty.overrides`)",
    ]
    columns = [figures(files) for files in (*PARTS.values(), list(chain(*PARTS.values())))]
    print("| | " + " | ".join([*PARTS, "together"]) + " |")
    print("| --- | " + " | ".join("---" for _ in columns) + " |")
    for heading, *cells in zip(headings, *columns, strict=True):
        print(f"| {heading} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
