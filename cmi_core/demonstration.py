"""
A made-up data set, so that a newcomer sees every page alive: fictional cities, three years of KPI values.

Everything comes from one seed and is the same on every machine. It is written to a database of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from cmi_core.calendar import periods

SEED = 2562
SOURCE = "demonstration"
PASSWORD = "only made-up figures"  # noqa: S105 - made-up accounts of a made-up city
ACCOUNTS = {
    "admin": "admin", "editor": "editor", "lead": "lead", "coordinator": "coordinator", "verifier": "coordinator",
}  # fmt: skip
ORGANISATION = "chiang_mai_municipality"  # of all of them
NAMES = {
    "admin": "สมมติ ผู้ดูแลระบบ",
    "editor": "สมมติ บรรณาธิการ",
    "lead": "สมมติ หัวหน้าทีม",
    "coordinator": "สมมติ ผู้ประสานงาน",
    "verifier": "สมมติ ผู้ตรวจทาน",
}

CITIES = (
    ("wiang_sai_mok", "เวียงสายหมอก", "Wiang Sai Mok"),
    ("tha_saeng_chan", "ท่าแสงจันทร์", "Tha Saeng Chan"),
    ("ban_lom_nuea", "บ้านลมเหนือ", "Ban Lom Nuea"),
    ("nakhon_tawan_rung", "นครตะวันรุ่ง", "Nakhon Tawan Rung"),
    ("doi_dao_yen", "ดอยดาวเย็น", "Doi Dao Yen"),
    ("khlong_fa_sai", "คลองฟ้าใส", "Khlong Fa Sai"),
    ("mueang_fon_thong", "เมืองฝนทอง", "Mueang Fon Thong"),
    ("pak_nam_kaeo", "ปากน้ำแก้วสมมุติ", "Pak Nam Kaeo"),
    ("chiang_ruang_rong", "เชียงรุ้งร่อง", "Chiang Ruang Rong"),
    ("thung_phrao_wan", "ทุ่งพร้าวหวาน", "Thung Phrao Wan"),
    ("sop_mae_ing", "สบแม่อิงฟ้า", "Sop Mae Ing Fa"),
    ("nong_bua_thip", "หนองบัวทิพย์", "Nong Bua Thip"),
)

# Indicator: code, Thai, English, unit Thai, unit English, direction, worst, best, weight.
DIMENSIONS = {
    ("basic", "เงื่อนไขพื้นฐาน", "Basic conditions", 1.0): (
        ("broadband", "ความเร็วอินเทอร์เน็ตประจำที่", "Fixed broadband speed", "Mbps", "Mbps", "higher", 20, 400, 1.0),
        ("outages", "ไฟฟ้าดับเฉลี่ย", "Power interruptions", "ครั้ง/ราย/ปี", "per customer and year", "lower", 20, 0, 1.0),
        ("open_data", "ชุดข้อมูลเปิด", "Open datasets", "ชุด", "datasets", "higher", 0, 250, 1.0),
        ("budget_share", "งบประมาณด้านนวัตกรรม", "Budget for innovation", "ร้อยละ", "%", "higher", 0, 6, 2.0),
        ("permit_days", "เวลาออกใบอนุญาตธุรกิจ", "Days to a business permit", "วัน", "days", "lower", 60, 1, 1.0),
    ),
    ("connected", "เชื่อมโยง", "Connected", 1.0): (
        ("stop_access", "ประชากรใกล้ป้ายขนส่งสาธารณะ", "Residents near a public-transport stop", "ร้อยละ", "%", "higher", 5, 95, 2.0),
        ("joint_projects", "โครงการที่ทำร่วมกัน", "Joint projects", "โครงการ/แสนคน", "per 100,000 people", "higher", 0, 40, 1.0),
        ("shared_data", "หน่วยงานที่แบ่งปันข้อมูล", "Organisations that share data", "ร้อยละ", "%", "higher", 0, 100, 1.0),
        ("coworking", "พื้นที่ทำงานร่วม", "Co-working spaces", "แห่ง/แสนคน", "per 100,000 people", "higher", 0, 25, 1.0),
        ("partner_cities", "เมืองคู่ความร่วมมือ", "Partner cities", "เมือง", "cities", "higher", 0, 20, 0.5),
    ),
    ("sustainable", "ยั่งยืน", "Sustainable", 1.0): (
        ("pm25", "PM2.5 เฉลี่ยรายปี", "Annual mean PM2.5", "ไมโครกรัม/ลบ.ม.", "µg/m³", "lower", 60, 5, 2.0),
        ("recycling", "ขยะที่นำกลับมาใช้ประโยชน์", "Waste recycled or reused", "ร้อยละ", "%", "higher", 5, 70, 1.0),
        ("green_area", "พื้นที่สีเขียว", "Green space", "ตร.ม./คน", "m² per person", "higher", 1, 30, 1.0),
        ("water_bod", "ค่า BOD ในคลองหลัก", "BOD in the main canal", "มก./ล.", "mg/L", "lower", 40, 2, 1.0),
        ("heritage_makers", "ช่างฝีมือที่สืบทอดภูมิปัญญา", "Active craft makers", "คน/แสนคน", "per 100,000 people", "higher", 0, 500, 1.0),
    ),
    ("inclusive", "ทั่วถึง", "Inclusive", 1.0): (
        ("support_share", "ผู้รับการสนับสนุนจากกลุ่มที่เข้าถึงน้อย", "Support reaching groups with little access", "ร้อยละ", "%", "higher", 0, 60, 2.0),
        ("women_founders", "ผู้ก่อตั้งที่เป็นผู้หญิง", "Women founders", "ร้อยละ", "%", "higher", 5, 50, 1.0),
        ("digital_skills", "ประชากรที่มีทักษะดิจิทัล", "People with digital skills", "ร้อยละ", "%", "higher", 10, 95, 1.0),
        ("youth_leaving", "เยาวชนที่ย้ายออก", "Young people moving away", "ร้อยละ", "%", "lower", 40, 2, 1.0),
        ("social_enterprises", "วิสาหกิจเพื่อสังคม", "Social enterprises", "แห่ง/แสนคน", "per 100,000 people", "higher", 0, 60, 1.0),
    ),
}  # fmt: skip
LEVELS = (
    ("starting", "Starting", 0.0),
    ("growing", "Growing", 40.0),
    ("strong", "Strong", 60.0),
    ("leading", "Leading", 75.0),
)
YEARS = (2023, 2024, 2025)
# Some KPIs are broken down: groups of parts, each part with its share of the whole's level.
PARTS: dict[str, dict[str, float]] = {
    "sex": {"female": 0.94, "male": 1.06},
    "ช่วงอายุ/Age group": {"ต่ำกว่า 35/Under 35": 1.12, "35–59/35–59": 1.0, "60 ขึ้นไป/60 and over": 0.81},
}
FRAMEWORK = "demo_r1"


@dataclass(frozen=True)
class Deed:
    """One entry to be: who, when, why, and its lines by table."""

    deed: str
    by: str
    at: datetime
    note: str
    lines: Mapping[str, Sequence[Mapping[str, object]]]


def source() -> dict[str, object]:
    """The source that every made-up row names."""
    return {
        "source": SOURCE,
        "producer": "Demonstration generator",
        "title": f"Made-up data, nothing in it is real (seed {SEED})",
        "licence": "Apache-2.0",
        "producer_th": "เครื่องสร้างข้อมูลสาธิต",
        "title_th": f"ข้อมูลแต่งขึ้น ไม่ใช่ข้อมูลจริง (ลำดับสุ่ม {SEED})",
    }


def cities() -> list[dict[str, object]]:
    """The fictional cities."""
    return [
        {"city": f"demo_{code}", "name_th": thai, "name_en": english, "area_kind": "city", "country": None}
        for code, thai, english in CITIES
    ]


def deeds(
    kpis: Sequence[Mapping[str, object]], *, today: date, links: Sequence[Mapping[str, object]] = ()
) -> Iterator[Deed]:
    """
    Every entry of the demonstration in the order of time.

    `kpis` are definitions as the record holds them (columns of `kpi_line`); their drafts are adopted with
    made-up baselines and targets. `today` ends the series, so that some values are due and some overdue. `links`
    tie KPIs to the real index (columns of `kpi_link_line`); the like dimensions of the made-up one get the same.
    """
    chance = np.random.default_rng(SEED)
    starts = {str(kpi["kpi"]): float(chance.integers(20, 60)) for kpi in kpis}
    drawn = [
        *_index(chance),
        *_links(links),
        *_plans(kpis, starts),
        *_values(kpis, chance, starts=starts, today=today),
    ]
    yield from sorted(drawn, key=lambda deed: deed.at)


def _index(chance: np.random.Generator) -> Iterator[Deed]:
    facts = {"basis": "inferred", "source": SOURCE}
    head = {
        "framework": FRAMEWORK, "index_code": "demo", "release": "1", "name_th": "ดัชนีสาธิต", "name_en": "Demonstration index",
        "area_kind": "city", "measure": "score", "normalise": "goalposts", "aggregate": "arithmetic", "min_coverage": 0.6,
    }  # fmt: skip
    levels = [
        {
            "framework": FRAMEWORK,
            "level": code,
            "printed": printed,
            "position": place,
            "lower": lower,
            **facts,
        }
        for place, (code, printed, lower) in enumerate(LEVELS, start=1)
    ]
    yield Deed(
        "import_framework", "editor", datetime(2023, 1, 9, 3), "กรอบดัชนีสาธิต", {
            "framework_line": [head | facts], "framework_node_line": list(_nodes(facts)), "level_line": levels,
        },
    )  # fmt: skip
    talent = chance.beta(3, 3, size=(len(CITIES), len(DIMENSIONS)))
    for turn, year in enumerate(YEARS):
        assessment = {
            "assessment": f"demo_{year}",
            "framework": FRAMEWORK,
            "year": year,
            "published": str(year),
            **facts,
        }
        scores = list(_scores(chance, talent=talent, turn=turn, assessment=str(assessment["assessment"])))
        yield Deed(
            "import_scores", "editor", datetime(year + 1, 2, 14, 4), f"คะแนนเมืองสาธิต ปี {year + periods.BUDDHIST_ERA}",
            {"assessment_line": [assessment], "score_line": [score | facts for score in scores]},
        )  # fmt: skip


def _links(links: Sequence[Mapping[str, object]]) -> Iterator[Deed]:
    own = {f"isc_{code}": f"demo_{code}" for code, *_ in DIMENSIONS}
    lines = [
        {"kpi": link["kpi"], "kind": "index_node", "target": own[str(link["node"])], "confidence": link["confidence"],
         "active": True, "basis": "inferred", "source": SOURCE}
        for link in links
        if link["node"] in own
    ]  # fmt: skip
    if lines:
        at = datetime(2023, 1, 9, 4)
        yield Deed("link_kpi", "editor", at, "โยงตัวชี้วัดกับดัชนีสาธิต", {"kpi_link_line": lines})


def _nodes(facts: Mapping[str, object]) -> Iterator[dict[str, object]]:
    base = {"framework": FRAMEWORK, "direction": "higher", **facts}
    yield base | {
        "node": "demo_index",
        "parent": None,
        "position": 0,
        "name_th": "ดัชนีสาธิต",
        "name_en": "Demonstration index",
    }
    for place, ((code, thai, english, weight), indicators) in enumerate(DIMENSIONS.items(), start=1):
        dimension = f"demo_{code}"
        yield base | {
            "node": dimension, "parent": "demo_index", "position": place * 100, "weight": weight, "name_th": thai, "name_en": english,
        }  # fmt: skip
        for step, (name, th, en, unit_th, unit_en, direction, worst, best, share) in enumerate(
            indicators, start=1
        ):
            yield base | {
                "node": name, "parent": dimension, "position": place * 100 + step, "weight": share, "direction": direction,
                "name_th": th, "name_en": en, "unit_th": unit_th, "unit_en": unit_en,
                "lower": float(min(worst, best)), "upper": float(max(worst, best)),
            }  # fmt: skip


def _scores(
    chance: np.random.Generator, *, talent: np.ndarray, turn: int, assessment: str
) -> Iterator[dict[str, object]]:
    qualities = ("measured", "survey", "higher_level", "estimate")
    for row, (code, _, _) in enumerate(CITIES):
        for column, indicators in enumerate(DIMENSIONS.values()):
            for name, _, _, _, _, _, worst, best, _ in indicators:
                gone = chance.random() < 0.04
                share = np.clip(talent[row, column] + 0.03 * turn + chance.normal(0, 0.12), 0.02, 0.98)
                quality = str(chance.choice(qualities, p=[0.6, 0.2, 0.1, 0.1]))
                if not gone:
                    value = round(float(worst + (best - worst) * share), 2)
                    yield {
                        "assessment": assessment,
                        "city": f"demo_{code}",
                        "node": name,
                        "value": value,
                        "quality": quality,
                    }


def _plans(kpis: Sequence[Mapping[str, object]], starts: Mapping[str, float]) -> Iterator[Deed]:
    for number, kpi in enumerate(kpis):
        # A few stay drafts: an honest list has them too.
        if number % 9 == 8:
            continue
        start = starts[str(kpi["kpi"])]
        end = start * (1.6 if kpi["direction"] == "higher" else 0.55)
        fiscal = str(kpi["frequency"]).startswith("fiscal")
        line = dict(kpi) | {
            "approval": "adopted", "baseline": start, "baseline_period": "FY2022" if fiscal else "2022",
            "target": round(end, 1), "target_period": "FY2027" if fiscal else "2027", "owner": "chiang_mai_municipality",
            "four_eyes": number % 6 == 0, "basis": "inferred", "source": SOURCE,
        }  # fmt: skip
        if number % 12 == 4:
            line["breakdown"] = ";".join(f"{group}:{'|'.join(parts)}" for group, parts in PARTS.items())
        people = [
            {"kpi": kpi["kpi"], "account": name, "role": "coordinator"}
            for name in ("coordinator", "verifier")
        ]
        yield Deed(
            "define_kpi", "editor", datetime(2023, 1, 10, 2) + timedelta(minutes=number), "กำหนดค่าฐานและเป้าหมาย (สาธิต)",
            {"kpi_line": [line], "kpi_assignment_line": people},
        )  # fmt: skip


def _parts_of(line: Mapping[str, object]) -> Iterator[dict[str, object]]:
    """The lines of the parts beside the whole's."""
    for group, parts in PARTS.items():
        for part, share in parts.items():
            yield dict(line) | {
                "breakdown": f"{group}:{part}",
                "value": round(float(str(line["value"])) * share, 2),
            }


