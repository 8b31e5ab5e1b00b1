"""
Choices that live in the URL: a copied link opens the same view, and a page change keeps them.

This file and `form_state` are the ones that touch `st.session_state`. Streamlit's own `bind="query-params"` writes a
widget's label into the URL, which is another in each language; here the URL holds the code.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from pages.components.shell.words import as_text

# The parts of the district map's page that run apart from each other.
MAP, BELOW_MAP = "map", "below_map"
_MEMORY = "choices"
_SEEN = "choices_seen_in_url"


def current(key: str, options: Sequence[str], default: str | None = None, *, spelt: bool = False) -> str:
    """
    The choice `key`: from the link when the link changed, else what the reader last chose, else the default.

    Without `default` the first option is it; a choice that is not offered (any more) is forgotten. `spelt`
    writes the default into the link too: where it depends on who reads, and when.
    """
    first = default if default is not None else next(iter(options), "")
    linked = st.query_params.get(key)
    memory, seen = _kept(_MEMORY), _kept(_SEEN)
    if linked is not None and linked != seen.get(key) and linked in options:
        memory[key] = linked
    chosen = memory.get(key, first)
    chosen = chosen if chosen in options else first
    _write(key, chosen, None if spelt else first)
    return chosen


def segments(
    key: str,
    options: Sequence[str],
    *,
    label: str,
    say: Callable[[str], str],
    default: str | None = None,
    also: Sequence[str] = (),
    **more: Any,
) -> str:
    """One of a few options, side by side; `also` names the fragments that follow the choice, all of them."""
    widget = _prepare(key, options, default)
    return st.segmented_control(
        label,
        options,
        key=widget,
        format_func=lambda code: as_text(say(code)),
        required=True,
        wrap=True,
        on_change=partial(_remember, key, widget, also),
        **more,
    )


def select(
    key: str,
    options: Sequence[str],
    *,
    label: str,
    say: Callable[[str], str],
    default: str | None = None,
    spelt: bool = False,
    also: Sequence[str] = (),
    **more: Any,
) -> str:
    """One of many options, in a list that can be searched; `spelt` as in `current`, `also` as in `segments`."""
    widget = _prepare(key, options, default, spelt=spelt)
    return st.selectbox(
        label, options, key=widget, format_func=say, on_change=partial(_remember, key, widget, also), **more
    )


def several(
    key: str,
    options: Sequence[str],
    *,
    label: str,
    say: Callable[[str], str],
    default: Sequence[str] = (),
    also: Sequence[str] = (),
    **more: Any,
) -> list[str]:
    """Any number of options, as pills; in the URL they are joined by commas; `also` as in `segments`."""
    widget = _prepare_several(key, options, default)
    return st.pills(
        label,
        options,
        key=widget,
        format_func=lambda code: as_text(say(code)),
        selection_mode="multi",
        wrap=True,
        on_change=partial(_remember, key, widget, also),
        **more,
    )


def many(
    key: str,
    options: Sequence[str],
    *,
    label: str,
    say: Callable[[str], str],
    default: Sequence[str] = (),
    **more: Any,
) -> list[str]:
    """Any number of many options, in a list that can be searched; in the URL they are joined by commas."""
    widget = _prepare_several(key, options, default)
    return st.multiselect(
        label, options, key=widget, format_func=say, on_change=partial(_remember, key, widget), **more
    )


def amount(key: str, *, label: str, default: float, lowest: float, highest: float, **more: Any) -> float:
    """A number typed in or stepped; what the link says is kept within the limits."""
    widget = f"choice_{key}"
    st.session_state[widget] = min(max(_number(_text(key, f"{default:g}"), default), lowest), highest)
    _write(key, f"{st.session_state[widget]:g}", f"{default:g}")
    return st.number_input(
        label, lowest, highest, key=widget, on_change=partial(_remember, key, widget), **more
    )


def amounts(
    key: str,
    defaults: dict[str, float],
    *,
    say: Callable[[str], str],
    lowest: float = 0.0,
    highest: float = 10.0,
    step: float = 0.5,
) -> dict[str, float]:
    """A slider for each code; in the URL `code:number` joined by commas, those left at their default left out."""
    linked = dict(part.split(":", 1) for part in _text(key, "").split(",") if ":" in part)
    found = {}
    for code, default in defaults.items():
        widget = f"choice_{key}_{code}"
        there = min(max(_number(linked.get(code, ""), default), lowest), highest)
        st.session_state[widget] = there
        found[code] = st.slider(
            as_text(say(code)),
            lowest,
            highest,
            step=step,
            key=widget,
            on_change=partial(_remember_part, key, code, widget),
        )
    changed = {code: number for code, number in found.items() if number != defaults[code]}
    _write(key, ",".join(f"{code}:{number:g}" for code, number in changed.items()), "")
    return found


def numbers(
    key: str,
    defaults: dict[str, float | None],
    *,
    say: Callable[[str], str],
    steps: dict[str, float],
) -> dict[str, float]:
    """
    A number field for each code; in the URL `code:number` joined by commas, those left at their default left out.

    An empty field is at its default, and a default of None is an empty field. Given back are those changed.
    """
    linked = parts(key)
    found: dict[str, float] = {}
    for code, default in defaults.items():
        widget = f"choice_{key}_{code}"
        st.session_state[widget] = linked.get(code, default)
        told = st.number_input(
            as_text(say(code)),
            value=None,
            step=steps[code],
            format="%g",
            key=widget,
            on_change=partial(_remember_part, key, code, widget),
        )
        if told is not None and told != default:
            found[code] = told
    _write(key, ",".join(f"{code}:{number:.12g}" for code, number in found.items()), "")
    return found


def parts(key: str) -> dict[str, float]:
    """What the sliders of `amounts` were left at, without drawing them; those at their default are left out."""
    linked = (part.split(":", 1) for part in _text(key, "").split(",") if ":" in part)
    found = {code: _number(number, float("nan")) for code, number in linked}
    return {code: number for code, number in found.items() if number == number}


def words(key: str, *, label: str, **more: Any) -> str:
    """Free words to search for."""
    widget = f"choice_{key}"
    st.session_state[widget] = _text(key, "")
    _write(key, st.session_state[widget], "")
    return st.text_input(label, key=widget, on_change=partial(_remember, key, widget), **more).strip()


def choose(key: str, value: str) -> None:
    """Set a choice from a deed (a click on the map, a row of a table); it holds from the next run on."""
    _kept(_MEMORY)[key] = value


def from_row(key: str, widget: str, codes: Sequence[str], also: Sequence[str] = ()) -> None:
    """Take the choice `key` from the row chosen in a table, whose rows stand for `codes`; `also` as in `segments`."""
    if chosen := st.session_state[widget].selection.rows:
        choose(key, codes[chosen[0]])
    if also:
        st.rerun(list(also))


def page_number(key: str = "page") -> int:
    """Which page of a long list is open, from 1; anything else in a link is page 1."""
    told = _text(key, "1")
    number = int(told) if told.isdecimal() and 0 < int(told) < 1_000_000 else 1
    _write(key, str(number), "1")
    return number


def chosen(key: str, default: Sequence[str] = ()) -> list[str]:
    """What is chosen for `key` without drawing anything: the codes, or the default ones."""
    return [code for code in _text(key, ",".join(default)).split(",") if code]


def told(key: str, widget: str) -> None:
    """Take the choice `key` from what a component reported about itself (a click on the map)."""
    if value := (st.session_state.get(widget) or {}).get(key):
        choose(key, value)


def _prepare(key: str, options: Sequence[str], default: str | None, *, spelt: bool = False) -> str:
    widget = f"choice_{key}"
    st.session_state[widget] = current(key, options, default, spelt=spelt)
    return widget


def _prepare_several(key: str, options: Sequence[str], default: Sequence[str]) -> str:
    widget, known = f"choice_{key}", set(options)
    kept = [option for option in chosen(key, default) if option in known]
    st.session_state[widget] = kept
    _write(key, ",".join(kept), ",".join(default))
    return widget


def _text(key: str, default: str) -> str:
    linked, memory, seen = st.query_params.get(key), _kept(_MEMORY), _kept(_SEEN)
    if linked is not None and linked != seen.get(key):
        memory[key] = linked
    return memory.get(key, default)


def _remember(key: str, widget: str, also: Sequence[str] = ()) -> None:
    value = st.session_state[widget]
    _kept(_MEMORY)[key] = (
        ",".join(value) if isinstance(value, list) else f"{value:g}" if isinstance(value, float) else value
    )
    if also:
        st.rerun(list(also))


def _remember_part(key: str, code: str, widget: str) -> None:
    """Put one slider's number into the choice that holds them all."""
    parts = dict(part.split(":", 1) for part in _text(key, "").split(",") if ":" in part)
    number = st.session_state[widget]
    parts.pop(code, None)
    if number is not None:
        parts[code] = f"{number:.12g}"
    _kept(_MEMORY)[key] = ",".join(f"{code}:{number}" for code, number in parts.items())


def _number(text: str, default: float) -> float:
    try:
        number = float(text)
    except ValueError:
        return default
    return number if abs(number) < float("inf") else default


def _write(key: str, value: str, default: str | None) -> None:
    """Keep the URL equal to the choice; a default is left out so that links stay short."""
    if value == default:
        st.query_params.pop(key, None)
        _kept(_SEEN).pop(key, None)
        return
    if st.query_params.get(key) != value:
        st.query_params[key] = value
    _kept(_SEEN)[key] = value


def _kept(name: str) -> dict[str, str]:
    return st.session_state.setdefault(name, {})
