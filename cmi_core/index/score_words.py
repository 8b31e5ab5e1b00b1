"""What people call the columns of a table of scores, and what they write beside the numbers."""

import re

# What people call a column; the first name is the code that files of ours carry.
SCORE_HEADINGS = {
    "city": (
        "city", "รหัสเมือง", "place", "รหัสพื้นที่", "ucode", "unit code", "place code", "city code", "area code", "code", "รหัส",
        "iso3", "iso", "iso a3", "iso code", "country code", "geo", "รหัสจังหวัด", "รหัสประเทศ", "รหัสเทศบาล", "place id", "city id",
    ),
    "name_th": (
        "name_th", "เมือง", "ชื่อเมือง", "ชื่อไทย", "จังหวัด", "พื้นที่", "ชื่อพื้นที่", "ชื่อจังหวัด", "เทศบาล", "ชื่อเทศบาล", "อำเภอ", "ชื่อ",
        "ชื่อภาษาไทย", "ชื่อเมืองไทย",
    ),
    "name_en": (
        "name_en", "ชื่ออังกฤษ", "ชื่อเมืองอังกฤษ", "city name", "name", "uname", "unit name", "place name", "area", "area name", "municipality",
        "province", "region name", "country name", "ชื่อภาษาอังกฤษ", "entity", "economy",
    ),
    "country": ("country", "ประเทศ", "ชื่อประเทศ"),
    "year": ("year", "ปี", "time", "ปีข้อมูล", "ปีของข้อมูล", "period", "time period", "reference year", "ปีที่ประเมิน", "ปีอ้างอิง", "พ.ศ.", "พ.ศ", "ค.ศ.", "ค.ศ", "b.e.", "c.e."),
    "quality": ("quality", "คุณภาพข้อมูล", "คุณภาพ"),
}  # fmt: skip
# A row per number instead of a row per place.
LONG_HEADINGS = {
    "indicator": (
        "indicator", "ตัวชี้วัด", "รหัสตัวชี้วัด", "ชื่อตัวชี้วัด", "node", "variable", "series", "series code", "icode", "indicator code",
        "indicator name", "measure", "ตัวแปร",
    ),
    "value": ("value", "ค่า", "คะแนน", "score", "obs value", "ค่าที่ได้", "ผล", "ข้อมูล", "ตัวเลข", "number"),
}  # fmt: skip
QUALITIES = (
    "measured",
    "survey",
    "higher_level",
    "estimate",
    "personal_estimate",
    "untraceable",
    "published",
    "imputed",
)
# A column that holds the result of the whole index as somebody published it.
PUBLISHED = re.compile(
    r"publish|printed|official|overall|composite|total score|index (score|value)|^(index|total|result)$"
    r"|เผยแพร่|ตามที่พิมพ์|คะแนนรวม|ดัชนีรวม|ผลรวม|ทางการ"
)
# Columns that say something of a place or a row, and no indicator.
ASIDE = re.compile(
    r"rank|note|remark|comment|source|\burl\b|link|population$|latitude|longitude|\blat\b|\blon\b|^no\.?$|^#$"
    r"|อันดับ|หมายเหตุ|แหล่ง|ที่มา|ลิงก์|ลำดับ|ละติจูด|ลองจิจูด"
)
