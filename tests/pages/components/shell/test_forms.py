"""The life of a form: a refusal is text, a stale edit shows both versions, a success is told once on a fresh form."""

from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from cmi_core import text
from cmi_core.errors import FrameworkError, ObservationError, StaleEdit
from pages.components.shell import forms

TYPED = "**bold** [x](y)"
AS_LETTERS = r"\*\*bold\*\* \[x\](y)"


def page_of(world):
    """A page with one form; `world` is what stands, what the deed does, and whether the form is shown."""
    from pages.components.shell import forms

    with forms.telling():
        world.draw(world)


def draw(world):
    page = SimpleNamespace(t=text.translator("en"), language="en", who={"1002": "Ed"}.get)
    forms.told()
    if world.stopped:
        st.stop()
    if world.interrupted:
        # As when the reader touches something while the page is still being drawn.
        world.interrupted -= 1
        st.rerun()
    if not world.shown:
        return
    seen, key = forms.opened("one", world.stands), forms.key_of("one")
    with st.form(key):
        typed = st.text_input("Value", key=f"{key}_value")
        pressed = st.form_submit_button("Save")
    if pressed:
        forms.save(
            page, "one", lambda: world.deed(typed, seen), lambda entry: f"{typed} is entry {entry}",
            now=lambda: world.stands, how=world.how,
        )  # fmt: skip


@pytest.fixture
def world():
    """What the form meets: values by entry, saved over only by who has seen the newest."""
    world = SimpleNamespace(
        stands=1, values=["theirs"], shown=True, how="banner", interrupted=0, stopped=False, draw=draw
    )

    def deed(typed, seen):
        if not typed:
            raise ObservationError("note_missing")
        if seen != world.stands:
            raise StaleEdit(
                "value_changed",
                theirs=world.values[-1],
                mine=typed,
                who="1002",
                when="9:00",
                entry=world.stands,
            )
        world.values.append(typed)
        world.stands += 1
        return world.stands

    world.deed = deed
    return world


@pytest.fixture
def at(world):
    at = AppTest.from_function(page_of, kwargs={"world": world}, default_timeout=60).run()
    assert not at.exception
    return at


def save(at, typed=None):
    if typed is not None:
        at.text_input[0].set_value(typed)
    at.button[0].click().run()
    assert not at.exception
    return at


def test_a_refusal_shows_what_was_typed_letter_by_letter_and_keeps_it(at, world):
    def deed(typed, seen):
        raise ObservationError("number_is_text", text=typed)

    world.deed = deed
    save(at, TYPED)

    assert AS_LETTERS in at.error[0].value
    assert at.text_input[0].value == TYPED


def test_further_problems_are_listed_and_typed_lines_begin_nothing():
    problems = tuple(ObservationError("number_is_text", text=f"{TYPED}\n# {number}") for number in range(40))
    said = forms.sentence(
        text.translator("en"), FrameworkError("framework_contradictions", problems=problems, count=40)
    )
    lines = said.split("\n")

    assert len(lines) == 1 + forms.LISTED + 1
    assert all(line.startswith("- ") and AS_LETTERS in line for line in lines[1:-1])
    assert "10" in lines[-1]


@pytest.mark.parametrize(("typed", "shown"), [("- a.csv", r"\- a.csv"), ("1. a.csv", r"1\. a.csv")])
def test_a_sentence_that_begins_with_a_name_is_no_list(typed, shown):
    said = forms.sentence(text.translator("en"), ObservationError("named_file_empty", file=typed))

    assert said.startswith(shown)


def test_a_stale_edit_shows_both_and_the_next_save_is_on_what_stands_now(at, world):
    world.stands, world.values = 2, ["theirs", "**newer**"]
    save(at, "mine")

    assert r"Ed saved \*\*newer\*\*" in at.warning[0].value
    both = at.get("html")[0].proto.body
    assert "<b>**newer**</b>" in both
    assert "<b>mine</b>" in both
    assert at.text_input[0].value == "mine"
    assert world.values[-1] == "**newer**"
    save(at)
    assert world.values[-1] == "mine"


def test_another_refusal_leaves_the_form_on_what_it_was_opened_on(at, world):
    """What somebody saved meanwhile has been shown to nobody by a refusal about something else."""
    world.stands, world.values = 2, ["theirs", "newer"]
    save(at, "")
    assert at.error
    save(at, "mine")

    assert at.warning
    assert world.values[-1] == "newer"


@pytest.mark.parametrize("how", ["banner", "toast"])
def test_a_success_is_told_once_on_a_fresh_form(at, world, how):
    world.how = how
    save(at, TYPED)
    told = at.success if how == "banner" else at.toast
    assert [each.value for each in told] == [f"{AS_LETTERS} is entry 2"]
    assert at.text_input[0].value == ""

    at.run()
    assert not (at.success if how == "banner" else at.toast)


def test_a_success_is_still_told_where_another_run_took_the_place_of_the_one_that_told_it(at, world):
    """That run's page is drawn over before it is whole: nobody has read it."""
    world.deed, done = (lambda typed, seen: interrupt(world) or done(typed, seen)), world.deed
    save(at, TYPED)
    assert [each.value for each in at.success] == [f"{AS_LETTERS} is entry 2"]
    assert world.interrupted == 0

    at.run()
    assert not at.success
    # What a whole run has told stays told, whatever happens to later ones.
    world.interrupted = 1
    at.run()
    assert not at.success


def interrupt(world):
    world.interrupted = 2


def test_a_run_that_a_page_ends_early_has_told_what_it_told(at, world):
    world.deed, done = (lambda typed, seen: setattr(world, "stopped", True) or done(typed, seen)), world.deed
    save(at, TYPED)
    assert at.success

    at.run()
    assert not at.success


def test_a_fresh_form_is_on_what_was_just_saved(at, world):
    save(save(at, "first"), "second")

    assert world.values == ["theirs", "first", "second"]


def test_a_form_that_was_left_opens_anew(at, world):
    """Its fields have lost what was typed, so nothing is left that could be stale."""
    world.shown = False
    at.run()
    world.shown, world.stands = True, 5
    save(at.run(), "mine")

    assert not at.warning
    assert world.values[-1] == "mine"


def test_an_outcome_is_an_answer_or_a_refusal():
    refusal = ObservationError("note_missing")

    def refuse():
        raise refusal

    assert forms.outcome(lambda: 7) == (7, None)
    assert forms.outcome(refuse) == (None, refusal)


@pytest.mark.parametrize("fault", [ZeroDivisionError, KeyError])
def test_a_fault_of_ours_goes_on(fault):
    def fail():
        raise fault

    with pytest.raises(fault):
        forms.outcome(fail)
