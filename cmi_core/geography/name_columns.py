"""
Which of a file's own fields is the Thai name, the English name and the code of its rows: told by heading and content.

A field with one value for all rows is never a name or a code: it is what the rows have in common. Where several tell the rows apart,
the heading decides: a name over a remark, the smallest unit (tambon over amphoe over province) over those that hold it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from cmi_core.geography.place_names import THAI_LETTER, by_language
from cmi_core.tables.questions import Answers, Candidate, LeftOut, Question
from cmi_core.text.spelling import same

SAMPLES, SAMPLE_LENGTH = 3, 40
NONE = ""
CLEAR_BY = 1.0  # by so much the best heading must beat the next to need no question
_LEVELS = (
    (5, "vil village mu moo muban mooban ban community chumchon adm4 หมู่ หมู่บ้าน ชุมชน ย่าน"),
    (4, "t tam tambon tambol tb tmb subdist subdistrict adm3 khwaeng ตำบล แขวง"),
    (3, "a amp amphoe amphur amphor ap dist district adm2 khet อำเภอ เขต"),
    (2, "p pro prov province pv changwat chw adm1 จังหวัด"),
    (1, "r reg region country adm0 ภาค ประเทศ"),
)
_UNKNOWN_LEVEL = 3.5
_THAI = re.compile(r"(th|tha|thai|tn|ไทย|nam(e)?_?(t|th|tha|thai)|.*(ภาษา|ชื่อ|_)ไทย)")
_ENGLISH = re.compile(r"(en|eng|english|อังกฤษ|nam(e)?_?(e|en|eng)|.*(ภาษา|ชื่อ)อังกฤษ)")
_NAME = re.compile(r".*(name|nam[te]?$|^nm$|ชื่อ|^title$|^label$|^tn$)")
_CODE = re.compile(r"(.*(code|_id|รหัส.*)|id\d?|.*idn|pcode|cod|cd|place|ref|key|gid)")
_RUNNING = re.compile(r"(objectid|fid|oid|gid|ogc_?fid|row|index|sn|no|ลำดับ|feature id)(_?\d)?")
_NO_NAME = re.compile(
    r"(desc|description|remarks?|notes?|addr|address|source|src|type|kind|class|status|royin|date|time|folder|owner|contact|url|"
    r"web(site)?|wikidata|wikipedia|phone|tel|email|boundary|layer|updated|created|editor|user|หมายเหตุ|คำอธิบาย|ที่อยู่|ประเภท|แหล่ง.*|วันที่|สถานะ)"
)
_MEASURE = re.compile(
    r"(area|len|length|leng|perimeter|shape|rai|km2?|sqkm|sqm|hectares?|lat|latitude|lon|long|longitude|x|y|pop|population|count|"
    r"year|level|ele|height|พื้นที่|ประชากร|ปี|ความยาว|จำนวน)"
)
_NO_CODE = re.compile(r"\s|^[+-]?\d*[.,]\d{2,}$")
# Marks over and under Thai letters are part of a word.
_BETWEEN = re.compile("[^\\w\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]+|_")
_FIRST_CODES = ("code", "place", "id2", "id")


@dataclass(frozen=True)
class Columns:
    """The fields chosen (empty where there is none), what is asked about them, and fields that look like a code and are none."""

    name_th: str
    name_en: str
    code: str
    questions: tuple[Question, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    def of(self, attributes: Mapping[str, str]) -> tuple[str, str, str]:
        """
        Code, Thai and English name of one row; a name in the other language than its field's stands where it belongs.

        >>> Columns("name", "", "id").of({"name": "Wat Ket", "id": "0"})
        ('', '', 'Wat Ket')
        """
        thai, english = attributes.get(self.name_th, ""), attributes.get(self.name_en, "")
        if not (thai and english):
            given = thai or english
            thai, english = by_language(given)
        code = attributes.get(self.code, "")
        return ("" if code == "0" else code), thai, english  # 0 is what GIS software writes for "none"


def columns(fields: Sequence[str], rows: Sequence[Mapping[str, str]], answers: Answers) -> Columns:
    """What the fields are, as far as it can be told, and the questions to correct it by."""
    found = [_Field(name, tuple(row.get(name, "") for row in rows)) for name in fields]
    thai = _thai_question(found)
    name_th = thai.settled(answers) or NONE
    stem = next((field.stem for field in found if field.name == name_th), "")
    english = _english_question(found, stem, taken=name_th)
    code = _code_question(found, stem)
    questions = (thai, english, code) if fields else ()
    chosen = code.settled(answers) or NONE
    name_en = english.settled(answers) or NONE
    return Columns(name_th, name_en, chosen, questions, tuple(_no_codes(found, chosen)))


@dataclass(frozen=True)
class _Field:
    """One field with its values, empty ones among them."""

    name: str
    values: tuple[str, ...]

    @cached_property
    def filled(self) -> list[str]:
        return [value for value in self.values if value]

    @cached_property
    def words(self) -> list[str]:
        """The heading in words, parted at each sign and where a capital follows: tam and namt of TAM_NAMT."""
        spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.name)
        return [word for word in _BETWEEN.split(same(spaced)) if word] or [""]

    @cached_property
    def heading(self) -> str:
        """The words of the heading in one."""
        return "_".join(self.words)

    @property
    def stem(self) -> str:
        """What a heading has in common with those of the same unit: tam of TAM_NAMT."""
        return self.words[0] if len(self.words) > 1 else ""

    @property
    def apart(self) -> float:
        """How far the values tell the rows apart: 1 where each row has its own; 0 where all have one."""
        different = len(set(self.filled))
        if different == 1 and len(self.values) > 1:
            return 0.0
        return different / len(self.values) if self.values else 0.0

    @cached_property
    def level(self) -> float:
        for level, words in _LEVELS:
            known = words.split()
            alone = len(self.words) == 1
            if any(
                word in known and (len(word) > 1 or (at == 0 and not alone))
                for at, word in enumerate(self.units)
            ):
                return level
        return _UNKNOWN_LEVEL

    @cached_property
    def units(self) -> list[str]:
        """The words of the heading without what says name or code in front of them: ตำบล of ชื่อตำบล."""
        return [re.sub(r"^(ชื่อ|รหัส)(?=.)", "", word) for word in self.words]

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Whether a word of the heading, or all of it, is of a kind."""
        return any(pattern.fullmatch(word) for word in (*self.words, self.heading))

    @property
    def thai_heading(self) -> bool:
        return self.says(_THAI) or (len(self.words) > 1 and self.words[-1] == "t")

    @property
    def english_heading(self) -> bool:
        return self.says(_ENGLISH) or (len(self.words) > 1 and self.words[-1] == "e")

    @property
    def names(self) -> bool:
        """Whether the heading speaks of a name, or of the unit itself (`ตำบล`, `TAMBON_T`)."""
        unit = self.level not in (_UNKNOWN_LEVEL, 1) and not self.says(_CODE) and not self.says(_MEASURE)
        return any(_NAME.match(word) for word in self.words) or unit

    @property
    def counts(self) -> bool:
        """Whether this is no more than the number that a program gave the row."""
        return self.says(_RUNNING) and all(value.isdecimal() for value in self.filled)

    def share(self, pattern: Callable[[str], bool]) -> float:
        """How many of the values there are, are of a kind."""
        return sum(map(pattern, self.filled)) / len(self.filled) if self.filled else 0.0

    def as_thai(self) -> float:
        """How likely this is the Thai name; 0 where it cannot be."""
        if not self.apart or self.share(lambda text: bool(THAI_LETTER.search(text))) < 0.5:
            return 0.0
        return max(0.1, self._as_name() + 2 * self.thai_heading - 3 * self.english_heading)

    def as_english(self, stem: str) -> float:
        """How likely this is the English name beside a Thai one whose heading begins with `stem`."""
        letters = self.share(
            lambda text: bool(re.search("[A-Za-z]{2}", text)) and not THAI_LETTER.search(text)
        )
        if not self.apart or letters < 0.5 or self.says(_CODE) or self.share(_codelike) > 0.5:
            return 0.0
        akin = bool(stem) and self.stem == stem
        evident = self.english_heading or self.names
        score = self._as_name() + 2 * self.english_heading - 3 * self.thai_heading + 2 * akin
        return max(0.1, score) if evident else 0.1

    def as_code(self, stem: str) -> float:
        """How likely this is the code; 0 where it cannot be."""
        if (
            not self.apart
            or self.share(lambda text: not THAI_LETTER.search(text) and not _NO_CODE.search(text)) < 1
        ):
            return 0.0
        if not self.says(_CODE) or self.counts:
            return 0.0 if self.says(_MEASURE) else 0.1
        first = _FIRST_CODES.index(self.heading) if self.heading in _FIRST_CODES else len(_FIRST_CODES)
        akin = bool(stem) and self.stem == stem
        return 4 * self.apart + self.level / 2 + 2 * akin - first / 10

    def _as_name(self) -> float:
        long = sum(map(len, self.filled)) > 60 * len(self.filled)
        return 4 * self.apart + 2 * self.names + self.level / 2 - 4 * self.says(_NO_NAME) - 2 * long

    def candidate(self) -> Candidate:
        """The field as an answer, with a few of its values."""
        few = list(dict.fromkeys(self.filled))[:SAMPLES]
        return Candidate(self.name, told=self.name, sample=tuple(text[:SAMPLE_LENGTH] for text in few))


