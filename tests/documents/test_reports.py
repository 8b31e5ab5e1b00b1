"""The executives' page: one page, our fonts, every figure on it, in both languages, whatever the words are."""

import re
import subprocess
from datetime import date, datetime
from io import BytesIO
from shutil import which

import pytest
import zxingcpp
from PIL import Image

from cmi_core.documents import reports
from cmi_core.store import proof, record
from cmi_core.views import one_page
from tests.views.readers import who

TODAY, NOW = date(2026, 11, 22), datetime(2026, 11, 22, 7, 0)


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def fonts(pdf: bytes) -> set[bytes]:
    return set(re.findall(rb"/BaseFont\s*/[A-Z]{6}\+([A-Za-z]+)", pdf))


@pytest.mark.parametrize("language", ["th", "en"])
def test_it_is_one_page_in_our_font(store, language):
    pdf = reports.one_page(one_page.facts(store, language, TODAY, NOW, who=who(store, language)), language)

    assert pdf.startswith(b"%PDF")
    assert pages(pdf) == 1
    assert fonts(pdf) == {b"Sarabun"}


@pytest.mark.skipif(which("pdftotext") is None, reason="pdftotext is not installed")
def test_its_figures_can_be_read(store, tmp_path):
    facts = one_page.facts(store, "en", TODAY, NOW, who=who(store, "en"))
    file = tmp_path / "page.pdf"
    file.write_bytes(reports.one_page(facts, "en"))
    told = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True
    ).stdout

    for figure in ("67.13", "88.33", "85.18", "74.07", "25.93", "0 of 18 KPIs judged", "22 Nov 2026"):
        assert figure in told
    assert facts["seal"] in told
    assert all(line in told for line in facts["seal_lines"])


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_seal_is_on_it_whole_in_letters_and_as_a_code(store, language):
    entry, seal = record.head(store)
    facts = one_page.facts(store, language, TODAY, NOW, who=who(store, language))
    picture = reports.one_page(facts, language, "png", ppi=150)  # half of what a plain printer does

    assert "".join(facts["seal_lines"]) == seal
    read = zxingcpp.read_barcodes(Image.open(BytesIO(picture)))
    assert [code.text.lower() for code in read] == [f"{entry} {seal}"]
    assert proof.verified(store, [read[0].text])["given"] == {read[0].text: entry}


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_full_record_still_makes_one_page(store, language):
    facts = one_page.facts(store, language, TODAY, NOW, who=who(store, language), demonstration=True)
    long = {"what": "ตัวชี้วัดที่มีชื่อยาวมากเป็นพิเศษ " * 5, "when": "ผู้บันทึกที่มีชื่อยาว · 22 พ.ย. 2569 10:00 น."}
    facts |= {"lately": [long] * 4, "overdue": [long] * 4, "more_overdue": "and 99 more"}

    assert pages(reports.one_page(facts, language)) == 1


@pytest.mark.parametrize(
    "words", ["#panic()", "= $x$ *_`", "\\", '"}', "<script>", "@nobody", "#sys.inputs", "//", "/*"]
)
def test_words_are_set_and_never_run(store, words):
    facts = one_page.facts(store, "en", TODAY, NOW, who=who(store, "en"))
    facts |= {"title": words, "lately": [{"what": words, "when": words}], "footer": words}

    assert pages(reports.one_page(facts, "en")) == 1


def test_the_demonstration_is_marked(store):
    facts = one_page.facts(store, "en", TODAY, NOW, who=who(store, "en"))

    assert facts["demonstration"] is None
    assert len(reports.one_page(facts | {"demonstration": "DEMONSTRATION"}, "en")) > len(
        reports.one_page(facts, "en")
    )
