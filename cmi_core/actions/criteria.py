"""Scoring districts by selection criteria: a score comes with its quality mark and its evidence."""

import math
from datetime import datetime

from cmi_core.accounts.roles import Account, require
from cmi_core.actions.authority import acting
from cmi_core.errors import ObservationError, StaleEdit
from cmi_core.store import Store, criteria, places, record

# Brookings, "Assessing your innovation district" (2018): the five assets and leadership.
CRITERIA = (
    "critical_mass",
    "competitive_edge",
    "quality_of_place",
    "diversity_inclusion",
    "culture_collaboration",
    "leadership",
)
QUALITIES = ("measured", "survey", "higher_level", "estimate", "personal_estimate", "untraceable")


def score(
    store: Store,
    actor: Account | None,
    *,
    place: str,
    criterion: str,
    score: float | None,
    quality: str | None,
    evidence: str,
    evidence_link: str,
    note: str,
    seen: int,
    at: datetime,
) -> int:
    """Give a district its score (0 to 10) by one criterion, as one entry. Evidence is asked for in words."""
    require(actor, "edit_place")
    if criterion not in CRITERIA or place not in places.codes(store):
        raise ObservationError("criterion_unknown", criterion=criterion)
    if quality not in QUALITIES:
        raise ObservationError("quality_unknown", quality=quality)
    if score is None or not (math.isfinite(score) and 0 <= score <= 10):
        raise ObservationError("criterion_range")
    if not evidence.strip():
        raise ObservationError("criterion_evidence")
    if evidence_link.strip() and not evidence_link.strip().startswith(("https://", "http://")):
        raise ObservationError("criterion_link")
    line = {
        "place": place, "criterion": criterion, "score": float(score), "quality": quality,
        "evidence": evidence.strip(), "evidence_link": evidence_link.strip() or None,
    }  # fmt: skip
    with acting(store, actor, "edit_place") as (cursor, by):
        if criteria.entry_of(store, place, criterion) != seen:
            raise StaleEdit("criterion_stale")
        return record.append(
            cursor, {"criterion_score_line": [line]}, deed="score_criterion", by=by.account, at=at, note=note
        )