def _thai_question(fields: list[_Field]) -> Question:
    """The question for the Thai name: asked where no heading speaks of a name, or two do."""
    ranked = sorted(fields, key=lambda field: -field.as_thai())
    best = ranked[0] if ranked and ranked[0].as_thai() else None
    if best is None:
        clear = not fields or any(field.as_english("") > 0.1 for field in fields)
        return Question("name_th", "read_boundaries.name_th", _candidates(ranked), NONE, not clear)
    beaten = len(ranked) < 2 or best.as_thai() - ranked[1].as_thai() >= CLEAR_BY
    clear = (best.names or best.thai_heading) and beaten and best.apart == 1.0
    return Question("name_th", "read_boundaries.name_th", _candidates(ranked), best.name, not clear)


def _english_question(fields: list[_Field], stem: str, *, taken: str) -> Question:
    """The question for the English name: none where no heading speaks of one, and never what is the Thai name already."""
    ranked = sorted(fields, key=lambda field: -field.as_english(stem) if field.name != taken else 0)
    evident = ranked and ranked[0].name != taken and ranked[0].as_english(stem) > 0.1
    default = ranked[0].name if evident else NONE
    return Question("name_en", "read_boundaries.name_en", _candidates(ranked), default, asked=False)


def _code_question(fields: list[_Field], stem: str) -> Question:
    """The question for the code: none where no heading speaks of one, since nothing hangs on it but a guess of the district."""
    ranked = sorted(fields, key=lambda field: -field.as_code(stem))
    proper = [field for field in ranked if field.as_code(stem) > 0.1 and not _repeats(field)]
    default = proper[0].name if proper else NONE
    first = proper[:1]
    rest = [field for field in ranked if field not in first]
    return Question("code", "read_boundaries.code", _candidates([*first, *rest]), default, asked=False)


def _candidates(fields: list[_Field]) -> tuple[Candidate, ...]:
    return (*(field.candidate() for field in fields), Candidate(NONE, say="read_boundaries.no_column"))


def _repeats(field: _Field) -> bool:
    told = [value for value in field.filled if value != "0"]
    return len(set(told)) < len(told)


def _no_codes(fields: list[_Field], chosen: str) -> list[LeftOut]:
    """Fields that go by the name of a code and tell no rows apart."""
    out = []
    for field in fields:
        if field.name == chosen or not field.says(_CODE) or not _repeats(field):
            continue
        value = field.filled[0][:SAMPLE_LENGTH]
        reason = (
            "read_boundaries.column_same" if len(set(field.filled)) == 1 else "read_boundaries.code_repeated"
        )
        out.append(LeftOut("column", field.name, reason, {"value": value}))
    return out


def _codelike(text: str) -> bool:
    return bool(re.search(r"\d", text)) and not re.search(r"\s", text)
