import pytest

from cmi_core.calendar.periods import parse
from cmi_core.kpi.sheet import QUALITIES, quality_labels, template
from cmi_core.kpi.value_file import SheetKpi
from cmi_core.tables.safe_csv import write_xlsx
from cmi_core.text import catalogue, translator
from tests.kpi.value_files import LABELS, read_bytes


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_template_filled_in_is_understood(language):
    wanted = [
        ("k_bod", "ค่า BOD", parse("2024-05")),
        ("k_firms", "=ธุรกิจ", parse("2024-S2")),
        ("k_budget", "งบ", parse("FY2024")),
        ("k_quarter", "ไตรมาส", parse("FY2024-Q1")),
    ]
    kpis = {code: SheetKpi(period.frequency) for code, _, period in wanted}
    table = template(wanted, translate=translator(language), quality="measured")
    data = write_xlsx({"1": table})
    assert read_bytes(data, "a.xlsx", kpis).empty == 4
    table.iloc[:, 3] = [1.5, 2, 3, 4]
    result = read_bytes(write_xlsx({"1": table}), "a.xlsx", kpis)
    assert [(row.kpi, row.period, row.quality) for row in result.rows] == [
        (code, period.code, "measured") for code, _, period in wanted
    ]


def test_the_six_marks_are_labelled_in_both_languages():
    assert set(LABELS.values()) == set(QUALITIES)
    assert len(quality_labels(catalogue("th"), catalogue("en"))) == 12
