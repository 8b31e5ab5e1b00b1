"""The command line: `python -m cmi_core <subject> …`."""

import argparse
import sys
from importlib import import_module
from pkgutil import iter_modules

from cmi_core import commands
from cmi_core.errors import CmiError


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand; a refusal is printed as a sentence and exits with 2."""
    parser = argparse.ArgumentParser(prog="python -m cmi_core", description=__doc__)
    subjects = parser.add_subparsers(dest="subject", required=True)
    given = sys.argv[1:] if arguments is None else arguments
    # A subject that is a word of Python's own has a stroke behind the name of its module.
    known = {module.name.rstrip("_"): module.name for module in iter_modules(commands.__path__)}
    # One subject alone: what the others need takes seconds to load.
    for name in [given[0]] if given and given[0] in known else known:
        import_module(f"{commands.__name__}.{known[name]}").register(subjects)
    chosen = parser.parse_args(given)
    try:
        return chosen.run(chosen) or 0
    except CmiError as refusal:
        for problem in (refusal, *refusal.problems):
            print(commands.sentence(problem), file=sys.stderr)  # noqa: T201
        return 2


if __name__ == "__main__":
    sys.exit(main())
