"""`python -m cmi_core place`: may a server stand here, before one is started?"""

import argparse
import errno
import socket
import sys

from cmi_core import text
from cmi_core.errors import CmiError, StoreError
from cmi_core.settings import Settings


def register(subjects: argparse._SubParsersAction) -> None:
    """Add the subject `place`."""
    subject = subjects.add_parser("place", help="say whether the address and port are free for a server")
    subject.add_argument("address")
    subject.add_argument("port", type=int)
    subject.set_defaults(run=check)


def check(arguments: argparse.Namespace) -> int:
    """Whether one can listen there. Where not, it is said as at the server's start: in both languages."""
    refusal = _set_wrongly() or _refusal(arguments.address, arguments.port)
    if refusal is None:
        return 0
    for language in text.LANGUAGES:
        print(text.refusal(text.translator(language), refusal), file=sys.stderr)
    return 2


def _set_wrongly() -> CmiError | None:
    try:
        _ = Settings.from_env().mail_port
    except CmiError as problem:
        return problem
    return None


def _refusal(address: str, port: int) -> StoreError | None:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        # A server that has just ended leaves its port waiting; it is free all the same.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
            probe.listen()
        except (OSError, OverflowError) as problem:
            if isinstance(problem, OSError) and problem.errno == errno.EADDRINUSE:
                return StoreError("port_taken", address=address, port=port)
            return StoreError("port_refused", address=address, port=port, why=str(problem))
    return None
