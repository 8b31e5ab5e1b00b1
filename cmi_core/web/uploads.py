"""Files that people send wait in memory until a page has read them: only for a page that asks for one, and not without end."""

import re
from collections import Counter

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from cmi_core.web.sessions import Sessions

UPLOAD = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+")
_MB = 2**20
# The largest file a page takes, 60 MB, and the one that replaces it while it is still there.
PER_SESSION = 128 * _MB
# Four people with that much at once: a machine of 2 GB bears it beside the program.
PER_SERVER = 512 * _MB


class Uploads:
    """Lets a file pass where the open page has a field for it and there is room; whose page it is was asked before."""

    def __init__(
        self, app: ASGIApp, sessions: Sessions, per_session: int = PER_SESSION, per_server: int = PER_SERVER
    ) -> None:
        self.app = app
        self.sessions = sessions
        self.per_session = per_session
        self.per_server = per_server
        self.coming: Counter[str] = Counter()
        self.pages: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = UPLOAD.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found is None or scope["method"] != "PUT":
            await self.app(scope, receive, send)
            return
        session, told = found.group(1), Headers(scope=scope).get("content-length", "")
        if refused := self._refused(session, told):
            await PlainTextResponse(refused[1], status_code=refused[0])(scope, receive, send)
            return
        self.coming[session] += int(told)
        try:
            await self.app(scope, receive, send)
        finally:
            self.coming[session] -= int(told)
            self.coming += Counter()

    def _refused(self, session: str, told: str) -> tuple[int, str] | None:
        if not self.sessions.draws_uploader(session):
            return 403, "This page asks for no file"
        if not (told.isascii() and told.isdecimal()):
            return 411, "Say how long the file is"
        self._let_go(session)
        held = Counter(self.sessions.bytes_held()) + self.coming
        if held[session] + int(told) > self.per_session:
            return 413, "Too many files on this page: take one away, or load the page again"
        if held.total() + int(told) > self.per_server:
            return 503, "The server holds as many files as it can: try again in a minute"
        return None

    def _let_go(self, session: str) -> None:
        """What was sent to a page that has been left since is nobody's any more."""
        page = self.sessions.page(session)
        if self.pages.get(session, page) != page and not self.coming[session]:
            self.sessions.drop_files(session)
        held = self.sessions.bytes_held()
        self.pages = {each: on for each, on in self.pages.items() if each in held} | {session: page}