def _values(
    kpis: Sequence[Mapping[str, object]],
    chance: np.random.Generator,
    *,
    starts: Mapping[str, float],
    today: date,
) -> Iterator[Deed]:
    for number, kpi in enumerate(kpis):
        if number % 9 == 8:
            continue
        frequency = str(kpi["frequency"])
        current = periods.parse("FY2023" if frequency == "fiscal-yearly" else "2023")
        current = periods.containing(current.start, frequency)
        pace, level = chance.normal(1.25, 0.6), starts[str(kpi["kpi"])]
        # Some coordinators are late: their series stops some periods before the others'.
        late = int(number % 5 == 4) * 2
        while periods.following(current, late).end + timedelta(days=30) < today:
            better = 1 if kpi["direction"] == "higher" else -1
            level *= 1 + better * 0.09 * pace * periods.MONTHS[frequency] / 12 + chance.normal(0, 0.015)
            at = datetime.combine(current.end, datetime.min.time()) + timedelta(
                days=int(chance.integers(3, 25)), hours=3
            )
            line = {
                "kpi": kpi["kpi"], "period": current.code, "breakdown": "", "value": round(level, 2),
                "quality": str(chance.choice(["measured", "survey", "estimate"], p=[0.7, 0.2, 0.1])),
            }  # fmt: skip
            lines = [line, *(_parts_of(line) if number % 12 == 4 else ())]
            yield Deed("record_value", "coordinator", at, "รายงานประจำงวด (สาธิต)", {"kpi_value_line": lines})
            yield from _second_look(line, chance, at=at, level=level, four_eyes=number % 6 == 0)
            current = periods.following(current)


def _second_look(
    line: dict[str, object], chance: np.random.Generator, *, at: datetime, level: float, four_eyes: bool
) -> Iterator[Deed]:
    """What becomes of some values in the days after: verified where two people look, else now and then corrected."""
    if four_eyes and chance.random() < 0.9:
        verdict = {"kpi": line["kpi"], "period": line["period"], "breakdown": "", "verdict": "verified"}
        yield Deed(
            "verify_value",
            "verifier",
            at + timedelta(days=1),
            "ตรวจกับเอกสารแล้ว (สาธิต)",
            {"kpi_verdict_line": [verdict]},
        )
    elif not four_eyes and chance.random() < 0.03:
        fixed = line | {"value": round(level * 1.02, 2)}
        yield Deed(
            "correct_value",
            "coordinator",
            at + timedelta(days=2),
            "แก้ตัวเลขที่พิมพ์ผิด (สาธิต)",
            {"kpi_value_line": [fixed]},
        )
