"""A body that does not come ends in 408; one that comes is passed on whole."""

import asyncio

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse

from cmi_core.web.bodies import Bodies
from tests import loops

POST = {"type": "http", "method": "POST", "path": "/draft", "headers": [], "query_string": b""}


async def whole(scope, receive, send):
    body = await Request(scope, receive).body()
    await PlainTextResponse(f"got {len(body)}")(scope, receive, send)


def sent(parts, pause, **bounds):
    """What is answered to a body of these parts with a pause before each; None stands for silence."""

    async def exchange():
        left, answers = list(parts), []

        async def receive():
            if not left:
                await asyncio.sleep(60)
            await asyncio.sleep(pause)
            part = left.pop(0)
            if part is None:
                await asyncio.sleep(60)
            return {"type": "http.request", "body": part, "more_body": bool(left)}

        async def send(message):
            answers.append(message)

        await Bodies(bounds.pop("app", whole), **bounds)(POST, receive, send)
        return answers[0]["status"], b"".join(each.get("body", b"") for each in answers)

    return loops.run(asyncio.wait_for(exchange(), 20))


@pytest.mark.parametrize(
    ("parts", "pause", "bounds", "status"),
    [
        ([b"x" * 1000] * 20, 0.0, {}, 200),
        ([b""], 0.0, {}, 200),
        # Silence, at once or in the middle.
        ([None], 0.0, {"silent": 0.1}, 408),
        ([b"x" * 1000, None], 0.0, {"silent": 0.1}, 408),
        # A byte at a time never falls silent, and never ends.
        ([b"x"] * 1000, 0.01, {"silent": 5, "free": 0.2, "rate": 4000}, 408),
        # Slow, but at the rate that is asked for.
        ([b"x" * 100] * 40, 0.01, {"silent": 5, "free": 0.2, "rate": 1000}, 200),
        # Fast enough, and longer in all than anything that is meant to end.
        ([b"x" * 100] * 1000, 0.01, {"silent": 5, "free": 0.2, "rate": 1000, "longest": 0.3}, 408),
    ],
)
def test_a_body_is_waited_for_while_it_comes(parts, pause, bounds, status):
    answer, told = sent(parts, pause, **bounds)

    assert answer == status
    if status == 200:
        assert told == f"got {sum(map(len, parts))}".encode()


def test_the_largest_file_at_half_a_megabit_passes():
    """The bounds as they stand, by arithmetic: 60 MB need not wait for a test."""
    gate = Bodies(whole)
    seconds = 60 * 2**20 * 8 / 500_000

    assert seconds < gate.longest
    assert gate.free + 60 * 2**20 / gate.rate > seconds


def test_who_waits_for_the_end_of_an_answer_is_not_hurried():
    """After the body, the web server is asked whether the reader has gone: that may take as long as the answer."""

    async def lasting(scope, receive, send):
        await Request(scope, receive).body()

        async def slowly():
            for _ in range(4):
                await asyncio.sleep(0.1)
                yield b"x"

        await StreamingResponse(slowly())(scope, receive, send)

    assert sent([b"x"], 0.0, silent=0.1, app=lasting) == (200, b"xxxx")


def test_an_answer_that_has_begun_is_cut_rather_than_made_two():
    async def early(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await receive()

    with pytest.raises(Exception, match="^$") as cut:
        sent([None], 0.0, silent=0.1, app=early)
    assert type(cut.value).__name__ == "_TooSlow"
