"""Categories of landmarks and infrastructure, gathered into families that a map can tell apart."""

import re

from cmi_core.text.spelling import same

# Family -> the categories in it. A category nobody has named here belongs to OTHER.
FAMILIES: dict[str, tuple[str, ...]] = {
    "health": ("hospital", "clinic"),
    "learning": ("university", "school", "laboratory"),
    "makers": ("incubator", "coworking", "creative"),
    "transport": ("transport", "transit"),
    "heritage": ("heritage", "culture", "craft", "landmark"),
    "market": ("market", "commercial"),
    "green": ("park", "green"),
    "water": ("canal", "water"),
    "government": ("government",),
}
OTHER = "other"
ALL = (*FAMILIES, OTHER)
CATEGORIES = (*(category for categories in FAMILIES.values() for category in categories), OTHER)
_FAMILY = {category: family for family, categories in FAMILIES.items() for category in categories}


def family(category: str) -> str:
    """
    The family of a category.

    >>> family("hospital"), family("volcano")
    ('health', 'other')
    """
    return _FAMILY.get(category, OTHER)


# ---------------------------------------------------------------- the words of files

# Category -> words for it in Thai and English, singular; longer ones are looked for first inside of a longer wording.
WORDS: dict[str, tuple[str, ...]] = {
    "hospital": ("hospital", "โรงพยาบาล", "รพ", "รพ.สต", "โรงพยาบาลส่งเสริมสุขภาพตำบล", "medical center", "medical centre", "ศูนย์การแพทย์"),
    "clinic": ("clinic", "คลินิก", "คลินิค", "doctors", "doctor", "dentist", "pharmacy", "ร้านยา", "ร้านขายยา", "ทันตกรรม", "สถานีอนามัย", "ศูนย์บริการสาธารณสุข", "ศูนย์สุขภาพ", "health center", "health centre", "health post"),
    "university": ("university", "college", "มหาวิทยาลัย", "วิทยาลัย", "สถาบันอุดมศึกษา", "คณะ", "faculty", "campus"),
    "school": ("school", "kindergarten", "โรงเรียน", "รร", "ศูนย์พัฒนาเด็กเล็ก", "อนุบาล", "สถานศึกษา", "ศูนย์การเรียนรู้", "library", "ห้องสมุด"),
    "laboratory": ("laboratory", "lab", "ห้องปฏิบัติการ", "ห้องแล็บ", "แล็บ", "ห้องทดลอง", "research center", "research institute", "ศูนย์วิจัย", "สถาบันวิจัย"),
    "incubator": ("incubator", "accelerator", "ศูนย์บ่มเพาะ", "บ่มเพาะ", "หน่วยบ่มเพาะ", "science park", "อุทยานวิทยาศาสตร์", "startup", "สตาร์ตอัป"),
    "coworking": ("coworking", "coworking space", "co-working", "co-working space", "พื้นที่ทำงานร่วม", "พื้นที่ทำงานร่วมกัน", "โคเวิร์กกิงสเปซ"),
    "creative": ("creative", "creative space", "creative center", "ศูนย์สร้างสรรค์", "พื้นที่สร้างสรรค์", "ความคิดสร้างสรรค์", "makerspace", "maker space", "fab lab", "เมกเกอร์สเปซ"),
    "transport": ("transport", "transportation", "คมนาคม", "การคมนาคม", "airport", "aerodrome", "สนามบิน", "ท่าอากาศยาน", "สถานีขนส่ง", "parking", "ที่จอดรถ", "ลานจอดรถ"),
    "transit": ("transit", "public transport", "ขนส่งสาธารณะ", "ระบบขนส่งสาธารณะ", "bus stop", "bus station", "ป้ายรถเมล์", "ป้ายรถประจำทาง", "สถานีรถไฟ", "train station", "railway station", "station", "ท่ารถ", "ท่าเรือ"),
    "heritage": ("heritage", "มรดกวัฒนธรรม", "มรดก", "โบราณสถาน", "แหล่งโบราณสถาน", "temple", "วัด", "ศาสนสถาน", "place of worship", "monument", "อนุสาวรีย์", "ruins", "archaeological site", "อาคารอนุรักษ์", "historic", "ประวัติศาสตร์"),
    "culture": ("culture", "cultural", "ศิลปวัฒนธรรม", "วัฒนธรรม", "museum", "พิพิธภัณฑ์", "gallery", "art gallery", "หอศิลป์", "theatre", "theater", "โรงละคร", "arts centre", "ศูนย์วัฒนธรรม", "หอวัฒนธรรม"),
    "craft": ("craft", "crafts", "handicraft", "หัตถกรรม", "งานหัตถกรรม", "ศิลปหัตถกรรม", "งานฝีมือ", "otop", "โอทอป"),
    "landmark": ("landmark", "จุดสำคัญ", "แลนด์มาร์ก", "แลนด์มาร์ค", "จุดสังเกต", "attraction", "แหล่งท่องเที่ยว", "สถานที่ท่องเที่ยว", "viewpoint", "จุดชมวิว", "สถานที่สำคัญ"),
    "market": ("market", "marketplace", "ตลาด", "ตลาดสด", "ตลาดนัด", "fresh market", "ถนนคนเดิน", "walking street", "night market", "กาด"),
    "commercial": ("commercial", "ศูนย์การค้า", "ห้างสรรพสินค้า", "ห้าง", "mall", "shopping mall", "shopping center", "shopping centre", "department store", "supermarket", "ซูเปอร์มาร์เก็ต", "ย่านการค้า", "พาณิชย์", "ร้านค้า", "shop"),
    "park": ("park", "สวนสาธารณะ", "สวน", "garden", "public park", "สวนสุขภาพ", "playground", "สนามเด็กเล่น"),
    "green": ("green", "green space", "green area", "พื้นที่สีเขียว", "forest", "ป่า", "ป่าชุมชน", "สวนป่า"),
    "canal": ("canal", "คลอง", "ลำเหมือง", "คูเมือง", "คู"),
    "water": ("water", "waterbody", "แหล่งน้ำ", "แม่น้ำ", "river", "reservoir", "อ่างเก็บน้ำ", "pond", "สระน้ำ", "บึง", "หนองน้ำ", "lake", "ทะเลสาบ"),
    "government": ("government", "หน่วยงานรัฐ", "หน่วยงานราชการ", "ราชการ", "ส่วนราชการ", "สถานที่ราชการ", "townhall", "town hall", "city hall", "เทศบาล", "สำนักงานเทศบาล", "ที่ว่าการอำเภอ", "ศาลากลาง", "อบต", "police", "police station", "สถานีตำรวจ", "fire station", "สถานีดับเพลิง", "post office", "ไปรษณีย์", "courthouse", "ศาลยุติธรรม"),
    "other": ("other", "others", "อื่น ๆ", "อื่นๆ", "อื่น"),
}  # fmt: skip
# A key of OpenStreetMap and its value -> category; `*` is any other value of the key.
_OSM: dict[str, dict[str, str]] = {
    "amenity": {
        "hospital": "hospital", "clinic": "clinic", "doctors": "clinic", "dentist": "clinic", "pharmacy": "clinic", "health_post": "clinic",
        "university": "university", "college": "university", "school": "school", "kindergarten": "school", "library": "school",
        "research_institute": "laboratory", "coworking_space": "coworking", "bus_station": "transit", "ferry_terminal": "transit",
        "parking": "transport", "place_of_worship": "heritage", "arts_centre": "culture", "theatre": "culture", "marketplace": "market",
        "townhall": "government", "police": "government", "fire_station": "government", "post_office": "government", "courthouse": "government",
    },
    "healthcare": {"hospital": "hospital", "*": "clinic"},
    "office": {"government": "government", "coworking": "coworking", "research": "laboratory"},
    "shop": {"*": "commercial"},
    "tourism": {"museum": "culture", "gallery": "culture", "attraction": "landmark", "viewpoint": "landmark"},
    "leisure": {"park": "park", "garden": "park", "playground": "park", "nature_reserve": "green"},
    "historic": {"*": "heritage"},
    "craft": {"*": "craft"},
    "aeroway": {"*": "transport"},
    "railway": {"station": "transit", "halt": "transit", "tram_stop": "transit"},
    "public_transport": {"*": "transit"},
    "highway": {"bus_stop": "transit"},
    "landuse": {"forest": "green", "grass": "green", "recreation_ground": "green"},
    "waterway": {"canal": "canal", "*": "water"},
    "natural": {"water": "water", "wood": "green", "spring": "water"},
    "building": {"hospital": "hospital", "school": "school", "university": "university", "temple": "heritage"},
}  # fmt: skip
TAGS = tuple(_OSM)
_KNOWN = {same(word): category for category, words in WORDS.items() for word in (category, *words)}
_INSIDE = sorted((word for word in _KNOWN if len(word) > 2), key=len, reverse=True)


