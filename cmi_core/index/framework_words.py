"""What people call the columns of a framework, and what they write in them."""

import re

from cmi_core.index.sheet import plain

# What people call a column; the first name is the code that files of ours carry.
FRAMEWORK_HEADINGS = {
    "code": ("code", "รหัส", "node", "รหัสตัวชี้วัด", "icode", "indicator code", "node code", "รหัสองค์ประกอบ"),
    "parent": ("parent", "รหัสแม่", "แม่", "อยู่ใต้", "กลุ่ม", "parent code", "รหัสกลุ่ม", "อยู่ภายใต้", "สังกัด"),
    "name_th": ("name_th", "ชื่อไทย", "ชื่อภาษาไทย", "ชื่อ", "ชื่อองค์ประกอบ", "thai name"),
    "name_en": ("name_en", "ชื่ออังกฤษ", "ชื่อภาษาอังกฤษ", "name", "iname", "indicator name", "english name", "label"),
    "direction": ("direction", "ทิศทาง", "ทิศทางที่ดี", "polarity", "sign", "ทิศทางตัวชี้วัด", "ทิศทางของตัวชี้วัด", "ค่าที่ดี", "better"),
    "weight": ("weight", "น้ำหนัก", "ค่าน้ำหนัก", "ค่าถ่วงน้ำหนัก", "ถ่วงน้ำหนัก", "weights", "nominal weight", "ร้อยละน้ำหนัก"),
    "unit_th": ("unit_th", "หน่วย", "หน่วยไทย", "หน่วยวัด", "หน่วยนับ"),
    "unit_en": ("unit_en", "หน่วยอังกฤษ", "unit", "units"),
    "lower": ("lower", "หลักล่าง", "ค่าต่ำสุด", "min", "minimum", "lower goalpost", "goalpost lower", "goalpost min", "เกณฑ์ต่ำสุด", "lower bound"),
    "upper": ("upper", "หลักบน", "ค่าสูงสุด", "max", "maximum", "upper goalpost", "goalpost upper", "goalpost max", "เกณฑ์สูงสุด", "upper bound"),
    "scale": ("scale", "มาตรอันดับ", "มาตร", "ordinal scale"),
    "target": ("target", "เป้าหมาย", "เป้า", "ค่าเป้าหมาย"),
    "normalise": ("normalise", "วิธีปรับค่า", "normalize", "normalisation", "normalization", "วิธีปรับค่าเป็นคะแนน"),
    "aggregate": ("aggregate", "วิธีรวม", "aggregation", "วิธีรวมคะแนน"),
    "transform": ("transform", "การแปลงค่า", "แปลงค่า", "transformation"),
    "reference": ("reference", "พื้นที่อ้างอิง", "เมืองอ้างอิง", "reference place", "reference city", "reference unit"),
    "definition_th": ("definition_th", "นิยาม", "นิยามไทย", "คำนิยาม"),
    "definition_en": ("definition_en", "นิยามอังกฤษ", "definition"),
}  # fmt: skip
# What helps to read the rows and is not kept.
READ_ONLY = {
    "kind": ("kind", "type", "ชนิด", "ประเภท", "ชนิดองค์ประกอบ"),
    "level": ("level", "ระดับ", "ชั้น"),
}
NUMBERS = ("weight", "lower", "upper", "target")
# The columns of a tree drawn from left to right, the whole first.
LEVELS = {
    "index": ("ดัชนี", "index", "ชื่อดัชนี", "index name"),
    "dimension": ("มิติ", "ด้าน", "หมวด", "เสา", "dimension", "pillar", "domain", "theme", "มิติหลัก", "ด้านหลัก"),
    "component": (
        "องค์ประกอบ", "องค์ประกอบย่อย", "ประเด็น", "มิติย่อย", "ด้านย่อย", "หมวดย่อย", "กลุ่มตัวชี้วัด", "กลุ่ม",
        "sub dimension", "subdimension", "sub pillar", "subpillar", "component", "category", "sub theme", "group",
    ),
    "indicator": ("ตัวชี้วัด", "ชื่อตัวชี้วัด", "รายการตัวชี้วัด", "indicator", "indicators", "variable", "kpi"),
}  # fmt: skip
_HIGHER = (
    "higher", "high", "up", "positive", "+", "1", "+1", "max", "maximise", "maximize", "benefit", "asc", "increase", "increasing",
    "higher is better", "more is better", "the higher the better", "larger is better", "↑", "▲", "มากดี", "สูงดี", "มาก", "สูง", "บวก", "เพิ่ม",
    "เพิ่มขึ้น", "เชิงบวก", "ทางบวก", "ทิศทางบวก", "ยิ่งมากยิ่งดี", "ยิ่งสูงยิ่งดี", "ค่ามากดี", "ค่าสูงดี", "มากยิ่งดี", "สูงยิ่งดี", "มากกว่าดี", "สูงกว่าดี",
)  # fmt: skip
_LOWER = (
    "lower", "low", "down", "negative", "-", "-1", "min", "minimise", "minimize", "cost", "desc", "decrease", "decreasing",
    "lower is better", "less is better", "the lower the better", "smaller is better", "↓", "▼", "น้อยดี", "ต่ำดี", "น้อย", "ต่ำ", "ลบ", "ลด",
    "ลดลง", "เชิงลบ", "ทางลบ", "ทิศทางลบ", "ยิ่งน้อยยิ่งดี", "ยิ่งต่ำยิ่งดี", "ค่าน้อยดี", "ค่าต่ำดี", "น้อยยิ่งดี", "ต่ำยิ่งดี", "น้อยกว่าดี", "ต่ำกว่าดี",
)  # fmt: skip
_LOGS = (
    "log", "ln", "natural log", "natural logarithm", "logarithm", "loge", "ลอการิทึม", "ล็อก", "ลอการิทึมธรรมชาติ",
)  # fmt: skip
_NONE = ("", "none", "no", "raw", "identity", "linear", "ไม่มี", "ไม่แปลง", "ไม่ใช้", "–", "-", "n/a", "na")
_KINDS = {
    "indicator": ("indicator", "ตัวชี้วัด", "leaf"),
    "group": ("group", "aggregate", "dimension", "index", "pillar", "กลุ่ม", "มิติ", "ด้าน", "ดัชนี", "องค์ประกอบ"),
    "aside": ("denominator", "other", "ตัวหาร", "อื่น", "อื่นๆ", "text", "id"),
}  # fmt: skip
# The plus and minus of a direction are all that is left of them; `plain` would trim neither.
_MINUS = str.maketrans("−–﹣－", "----")
# Columns that explain; whatever stands in them, nothing is computed by it.
REMARK = re.compile(
    r"note|remark|comment|source|url|link|definition|descri|rationale|literature|references|bibliograph|author|contact|owner"
    r"|year|date|order|position|row ?no|^no\.?$|^#$|rank|colou?r|icon|goal|sdg"
    r"|หมายเหตุ|แหล่ง|ที่มา|ลิงก์|คำอธิบาย|อธิบาย|เหตุผล|ผู้รับผิดชอบ|หน่วยงาน|ปี|วันที่|ลำดับ|ข้อ|เอกสาร|^ที่$|สี$"
)
# Columns by which a figure comes out another one.
METHOD = re.compile(
    r"transform|offset|shift|discount|referenc|benchmark|percentile|quantile|winsor|trim|\bcap\b|cap(ped|ping)|floor|ceiling|outlier|treat"
    r"|imput|missing|denominator|per ?capita|power|exponent|penal|elasticit|\blog\b|logarithm|normali|aggregat|method|formula|threshold"
    r"|goalpost|cut ?off|cut ?point|invert|invers|constant|multipl|factor|coefficient|adjust|correct|divid|denominat|standardi|\bmean\b|\bs\.?d\.?\b|weight"
    r"|วิธี|สูตร|แปลง|ปรับ|ชดเชย|หัก|อ้างอิง|ตัวหาร|ยกกำลัง|กำลัง|ลอการิทึม|เกณฑ์|ค่าคงที่|ตัวคูณ|เพดาน|ตัดค่า|เปอร์เซ็นไทล์|น้ำหนัก|ส่วนเบี่ยงเบน|ค่าเฉลี่ย"
)
TOTAL = re.compile(
    r"^(grand |sub)?total$|^sum$|^average$|^mean$|^(ผล)?รวม(ทั้งหมด|ทั้งสิ้น)?$|^ค่าเฉลี่ย$|^เฉลี่ย$|^รวมคะแนน$"
)


