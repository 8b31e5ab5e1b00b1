"""A reader of the pages over the websocket, as a browser would hold it, without the browser."""

from dataclasses import dataclass, field

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


@dataclass
class Session:
    """One open page: what it was sent in the last run, and the pages it may go to."""

    socket: websockets.ClientConnection
    pages: dict[str, str] = field(default_factory=dict)
    shown: list[Element] = field(default_factory=list)
    received: int = 0  # bytes in the last run

    async def run(
        self, page: str = "", query: str = "", widgets: dict[str, str | bool] | None = None
    ) -> None:
        """
        Run a page to its end, with what was typed (text) or pressed (True) in its widgets.

        A run that starts another one by itself, as a form does once it is saved, is waited for too.
        """
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_script_hash = self.pages.get(page, "")
        for widget, state in (widgets or {}).items():
            told = message.rerun_script.widget_states.widgets.add(id=widget)
            setattr(told, "trigger_value" if state is True else "string_value", state)
        await self.socket.send(message.SerializeToString())
        self.shown, self.received = [], 0
        while not self._over(await self.socket.recv()):
            pass

    def _over(self, data: bytes) -> bool:
        told = ForwardMsg()
        told.ParseFromString(data)
        self.received += len(data)
        kind = told.WhichOneof("type")
        if kind == "navigation":
            self.pages = {entry.url_pathname: entry.page_script_hash for entry in told.navigation.app_pages}
        if kind == "delta" and told.delta.WhichOneof("type") == "new_element":
            self.shown.append(told.delta.new_element)
        if kind == "script_finished" and told.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self.shown = []
            return False
        return kind == "script_finished"


async def opened(address: str, query: str = "", *, mark: str = "") -> Session:
    """A new session that has seen the first page, signed in by the session cookie `mark`."""
    cookie = {"cookie": f"cmi_session={mark}"} if mark else {}
    socket = await websockets.connect(
        address.replace("http", "ws", 1) + "/_stcore/stream",
        subprotocols=["streamlit"],
        additional_headers=cookie,
        max_size=None,
        open_timeout=120,
        ping_interval=None,
    )
    session = Session(socket)
    await session.run(query=query)
    return session
