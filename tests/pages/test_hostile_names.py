"""Whatever things are called, no page shows a name as markup: every name of the database is Markdown, a link, a picture, a formula."""

import re
from collections.abc import Iterator

import pytest
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from cmi_core.store import Store
from cmi_core.text.typed import FIELDS, LONG, NAME, NOTE
from pages.components.shell import filters, layout, words
from pages.components.shell.registry import PAGES
from tests.actions.proper_deeds import OTHER, PROPER

HOSTILE = "**b** [x](http://evil.example) $x$ :red[x] <b>x</b> `x` :smile: #h"
# What Markdown makes something of, each by its own.
RAW = re.compile(
    r"(?<!\\)\*\*b(?<!\\)\*\*|(?<!\\)\[x\]|http://evil|(?<!\\)\$x|(?<!\\):red|(?<!\\)<b>|(?<!\\)`x|:smile:"
)
# What the browser is sent as something else: HTML is looked at by its own pattern, these are shown letter by letter.
LETTERS = {
    "Selectbox.options", "Selectbox.raw_value", "MultiSelect.options", "MultiSelect.raw_values", "MultiSelect.default",
    "ButtonGroup.raw_values", "TextInput.default", "TextInput.value", "TextInput.placeholder", "TextArea.default",
    "TextArea.value", "TextArea.placeholder", "ComponentInstance.json_args", "VegaLiteChart.alt", "VegaLiteChart.spec",
}  # fmt: skip
MOST = 6
DEEDS = ("criteria.score", "goals.tie_means", "goals.update_means", "indices.import_scores", "kpi_definitions.link_kpi",
         "kpis.verify_value", "places.import_points", "places.replace_boundaries", "places.tie")  # fmt: skip
TEXTS = {name for name, kind in FIELDS.items() if kind in {NAME, NOTE, LONG}} - {
    "value",
    "file_name",
    "workshop",
}
TEXTS |= {"about_en", "about_th", "caution_en", "caution_th", "name_th_table", "origin", "output_en", "output_th", "page", "short",
          "short_en", "short_th", "text_en", "text_th", "venue_en", "venue_th"}  # fmt: skip


def spoil(store: Store) -> None:
    """Deeds of every kind, then a hostile name for all that has one, past the program."""
    for name in DEEDS:
        deed = PROPER[name](store)
        if name != "kpis.verify_value":  # it waits for its second person
            deed(OTHER)
    seen = PROPER["proposals.decline"](store)
    assert seen.given["proposal"] == "p1"
    columns = store.rows(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE data_type = 'VARCHAR' AND NOT internal AND table_name IN"
        " (SELECT table_name FROM duckdb_tables() WHERE NOT internal AND table_name NOT IN ('migration', 'setting'))"
    )
    for table, column in columns:
        if column in TEXTS or (table, column) == ("proposal_line", "workshop"):
            store._connection.execute(
                f'UPDATE "{table}" SET "{column}" = "{column}" || \' \' || ? WHERE "{column}" <> \'\'',
                [HOSTILE],
            )


def sent(message: Message, path: str) -> Iterator[tuple[str, str]]:
    """Every text of what the browser is sent, by its path."""
    for field, value in message.ListFields():
        for each in value if field.is_repeated else [value]:
            if isinstance(each, Message):
                yield from sent(each, f"{path}.{field.name}")
            elif isinstance(each, str):
                yield f"{path}.{field.name}", each


def elements(block) -> Iterator[Message]:
    for child in block.children.values():
        if getattr(child, "proto", None) is not None:
            yield child.proto
        if hasattr(child, "children"):
            yield from elements(child)


def raw(at: AppTest) -> list[tuple[str, str]]:
    """What would be shown as something else than letters."""
    assert not at.exception
    found = []
    for proto in (each for tree in (at.main, at.sidebar) for each in elements(tree)):
        for path, text in sent(proto, proto.DESCRIPTOR.name):
            # HTML knows no Markdown; there a tag is one where it was not escaped.
            if "<b>x" in text if path == "Html.body" else path not in LETTERS and RAW.search(text):
                found.append((path, text))
    return found