_MAY_BE_TOTAL = re.compile("total|sum|average|mean|รวม|เฉลี่ย", re.IGNORECASE)


def is_total(cell: object) -> bool:
    """
    Whether a row is called a total or an average.

    >>> is_total("รวมทั้งสิ้น"), is_total("Total"), is_total("บางรวม")
    (True, True, False)
    """
    return isinstance(cell, str) and bool(_MAY_BE_TOTAL.search(cell)) and bool(TOTAL.search(plain(cell)))


def direction_of(said: str) -> str | None:
    """
    `higher` or `lower`, as people write which is better; None where it is neither.

    >>> direction_of("−1"), direction_of("ยิ่งมาก ยิ่งดี"), direction_of("?")
    ('lower', 'higher', None)
    """
    word = said.translate(_MINUS).strip().lower().removesuffix(".0")
    spaced = " ".join(re.split(r"[\s_]+", word))
    for way, words in (("higher", _HIGHER), ("lower", _LOWER)):
        if spaced in words or spaced.replace(" ", "") in words:
            return way
    return None


def transform_of(said: str) -> str:
    """
    `log`, nothing where none is asked for, else what is written.

    >>> transform_of("LN"), transform_of("none"), transform_of("sqrt")
    ('log', '', 'sqrt')
    """
    word = plain(said)
    return "log" if word in _LOGS else "" if word in _NONE else said


def kind_of(said: str) -> str | None:
    """`indicator`, `group`, or `aside` for what is no part of an index; None where it is not said."""
    word = plain(said)
    return next((kind for kind, words in _KINDS.items() if word in words), None)


def level_words() -> dict[str, tuple[str, ...]]:
    """The headings of a tree from left to right: its levels, and the weight of each."""
    found: dict[str, tuple[str, ...]] = dict(LEVELS)
    for level, words in LEVELS.items():
        name = "weight" if level == "indicator" else f"weight_{level}"
        weights = tuple(
            said
            for word in words
            for said in (f"น้ำหนัก{word}", f"น้ำหนักของ{word}", f"น้ำหนักราย{word}", f"{word} weight", f"weight {word}", f"weight of {word}")
        )  # fmt: skip
        found[name] = found.get(name, ()) + weights
    taken = {word for words in found.values() for word in words}
    for name, words in FRAMEWORK_HEADINGS.items():
        kept = tuple(word for word in words if word not in taken)
        found[name] = found.get(name, ()) + (kept if name != "parent" else ())
    return found
