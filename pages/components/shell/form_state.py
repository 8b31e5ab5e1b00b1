"""What a form keeps between two runs of its page: what it showed, what was typed, which turn of it this is."""

from typing import Any

import streamlit as st


def get(key: str, default: Any = None) -> Any:
    """What a form kept for its next run, such as the entry it showed; nothing of it is a choice."""
    return st.session_state.get(f"kept_{key}", default)


def put(key: str, value: Any) -> None:
    """Keep something for the next run of this reader's page."""
    st.session_state[f"kept_{key}"] = value


def prefill(key: str, value: str) -> None:
    """What the field `key` holds when it is drawn next: one form serves many values, and keeps the focus."""
    st.session_state[key] = value


def pressed(key: str) -> bool:
    """Whether the button `key` started this run, known before it is drawn."""
    return bool(st.session_state.get(key))


def opened(form: str, now: int) -> tuple[int, int]:
    """
    The entry that stood when the reader opened `form`, and which turn of the form this is.

    The entry stays what it was while others save, until `closed`; the turn goes into the fields' keys, so
    that a closed form starts fresh and an open one keeps its draft.
    """
    held = st.session_state.setdefault(f"form_{form}", {"turn": 0})
    return held.setdefault("seen", now), held["turn"]


def reopened(form: str, now: int) -> None:
    """The reader has been shown what stands now: the draft stays, the next save is on that."""
    st.session_state[f"form_{form}"]["seen"] = now


def closed(form: str) -> None:
    """The form was saved or given up: next time it opens fresh."""
    st.session_state[f"form_{form}"] = {"turn": st.session_state[f"form_{form}"]["turn"] + 1}