@pytest.fixture
def offered(monkeypatch):
    """What the choices of a page offer, by the word of its address: the tabs, and with `lists` also a few of each list."""
    found: dict[str, tuple[str, ...]] = {}
    lists: list[bool] = []

    def noticed(kind, draw):
        def drawn(key, options, **more):
            if key not in ("lang", "look", "size") and (kind == "segments" or lists):
                found.setdefault(key, tuple(map(str, options))[:MOST])
            return draw(key, options, **more)

        return drawn

    for kind in ("segments", "select", "several", "many"):
        monkeypatch.setattr(filters, kind, noticed(kind, getattr(filters, kind)))
    return found, lists


def walked(open_page, offered, name, language):
    """Every choice that the page itself offers, and those that are offered only then."""
    found, _ = offered
    waiting, seen, told = [{}], set(), {}
    while waiting:
        choices = waiting.pop()
        found.clear()
        at = open_page(name, language, "admin", **choices)
        assert not at.exception, choices
        told |= dict.fromkeys(raw(at), choices)
        for key, options in dict(found).items():
            for option in options:
                if (key, option) not in seen:
                    seen.add((key, option))
                    waiting.append(choices | {key: option})
    return told, seen


@pytest.mark.parametrize("name", [entry.code for entry in PAGES])
def test_no_tab_of_a_page_takes_a_name_for_markup(city, open_page, offered, name):
    spoil(city)

    told, _ = walked(open_page, offered, name, "th")

    assert not told


@pytest.mark.proof
@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("name", [entry.code for entry in PAGES])
def test_no_choice_of_a_page_does_either(city, open_page, offered, name, language):
    spoil(city)
    offered[1].append(True)

    told, _ = walked(open_page, offered, name, language)

    assert not told


def test_a_name_that_is_shown_as_it_is_would_be_noticed(city, open_page, monkeypatch):
    spoil(city)
    monkeypatch.setattr(words, "as_text", lambda sentence: sentence)

    assert raw(open_page("goal_board", "th", "admin"))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("**b** _i_ ~s~ `c` $x$ :red[x]", r"\*\*b\*\* \_i\_ \~s\~ \`c\` \$x\$ \:red\[x\]"),
        ("# h", r"\# h"),
        ("- l", r"\- l"),
        ("  12. l", r"  12\. l"),
        ("&lt; &copy;", r"\&lt; \&copy;"),
        ("        code", "code"),
        ("a\n===", "a\n\\==="),
        ("a\n---", "a\n-\u2060-\u2060-"),
        ("a -> b -- c <= d", "a -\u2060\\> b -\u2060- c \\<\u2060= d"),
        (
            "http://a.example www.b.example c@d.example",
            "http:\u2060//a.example www\u2060.b.example c@\u2060d.example",
        ),
        (
            ":smile: :material/home: :+1: at 10:30:45",
            ":\u2060smile: :\u2060material/home: :\u2060+1: at 10:30:45",
        ),
        ("invoice\u202egpj.exe", "invoice⟨U+202E⟩gpj.exe"),
        ("คลองแม่ข่า ๕.๑ มก./ล. (ค่าเฉลี่ย) +3 %", "คลองแม่ข่า ๕.๑ มก./ล. (ค่าเฉลี่ย) +3 %"),
    ],
)
def test_markdown_is_told_letter_by_letter(typed, told):
    assert words.as_text(typed) == told
    assert not RAW.search(words.as_text(HOSTILE))


def test_html_is_told_letter_by_letter():
    assert words.escape("<b>\u202e&") == "&lt;b&gt;⟨U+202E⟩&amp;"


def test_an_address_of_a_source_leads_to_the_web_or_nowhere():
    assert layout._linked("a]b", "https://x.example/a(b) c") == r"[a\]b](https://x.example/a%28b%29%20c)"
    assert layout._linked("a", "javascript:alert(1)") == "a"
    assert layout._linked("a", None) == "a"
