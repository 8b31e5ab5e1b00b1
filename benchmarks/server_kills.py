"""
The web server killed while people save on its pages: `python -m benchmarks.server_kills [kills]`.

Editors hold pages open over the websocket and save values by the form of *KPI entry*; what the page tells them
is saved counts as acknowledged. At a random moment the server gets SIGKILL; now and then SIGINT, as Ctrl-C. The
next server opens the same directory. After each, a copy of what the dead one left is opened and looked at: every
acknowledged value is there under its entry, no entry is there in part, and the seals hold.
"""

import asyncio
import contextlib
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from streamlit.proto.Alert_pb2 import Alert
from websockets.exceptions import WebSocketException

from benchmarks import session
from benchmarks.serving import Server, serving
from cmi_core.accounts import passwords
from cmi_core.actions import accounts
from cmi_core.store import Store, current_values, opening, record
from cmi_core.store import accounts as kept_accounts

PASSWORD = "ดอยสุเทพ-ดอยปุย"
EDITORS = 4
CTRL_C = 10  # every so many are stopped as by Ctrl-C


def run(kills: int, *, seed: int = 1) -> Counter[str]:
    """Kill as often as asked; what was acknowledged and checked. Raises AssertionError on the first loss."""
    chance, found = random.Random(seed), Counter()
    kept: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "data"
        mark = _prepared(folder)
        numbers = count(1)
        for turn in range(1, kills + 1):
            with serving(folder) as server:
                gently = turn % CTRL_C == 0
                asyncio.run(
                    _saving(server, mark, numbers, kept, after=chance.uniform(0.2, 4.0), gently=gently)
                )
            found["Ctrl-C" if gently else "kills"] += 1
            found["entries at the end"] = _looked_at(folder, Path(name) / "copy", kept)
        with serving(folder) as server:
            asyncio.run(_still_there(server, mark))
    return found + Counter({"acknowledged": len(kept)})


def _prepared(folder: Path) -> str:
    """A database with one editor; the mark of their session, which the pages are opened with."""
    store = opening.open_store(folder / f"{opening.REAL}.duckdb")
    at = datetime.now(UTC).replace(tzinfo=None)
    who = accounts.first_admin(
        store,
        code=str(accounts.prepare(store)),
        sign_in="ed",
        name="Ed",
        password=PASSWORD,
        note="kills",
        at=at,
    )
    _, epoch = kept_accounts.credential(store, who.account)
    mark = passwords.session_mark(accounts.signing_key(store), who.account, epoch)
    store.close()
    return mark


async def _saving(
    server: Server, mark: str, numbers: count, kept: dict[int, float], *, after: float, gently: bool
) -> None:
    """Save on several pages at once until the server is gone."""
    begun = asyncio.Event()
    codes = ["k_d3_maekha_bod", "k_d3_pm25_mean", "k_d1_saifi", "k_d1_internet_speed"]
    saving = [
        asyncio.create_task(_editor(server, mark, code, numbers, kept, begun)) for code in codes[:EDITORS]
    ]
    first = asyncio.create_task(begun.wait())
    done, _ = await asyncio.wait([first, *saving], return_when=asyncio.FIRST_COMPLETED)
    assert first in done, "nothing could be saved"
    await asyncio.sleep(after)
    server.process.send_signal(signal.SIGINT if gently else signal.SIGKILL)
    await asyncio.gather(*saving)


async def _editor(
    server: Server, mark: str, kpi: str, numbers: count, kept: dict[int, float], begun: asyncio.Event
) -> None:
    """One person who saves one value after the other; `kept` is what the page said was saved."""
    query = f"lang=en&kpi={kpi}"
    with contextlib.suppress(WebSocketException, OSError):
        page = await session.opened(server.address, query, mark=mark)
        await page.run("kpi-entry", query)
        while True:
            number = float(next(numbers))
            fields = [shown.text_input for shown in page.shown if shown.WhichOneof("type") == "text_input"]
            form = next(field.form_id for field in fields if field.form_id)
            value, note = [field.id for field in fields if field.form_id == form][:2]
            save = next(
                shown.button.id for shown in page.shown
                if shown.WhichOneof("type") == "button" and shown.button.form_id == form
            )  # fmt: skip
            await page.run(
                "kpi-entry", query, {value: f"{number:.0f}", note: f"kill {number:.0f}", save: True}
            )
            told = [shown.alert for shown in page.shown if shown.WhichOneof("type") == "alert"]
            said = [alert.body for alert in told if alert.format == Alert.Format.SUCCESS]
            assert said, f"the page did not say that it saved: {[alert.body for alert in told]}"
            kept[int(said[0].split("entry ")[1].split(":")[0].replace(",", ""))] = number
            begun.set()


def _looked_at(folder: Path, copy: Path, kept: dict[int, float]) -> int:
    """Open a copy of what was left and compare it with what was acknowledged; how many entries there are."""
    shutil.copytree(folder, copy)
    store = Store(copy / f"{opening.REAL}.duckdb")
    try:
        values = dict(store.rows("SELECT entry, value FROM kpi_value_line WHERE value IS NOT NULL"))
        lost = {entry: value for entry, value in kept.items() if values.get(entry) != value}
        assert not lost, f"acknowledged and lost: {lost}"
        entries = {entry for (entry,) in store.rows("SELECT entry FROM entry")}
        assert entries == set(range(1, len(entries) + 1)), "an entry is missing"
        halves = {
            entry for (entry,) in store.rows("SELECT entry FROM entry WHERE deed = 'record_value'")
        } - set(values)
        assert not halves, f"entries in part: {halves}"
        assert record.first_broken(store) is None, "a broken seal"
        with store.snapshot() as cursor:
            assert current_values.differences(cursor) == 0, "a current value is not the record's"
        return len(entries)
    finally:
        store.close()
        shutil.rmtree(copy)


async def _still_there(server: Server, mark: str) -> None:
    """The pages of the last server open, for the same session."""
    page = await session.opened(server.address, "lang=en", mark=mark)
    await page.run("audit-log", "lang=en")
    said = [shown.alert.format for shown in page.shown if shown.WhichOneof("type") == "alert"]
    assert Alert.Format.ERROR not in said, "the audit log finds the chain broken"


if __name__ == "__main__":
    for name, number in run(int(sys.argv[1]) if len(sys.argv) > 1 else 50).items():
        print(f"{name:>20}  {number}")
