"""What a reader's page keeps between two of its runs and no link says: where the life of its forms is written down."""

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


def typed(key: str) -> Any:
    """What the field `key` holds, asked for where its change is answered."""
    return st.session_state.get(key)


def pressed(key: str) -> bool:
    """Whether the button `key` started this run, known before it is drawn."""
    return bool(st.session_state.get(key))


def drawn(prefix: str) -> bool:
    """Whether the last run drew fields whose keys begin so: what was typed into any others is gone."""
    return any(str(key).startswith(prefix) for key in st.session_state)