def understood(word: str) -> str | None:
    """
    The category that a word or a tag of a file surely means.

    >>> understood("ตลาดสด"), understood("Hospitals"), understood("amenity=hospital"), understood("mystery")
    ('market', 'hospital', 'hospital', None)
    """
    key, tagged, value = same(word).partition("=")
    if tagged:
        meanings = _OSM.get(key.strip(), {})
        return meanings.get(value.strip(), meanings.get("*"))
    plain = key.rstrip(".")
    singular = (plain, plain.removesuffix("s"), plain.removesuffix("es"), plain.removesuffix("ies") + "y")
    return next((_KNOWN[each] for each in singular if each in _KNOWN), None)


def likely(wording: str) -> list[str]:
    """
    Categories whose words stand inside a longer wording, such as a heading or a title, the longest word first.

    >>> likely("ชื่อโรงพยาบาล")
    ['hospital']
    """
    rest, found = same(wording).replace("_", " "), []
    for word in _INSIDE:
        inside = (
            re.search(rf"(?<![a-z]){re.escape(word)}(?:s|es)?(?![a-z])", rest) if word.isascii() else None
        )
        if inside or (not word.isascii() and word in rest):
            rest = rest.replace(word, " ")
            found.append(_KNOWN[word])
    return list(dict.fromkeys(found))
