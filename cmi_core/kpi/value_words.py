"""The words by which sheets of KPI values are understood: headings, quality marks, totals, breakdowns."""

import re

from cmi_core.calendar.periods import Period
from cmi_core.calendar.written import ERA_BE, ERA_CE, FISCAL, understand
from cmi_core.errors import ObservationError
from cmi_core.tables.headings import IN_BRACKETS, bare, bracketed
from cmi_core.tables.worksheet import Formula
from cmi_core.text.numbers import understand_number
from cmi_core.text.spelling import same

FIELDS = ("kpi", "name", "period", "year", "month", "value", "quality", "note")
HEADERS = {
    "kpi": (
        "kpi", "kpi code", "kpi id", "code", "รหัสตัวชี้วัด", "รหัส", "ตัวชี้วัด", "รหัส kpi", "indicator", "indicator code", "ชื่อตัวชี้วัด",
        "ตัวชี้วัด kpi", "รหัสตัวชี้วัด kpi", "ชื่อ kpi", "kpi name", "indicator name", "ชื่อตัวชี้วัด kpi",
    ),
    "name": ("name", "ชื่อ", "ชื่อตัวชี้วัดไทย"),
    "period": ("period", "ช่วงเวลา", "รอบ", "รอบเวลา", "รอบรายงาน", "รอบการรายงาน", "งวด", "วันที่", "date", "time", "ณ วันที่", "ข้อมูล ณ วันที่"),
    "year": ("ปี", "year", "ปีงบประมาณ", "ปีงบ", "ปีปฏิทิน", "fiscal year", "fy", "พ.ศ.", "ค.ศ.", "ปีข้อมูล", "ประจำปี", "ปีที่รายงาน"),
    "month": ("เดือน", "month", "ไตรมาส", "quarter", "ไตรมาสที่", "เดือนที่", "ครึ่งปี"),
    "value": (
        "value", "ค่า", "ค่าที่ได้", "ผลการดำเนินงาน", "ผล", "ค่าจริง", "actual", "ผลจริง", "ผลลัพธ์", "ผลงาน", "result", "ค่าที่วัดได้", "ผลที่ได้",
        "ผลการดำเนินการ", "actual value", "obs value", "observation", "ค่าข้อมูล", "ค่าผลการดำเนินงาน", "reported value", "ผลการวัด",
    ),
    "quality": ("quality", "data quality", "quality mark", "คุณภาพ", "คุณภาพข้อมูล", "ที่มาของค่า", "ประเภทข้อมูล", "สถานะข้อมูล"),
    "note": ("note", "notes", "remark", "remarks", "หมายเหตุ", "คำอธิบาย", "comment", "comments", "บันทึก"),
}  # fmt: skip
KNOWN = {bare(word): field for field, words in HEADERS.items() for word in words}
# What these begin with may be a value, if nothing is called so plainly.
PERHAPS_VALUE = ("ค่า", "ผล", "จำนวน", "value", "actual", "result")
# Beside a value stand what was wanted and what was before: never taken for what was measured.
NO_VALUE = re.compile(
    r"เป้า|แผน|ฐาน|คาดการณ์|ร้อยละความสำเร็จ|target|goal|plan|baseline|forecast|milestone|ผลต่าง|change|diff|weight|น้ำหนัก"
)
TOTALS = re.compile(
    r"^(?:รวม|ผลรวม|ยอดรวม|ทั้งหมด|รวมทั้งสิ้น|เฉลี่ย|ค่าเฉลี่ย|total|sum|subtotal|grand total|average|mean)(?:\b|\s|ทั้ง|$)"
)
WHOLE = re.compile(r"^(?:|total|all|both|รวม|ทั้งหมด|ทุกกลุ่ม|ทั้งสอง|headline)$")
BREAKDOWNS = frozenset(
    map(bare, (
        "sex", "gender", "เพศ", "age", "age group", "อายุ", "ช่วงอายุ", "กลุ่มอายุ", "location", "area", "พื้นที่", "ย่าน", "district", "อำเภอ", "ตำบล",
        "disability", "ความพิการ", "education", "การศึกษา", "disaggregation", "breakdown", "จำแนกตาม", "geocode", "series", "urbanisation",
    ))
)  # fmt: skip
_MARKS = (
    ("personal_estimate", re.compile(r"ส่วนตัว|ส่วนบุคคล|personal|expert|ผู้เชี่ยวชาญ")),
    ("survey", re.compile(r"สำรวจ|survey|สัมภาษณ์|แบบสอบถาม")),
    ("higher_level", re.compile(r"จังหวัด|ระดับประเทศ|ระดับที่สูงกว่า|provinc|national|higher")),
    ("estimate", re.compile(r"ประมาณ|คาดการณ์|ประเมิน|estimat|provisional|เบื้องต้น|approx|forecast")),
    ("untraceable", re.compile(r"ไม่ทราบที่มา|ไม่มีที่มา|unknown|untrace")),
    ("measured", re.compile(r"จริง|วัด|นับ|measured|actual|observed|final|ทางการ")),
)
_VALUE_WORDS = re.compile(
    "|".join(
        sorted(
            (re.escape(word) for word in (*HEADERS["value"], "จำนวน", "ประจำ", "ประจำปี")),
            key=len,
            reverse=True,
        )
    )
)


