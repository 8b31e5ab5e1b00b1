"""How many pages may be open at once, and how many files this process may hold for it."""

import resource
from contextlib import suppress
from dataclasses import dataclass

from cmi_core.settings import Settings

# More than any number of readers needs; a program that is allowed a thousand million would only seem to be unbounded.
_ENOUGH_FILES = 65_536
# macOS names no limit and grants no more than this.
_LEAST_RAISED = 10_240
# The database, its journal, fonts and libraries that are read, and a child process that looks at a file.
_OTHER_FILES = 256
# Beside its connection, Streamlit holds a loop of events for each page that is open: three files. It keeps as much for
# up to 128 pages whose browser has gone, in case it comes back.
_OF_A_PAGE = 3
_REMEMBERED = 128


@dataclass
class Places:
    """
    The pages that are open now, and whether one more may be.

    A fifth is kept for people who signed in: tabs that anybody opens and leaves never keep a coordinator out.
    """

    open: int = 0

    @property
    def most(self) -> int:
        """How many may be open: what the operator set, and never so many that their sockets take every file."""
        return max(1, min(Settings.from_env().max_sessions, _files_left() // (_OF_A_PAGE + 2)))

    def room(self, *, signed_in: bool) -> bool:
        """Whether one more page may be opened."""
        return self.open < (self.most if signed_in else self.most - max(1, self.most // 5))

    def take(self, *, signed_in: bool) -> bool:
        """Open one more page, if there is room."""
        if not self.room(signed_in=signed_in):
            return False
        self.open += 1
        return True

    def give_back(self) -> None:
        """A page was closed."""
        self.open -= 1


# One process serves the city: one count.
places = Places()


def allow_files() -> int:
    """Raise this process's limit of open files as far as it may, and say where it stands then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    may = _ENOUGH_FILES if hard == resource.RLIM_INFINITY else min(hard, _ENOUGH_FILES)
    for wanted in (may, min(may, _LEAST_RAISED)):
        if soft == resource.RLIM_INFINITY or soft >= wanted:
            break
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            break
    return _files()


def connections() -> int:
    """How many connections there may be at once, pages' own and those that ask for a file or for nothing."""
    return _files_left() - _OF_A_PAGE * places.most


def _files_left() -> int:
    return max(20, _files() - _OTHER_FILES - _OF_A_PAGE * _REMEMBERED)


def _files() -> int:
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return _ENOUGH_FILES if soft == resource.RLIM_INFINITY else soft
