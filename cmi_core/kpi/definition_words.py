"""The words by which sheets of KPI definitions are understood: headings, directions, frequencies, yes and no."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from cmi_core.calendar.written import understand
from cmi_core.errors import ObservationError
from cmi_core.tables.headings import IN_BRACKETS, bare
from cmi_core.text.spelling import same, written

HEADERS = {
    "kpi": (
        "kpi", "kpi code", "kpi id", "code", "รหัสตัวชี้วัด", "รหัส", "ตัวชี้วัด", "รหัส kpi", "indicator", "indicator code", "ตัวชี้วัด kpi",
        "รหัสตัวชี้วัด kpi", "ตัวชี้วัดความสำเร็จ",
    ),
    "name_th": ("ชื่อตัวชี้วัด", "ชื่อ", "ชื่อภาษาไทย", "ชื่อตัวชี้วัดภาษาไทย", "ชื่อไทย", "thai name", "name th", "name (thai)", "ชื่อ kpi", "รายการตัวชี้วัด"),
    "name_en": ("name", "kpi name", "indicator name", "ชื่อภาษาอังกฤษ", "english name", "name en", "ชื่ออังกฤษ"),
    "goal": ("เป้าประสงค์", "goal", "เป้าหมายของแผน", "เป้าหมายในแผน", "เป้าประสงค์ของแผน", "objective", "goal of the plan"),
    "unit_th": ("หน่วย", "หน่วยนับ", "หน่วยวัด", "หน่วยภาษาไทย", "thai unit", "unit th", "หน่วยไทย"),
    "unit_en": ("unit", "units", "หน่วยภาษาอังกฤษ", "english unit", "unit en", "unit of measure"),
    "definition_th": ("นิยาม", "คำนิยาม", "คำอธิบาย", "นิยามภาษาไทย", "thai definition", "definition th", "คำจำกัดความ"),
    "definition_en": ("definition", "นิยามภาษาอังกฤษ", "english definition", "definition en", "description"),
    "direction": (
        "ทิศทาง", "ทิศทางที่ดี", "direction", "which way is better", "ทิศทางของค่า", "ทิศทางเป้าหมาย", "better", "polarity", "ทิศทางตัวชี้วัด",
    ),
    "band_lower": ("ขอบล่าง", "ขอบล่างของช่วง", "lower bound", "lower bound of the band", "band lower", "ค่าต่ำสุดของช่วง"),
    "band_upper": ("ขอบบน", "ขอบบนของช่วง", "upper bound", "upper bound of the band", "band upper", "ค่าสูงสุดของช่วง"),
    "kind": ("ชนิด", "ประเภท", "ประเภทตัวชี้วัด", "ชนิดตัวชี้วัด", "kind", "type", "indicator type"),
    "frequency": (
        "ความถี่", "frequency", "รอบการวัด", "รอบการรายงาน", "ความถี่ในการวัด", "ความถี่การรายงาน", "ความถี่ในการรายงาน", "reporting frequency",
        "ความถี่การจัดเก็บ", "ความถี่ในการจัดเก็บข้อมูล",
    ),
    "grace_days": ("วันผ่อนผัน", "วันผ่อนผันหลังสิ้นช่วงเวลา", "grace days", "days of grace", "days of grace after a period's end"),
    "cumulative": ("ค่าสะสม", "ค่าที่ส่งเป็นยอดสะสม", "cumulative", "values are running totals", "running total", "ยอดสะสม"),
    "decimals": ("ทศนิยม", "ตำแหน่งทศนิยม", "decimals", "decimal places"),
    "breakdown": ("จำแนกตาม", "breakdown", "broken down by", "disaggregation"),
    "data_owner": (
        "หน่วยงานที่มีข้อมูล", "หน่วยงานเจ้าของข้อมูล", "เจ้าของข้อมูล", "data owner", "who holds the data", "แหล่งข้อมูล", "แหล่งที่มาของข้อมูล", "data source",
        "หน่วยงานผู้จัดเก็บข้อมูล", "ผู้ถือข้อมูล", "หน่วยงานที่น่าจะมีข้อมูล", "source of data",
    ),
    "owner": (
        "หน่วยงานผู้รับผิดชอบ", "หน่วยงานรับผิดชอบ", "หน่วยงานที่รับผิดชอบ", "organisation that answers for it", "owner organisation", "responsible organisation",
        "หน่วยงานหลัก", "lead organisation", "organization", "organisation",
    ),
    "baseline": ("ค่าฐาน", "ข้อมูลฐาน", "baseline", "baseline value", "ค่าตั้งต้น", "ค่าเริ่มต้น", "base value"),
    "baseline_period": (
        "ปีฐาน", "ปีของค่าฐาน", "ช่วงเวลาของค่าฐาน", "ช่วงเวลาค่าฐาน", "baseline period", "baseline year", "base year", "period of the baseline", "ปีค่าฐาน",
        "ปีข้อมูลฐาน",
    ),
    "target": ("ค่าเป้าหมาย", "เป้าหมาย", "target", "target value", "ค่าเป้า"),
    "target_period": (
        "ปีเป้าหมาย", "ปีของค่าเป้าหมาย", "ช่วงเวลาของค่าเป้าหมาย", "ช่วงเวลาเป้าหมาย", "target period", "target year", "period of the target", "ปีค่าเป้าหมาย",
        "ภายในปี", "by year",
    ),
    "year": ("ปี", "year", "ปีงบประมาณ", "ช่วงเวลา", "period", "พ.ศ."),
    "starts_in": ("เริ่มส่งค่าตั้งแต่", "เริ่มวัด", "values wanted from", "starts in", "เริ่มเก็บข้อมูล", "start period"),
    "four_eyes": ("ต้องมีผู้ตรวจทาน", "a second person verifies", "four eyes", "ผู้ตรวจทาน"),
    "approval": ("สถานะ", "state", "status", "approval"),
    "coordinator": (
        "ผู้บันทึก", "ผู้บันทึกค่า", "ผู้รายงาน", "ผู้รายงานข้อมูล", "ผู้ประสานงาน", "coordinator", "recorder", "assigned to", "assignee", "person", "ผู้จัดเก็บ",
        "ผู้จัดเก็บข้อมูล", "ผู้กรอก", "ผู้กรอกข้อมูล", "บัญชีผู้บันทึก", "account", "who records it", "ชื่อผู้บันทึก", "people",
    ),
    "stand_in": ("ผู้แทน", "ผู้ทำแทน", "ผู้บันทึกแทน", "stand-in", "stand in", "substitute", "deputy", "ผู้ปฏิบัติแทน"),
    "stand_in_until": ("ผู้แทนถึงวันที่", "ผู้ทำแทนถึงวันที่", "ทำแทนถึง", "stand-in until", "last day of the stand-in", "วันสุดท้ายของผู้ทำแทน", "วันสุดท้ายของผู้แทน"),
}  # fmt: skip
# Headings that two kinds of things go by: what stands below tells, and the reader is asked.
EITHER = {
    "owner": ("หน่วยงานเจ้าของ", "เจ้าของ", "owner", "หน่วยงาน", "agency", "เจ้าภาพ", "หน่วยงานเจ้าภาพ", "เจ้าของตัวชี้วัด", "kpi owner", "indicator owner"),
    "person": ("ผู้รับผิดชอบ", "responsible", "ผู้ดูแล", "ผู้รับผิดชอบหลัก", "responsible person", "in charge"),
}  # fmt: skip
KNOWN = {bare(word): field for field, words in HEADERS.items() for word in words}
KNOWN_EITHER = {bare(word): kind for kind, words in EITHER.items() for word in words}
FIELDS = tuple(HEADERS)
TEXTS = (
    "name_th",
    "name_en",
    "unit_th",
    "unit_en",
    "definition_th",
    "definition_en",
    "breakdown",
    "data_owner",
)
NUMBERS = ("band_lower", "band_upper", "grace_days", "decimals")
PEOPLE = ("coordinator", "stand_in")
WORDS = {
    "direction": {
        "higher": (
            "higher", "higher is better", "up", "increase", "more is better", "positive", "+", "1", "↑", "มากดี", "ยิ่งมากยิ่งดี", "มากยิ่งดี", "ค่ามากดี", "เพิ่มขึ้น",
            "เพิ่ม", "สูงดี", "สูงขึ้นดี", "ยิ่งสูงยิ่งดี", "บวก", "มากขึ้นดี", "higher the better",
        ),
        "lower": (
            "lower", "lower is better", "down", "decrease", "less is better", "negative", "-1", "↓", "น้อยดี", "ยิ่งน้อยยิ่งดี", "น้อยยิ่งดี", "ค่าน้อยดี", "ลดลง", "ลด",
            "ต่ำดี", "ต่ำลงดี", "ยิ่งต่ำยิ่งดี", "ลบ", "น้อยลงดี", "lower the better",
        ),
        "band": ("band", "kept within a band", "within a band", "range", "รักษาไว้ในช่วง", "อยู่ในช่วง", "ในช่วง", "ช่วง", "คงที่ในช่วง"),
    },
    "frequency": {
        "monthly": ("monthly", "every month", "month", "m", "รายเดือน", "ทุกเดือน", "เดือนละครั้ง"),
        "quarterly": ("quarterly", "every quarter", "quarter", "q", "รายไตรมาส", "ทุกไตรมาส", "ไตรมาส", "ราย 3 เดือน", "ทุก 3 เดือน"),
        "half-yearly": (
            "half-yearly", "every half-year", "half yearly", "semiannual", "semi-annual", "biannual", "รายครึ่งปี", "ทุกครึ่งปี", "ราย 6 เดือน", "ทุก 6 เดือน",
            "ครึ่งปี", "รอบ 6 เดือน",
        ),
        "yearly": ("yearly", "every year", "annual", "annually", "year", "a", "y", "รายปี", "ทุกปี", "ปีละครั้ง", "รายปีปฏิทิน", "calendar year"),
        "fiscal-quarterly": (
            "fiscal-quarterly", "every fiscal quarter", "fiscal quarter", "ทุกไตรมาสของปีงบประมาณ", "รายไตรมาสปีงบประมาณ", "ไตรมาสปีงบประมาณ",
            "รายไตรมาส ปีงบประมาณ", "รายไตรมาสของปีงบประมาณ",
        ),
        "fiscal-yearly": ("fiscal-yearly", "every fiscal year", "fiscal year", "fy", "รายปีงบประมาณ", "ทุกปีงบประมาณ", "ปีงบประมาณ"),
    },
    "kind": {
        "input": ("input", "ปัจจัยนำเข้า", "ปัจจัย"),
        "output": ("output", "ผลผลิต", "เชิงผลผลิต"),
        "outcome": ("outcome", "ผลลัพธ์", "เชิงผลลัพธ์", "impact", "ผลกระทบ"),
    },
    "approval": {
        "draft": ("draft", "ร่าง", "drafted"),
        "adopted": ("adopted", "ใช้งาน", "ใช้จริง", "ประกาศใช้", "active", "in use"),
        "retired": ("retired", "เลิกใช้", "ยกเลิก", "discontinued"),
    },
    "cumulative": {"true": ("ใช่", "yes", "true", "1", "✓", "x", "y", "สะสม"), "false": ("ไม่", "ไม่ใช่", "no", "false", "0", "n", "ไม่สะสม")},
    "four_eyes": {"true": ("ใช่", "yes", "true", "1", "✓", "x", "y", "ต้องมี"), "false": ("ไม่", "ไม่ใช่", "no", "false", "0", "n", "ไม่ต้อง")},
}  # fmt: skip
CODES: Mapping[str, Mapping[str, str]] = {
    field: {same(word): code for code, words in codes.items() for word in words}
    for field, codes in WORDS.items()
}
_MILESTONE = re.compile(r"ค่าเป้าหมายรายทาง|เป้าหมายรายทาง|เป้ารายทาง|milestones?")
_TARGET = re.compile(r"ค่าเป้าหมาย|เป้าหมาย|ค่าเป้า|targets?(?: value)?")
_BASELINE = re.compile(r"ค่าฐาน|ข้อมูลฐาน|ปีฐาน|ค่าตั้งต้น|ค่าเริ่มต้น|baseline(?: value)?|base value")
# What was measured in a year is no plan: it has a door of its own.
MEASURED = re.compile(r"^(?:ผล|ค่าจริง|ผลการ|actual|result|value)")
_BRACKETS = re.compile(r"[()（）\[\]{}]")
GROUP = re.compile(
    r"^(?:เป้าประสงค์|เป้าหมาย|ยุทธศาสตร์|กลยุทธ์|goal|strategy|objective|ด้าน|หมวด|กลุ่ม)(?:ที่)?\s*\d*\s*[:：.\-–]?\s*"
)
_TITLE = re.compile(r"^(?:นาย|นางสาว|นาง|น\.ส\.|คุณ|ดร\.?|ผศ\.?|รศ\.?|ศ\.|mr\.?|mrs\.?|ms\.?|dr\.?)\s*")


class Dated(NamedTuple):
    """What a heading with a period in it holds: `baseline`, `target` or `milestone`, and the period as written."""

    field: str
    period: str


def field_of(heading: object) -> str | None:
    """
    The field that a heading names plainly.

    >>> field_of("ผู้บันทึก"), field_of("ชื่อภาษาไทย *"), field_of("หน่วยงานเจ้าของ")
    ('coordinator', 'name_th', None)
    """
    return KNOWN.get(bare(heading))


def dated(heading: object) -> Dated | None:
    """
    The field and the period that a heading names together.

    >>> dated("ค่าฐาน (พ.ศ. 2567)"), dated("เป้าหมาย 2568"), dated("เป้าหมาย")
    (Dated(field='baseline', period='พ.ศ. 2567'), Dated(field='target', period='2568'), None)
    """
    plain = same(heading)
    for field, words in (("milestone", _MILESTONE), ("target", _TARGET), ("baseline", _BASELINE)):
        if not words.search(plain):
            continue
        rest = words.sub(" ", plain, count=1)
        for text in (_BRACKETS.sub(" ", rest), IN_BRACKETS.sub(" ", rest)):
            period = " ".join(text.split()).strip(" :-–")
            if names_period(period):
                return Dated(field, period)
    return None


def names_period(text: str) -> bool:
    """
    Whether a text names a period with its year, one of two digits too.

    >>> names_period("2570"), names_period("ไตรมาส 4/2567"), names_period("แห่ง"), names_period("12")
    (True, True, False, False)
    """
    if not any(each.isdigit() for each in text) or (text.isdigit() and len(text) != 4):
        return False
    try:
        understand(text)
    except ObservationError as problem:
        return problem.reason == "period_year_short" and bool(re.search(r"[^\d\W]", text))
    return True


def meaning(field: str, cell: object) -> str | None:
    """
    The code that a cell's word means in a field of few words, None where it is unknown.

    >>> meaning("direction", "น้อยดี"), meaning("frequency", "รายไตรมาส"), meaning("direction", "ซ้าย")
    ('lower', 'quarterly', None)
    """
    plain = same(written(cell))
    return CODES[field].get(plain) or CODES[field].get(same(IN_BRACKETS.sub(" ", plain)))


def person(name: object) -> str:
    """
    A person's name as it is compared: without a title, in one spelling.

    >>> person("คุณสมชาย  ใจดี (สมมติ)"), person("สมชาย ใจดี (สมมติ)")
    ('สมชายใจดี(สมมติ)', 'สมชายใจดี(สมมติ)')
    """
    return "".join(_TITLE.sub("", same(name)).split())


def group_name(text: object) -> str:
    """
    The name of a group of KPIs as a line between them tells it.

    >>> group_name("เป้าประสงค์: การเดินทาง")
    'การเดินทาง'
    """
    return GROUP.sub("", same(text)).strip()