def likely_quality(word: str) -> str | None:
    """
    The mark that a word nobody has told us most likely means.

    >>> likely_quality("ประมาณการ"), likely_quality("ข้อมูลจริง"), likely_quality("xyz")
    ('estimate', 'measured', None)
    """
    plain = same(word)
    return next((mark for mark, pattern in _MARKS if pattern.search(plain)), None)


def era_of(heading: str) -> str | None:
    """The era that a heading states: `be`, `ce` or none."""
    plain = same(heading)
    return "be" if ERA_BE.search(plain) else "ce" if ERA_CE.search(plain) else None


def fiscal(heading: str) -> bool:
    """Whether a heading says that its years are fiscal ones."""
    return bool(FISCAL.search(same(heading)))


def field_of(heading: str) -> str | None:
    """
    The field that a heading names plainly.

    >>> field_of("ปี (พ.ศ.)"), field_of("รหัส\\nตัวชี้วัด"), field_of("เป้าหมาย")
    ('year', 'kpi', None)
    """
    plain = same(heading)
    without_era = ERA_CE.sub(" ", ERA_BE.sub(" ", plain))
    return KNOWN.get(bare(heading)) or KNOWN.get(bare(without_era))


def perhaps_value(heading: str) -> bool:
    """Whether a heading may be that of the values, if none is called so plainly."""
    plain = same(heading)
    return plain.startswith(PERHAPS_VALUE) and not NO_VALUE.search(plain)


def number_in(cell: object) -> float | None:
    """
    The number of a cell, whatever a comma means in it; None where it is none or a formula.

    >>> number_in("45 %"), number_in("ห้า")
    (45.0, None)
    """
    if isinstance(cell, Formula):
        return None
    try:
        return understand_number(cell, comma="decimal" if isinstance(cell, str) and "," in cell else None)
    except ObservationError:
        return None


def period_of(heading: str) -> str:
    """
    The period, or the part of a year, that a heading names beside words for values; empty where it names none.

    >>> period_of("ผลการดำเนินงาน ม.ค. 2567"), period_of("Q1"), period_of("เป้าหมาย 2568"), period_of("ค่า")
    ('ม.ค. 2567', 'q1', '', '')
    """
    plain = same(heading)
    if NO_VALUE.search(plain) or not plain:
        return ""
    text = " ".join(_VALUE_WORDS.sub(" ", IN_BRACKETS.sub(" ", plain)).split())
    inside = next((each for each in bracketed(heading) if _names_period(each)), "")
    return text if _names_period(text) else inside if not text and inside else ""


def whole_period(text: str) -> bool:
    """Whether a text names its year too."""
    with_year = _tried(text)
    return isinstance(with_year, Period) or with_year == "period_year_short"


def _names_period(text: str) -> bool:
    return (
        bool(text) and (whole_period(text) or _tried(text) == "period_year_missing") and not text.isdigit()
    ) or (text.isdigit() and len(text) == 4 and whole_period(text))


def _tried(text: str) -> Period | str:
    try:
        return understand(text)
    except ObservationError as problem:
        return problem.reason
