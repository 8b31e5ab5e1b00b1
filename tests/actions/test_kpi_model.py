"""Any sequence of record, correct, withdraw, verify, send back, import and undo equals a simple model."""

from datetime import datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cmi_core.accounts.roles import Account
from cmi_core.actions import imports, kpi_definitions, kpis, undo
from cmi_core.errors import CmiError
from cmi_core.store import current_values, opening, record
from cmi_core.store import kpis as stored

AT = datetime(2026, 7, 1, 3, 0)
PEOPLE = [Account("ann", "Ann", "editor"), Account("bob", "Bob", "editor")]
# One KPI with four eyes and parts, one of running totals without.
EYES, PLAIN = "k_d1_saifi", "k_d2_areas_served"
PERIODS = {EYES: ["2023", "2024", "2025"], PLAIN: ["2024-S1", "2024-S2"]}
PARTS = {EYES: ["", "sex:female", "sex:male"], PLAIN: [""]}
CELLS = [(kpi, period, part) for kpi in PERIODS for period in PERIODS[kpi] for part in PARTS[kpi]]
VALUES, QUALITIES = [1.0, 2.0, 3.0], ["measured", "estimate"]

people, cells, values = st.sampled_from(PEOPLE), st.sampled_from(CELLS), st.sampled_from(VALUES)
qualities = st.sampled_from(QUALITIES)
sheets = st.dictionaries(st.sampled_from([cell for cell in CELLS if not cell[2]]), values, min_size=1)


def city():
    """A database with the two KPIs."""
    store = opening.open_store(":memory:")
    told = {EYES: {"four_eyes": True, "breakdown": "sex:female|male"}, PLAIN: {"cumulative": True}}
    for kpi, fields in told.items():
        seen = stored.definition(store, kpi)["entry"]
        kpi_definitions.define_kpi(
            store, PEOPLE[0], kpi=kpi, fields=fields, note="x", at=AT, expected_version=seen
        )
    return store


def do(deed):
    """The entry of a deed, or the reason why it was refused."""
    try:
        return deed()
    except CmiError as refusal:
        return refusal.reason


def sheet(changes):
    """A file with some values."""
    lines = [f"{kpi},{period},{value}" for (kpi, period, _), value in changes.items()]
    return "\n".join(["kpi,period,value", *lines]).encode()


class Ledger(RuleBasedStateMachine):
    """`now` is the model: cell → (value, quality, by whom, verdict); `past` the cells before each entry."""

    def __init__(self):
        super().__init__()
        self.store = city()
        self.now, self.past, self.eyes = {}, {}, {EYES: True, PLAIN: False}

    def teardown(self):
        self.store.close()

    def seen(self, cell):
        found = kpis.newest(self.store, *cell)
        return found.entry if found else 0

    def given(self, cell):
        kpi, period, part = cell
        return {
            "kpi": kpi,
            "period": period,
            "breakdown": part,
            "note": "x",
            "at": AT,
            "expected_version": self.seen(cell),
        }

    def write(self, entry, changes):
        self.past[entry] = {cell: self.now.get(cell) for cell in changes}
        for cell, line in changes.items():
            if line is None:
                self.now.pop(cell, None)
            else:
                self.now[cell] = line

    @rule(who=people, cell=cells, value=values, quality=qualities)
    def record(self, who, cell, value, quality):
        told = do(
            lambda: kpis.record_value(self.store, who, value=value, quality=quality, **self.given(cell))
        )
        held = self.now.get(cell)
        if held and held[:2] == (value, quality) and held[3] != "sent_back":
            assert told == "value_repeated"
        else:
            assert isinstance(told, int)
            self.write(told, {cell: (value, quality, who.account, None)})

    @rule(who=people, cell=cells, value=values)
    def record_on_an_old_view(self, who, cell, value):
        """Somebody else has saved since the form was opened: nothing changes."""
        stands = self.seen(cell)
        given = self.given(cell) | {"expected_version": stands + 1_000_000}
        told = do(lambda: kpis.record_value(self.store, who, value=value + 0.5, quality="measured", **given))
        held = self.now.get(cell)
        if held and held[:2] == (value + 0.5, "measured") and held[3] != "sent_back":
            assert told == "value_repeated"
        elif stands:
            assert told == "value_changed"
        else:
            assert isinstance(told, int)
            self.write(told, {cell: (value + 0.5, "measured", who.account, None)})

    @rule(who=people, cell=cells, value=values)
    def correct(self, who, cell, value):
        told = do(
            lambda: kpis.correct_value(self.store, who, value=value, quality="survey", **self.given(cell))
        )
        held = self.now.get(cell)
        if held is None:
            assert told == "value_not_there"
        elif held[:2] == (value, "survey") and held[3] != "sent_back":
            assert told == "value_repeated"
        else:
            assert isinstance(told, int)
            self.write(told, {cell: (value, "survey", who.account, None)})

    @rule(who=people, cell=cells)
    def withdraw(self, who, cell):
        told = do(lambda: kpis.withdraw_value(self.store, who, **self.given(cell)))
        if cell in self.now:
            assert isinstance(told, int)
            self.write(told, {cell: None})
        else:
            assert told == "value_not_there"

    @rule(who=people, cell=cells, good=st.booleans())
    def judge(self, who, cell, good):
        deed = kpis.verify_value if good else kpis.send_back
        told = do(lambda: deed(self.store, who, **self.given(cell)))
        held, verdict = self.now.get(cell), "verified" if good else "sent_back"
        if held is None:
            assert told == "value_not_there"
        elif not self.eyes[cell[0]]:
            assert told == "four_eyes_off"
        elif held[2] == who.account:
            assert told == "own_value"
        elif held[3] == verdict:
            assert told == "verdict_repeated"
        else:
            assert isinstance(told, int)
            self.now[cell] = (*held[:3], verdict)

    @rule(kpi=st.sampled_from([EYES, PLAIN]))
    def four_eyes_are_switched(self, kpi):
        """What is recorded stays; whether it waits for somebody is the definition's matter."""
        self.eyes[kpi] = not self.eyes[kpi]
        seen = stored.definition(self.store, kpi)["entry"]
        kpi_definitions.define_kpi(
            self.store,
            PEOPLE[0],
            kpi=kpi,
            fields={"four_eyes": self.eyes[kpi]},
            note="x",
            at=AT,
            expected_version=seen,
        )

    @rule(who=people, changes=sheets)
    def import_sheet(self, who, changes):
        seen = imports.preview(self.store, who, data=sheet(changes), name="v.csv", at=AT)
        told = do(lambda: imports.import_values(self.store, who, cells=seen.wanted, note="x", at=AT))
        # The sheet marks nothing: a value on record keeps its mark.
        held = {cell: self.now.get(cell) or (None, "measured") for cell in changes}
        wanted = {cell: (value, held[cell][1]) for cell, value in changes.items() if held[cell][0] != value}
        assert {(cell.kpi, cell.period) for cell in seen.wanted} == {cell[:2] for cell in wanted}
        if not wanted:
            assert told == "import_empty"
        else:
            assert isinstance(told, int)
            self.write(told, {cell: (*line, who.account, None) for cell, line in wanted.items()})

    @rule(who=people, changes=sheets, cell=cells, value=values)
    def import_a_sheet_that_was_shown_before(self, who, changes, cell, value):
        """Between the dry run and the import somebody records one of its values: nothing is imported."""
        seen = imports.preview(self.store, who, data=sheet(changes), name="v.csv", at=AT)
        self.record(PEOPLE[0], cell, value, "estimate")
        moved = any(self.seen((each.kpi, each.period, "")) != each.expected_version for each in seen.wanted)
        told = do(lambda: imports.import_values(self.store, who, cells=seen.wanted, note="x", at=AT))
        if not seen.wanted:
            assert told == "import_empty"
        elif moved:
            assert told == "import_changed_since"
        else:
            assert isinstance(told, int)
            self.write(
                told,
                {
                    (each.kpi, each.period, ""): (each.value, each.quality, who.account, None)
                    for each in seen.wanted
                },
            )

    @precondition(lambda self: self.past)
    @rule(data=st.data(), who=people)
    def take_back(self, data, who):
        entry = data.draw(st.sampled_from(sorted(self.past)))
        told = do(lambda: undo.undo(self.store, who, entry=entry, note="x", at=AT))
        later = any(
            number > entry and set(past) & set(self.past[entry]) for number, past in self.past.items()
        )
        if later:
            assert told == "undo_changed_since"
        else:
            assert isinstance(told, int)
            restored = {
                cell: line and (*line[:2], who.account, line[3]) for cell, line in self.past[entry].items()
            }
            self.write(told, restored)

    @invariant()
    def what_stands_is_what_the_model_says(self):
        for kpi in PERIODS:
            rows = stored.values(self.store, kpi)
            told = {
                (row.kpi, row.period, row.breakdown): (row.value, row.quality, row.recorded_by, row.state)
                for row in rows.itertuples()
            }
            undecided = "waiting" if self.eyes[kpi] else "plain"
            assert told == {
                cell: (*held[:3], held[3] or undecided) for cell, held in self.now.items() if cell[0] == kpi
            }

    @invariant()
    def what_counts_is_the_latest_that_counts(self):
        latest = {row["kpi"]: row for row in stored.latest(self.store)}
        for kpi, periods in PERIODS.items():
            held = {period: self.now.get((kpi, period, "")) for period in periods}
            counting = [
                period
                for period, line in held.items()
                if line and (line[3] == "verified" or (line[3] is None and not self.eyes[kpi]))
            ]
            told = latest.get(kpi) or {"period": None, "value": None, "count_values": 0}
            assert told["count_values"] == len(counting)
            assert told["period"] == (counting[-1] if counting else None)
            assert told["value"] == (held[counting[-1]][0] if counting else None)

    @invariant()
    def nothing_is_lost_on_the_way(self):
        with self.store.snapshot() as cursor:
            assert current_values.differences(cursor) == 0

    @invariant()
    def the_chain_is_whole(self):
        assert record.first_broken(self.store) is None


TestLedger = Ledger.TestCase
TestLedger.settings = settings(
    max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
)


def standing(store):
    """Everything that stands, without who wrote the line that says so."""
    rows = [row for kpi in PERIODS for row in stored.values(store, kpi).itertuples()]
    return {(row.kpi, row.period, row.breakdown): (row.value, row.quality, row.state) for row in rows}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    before=st.dictionaries(
        cells, st.tuples(values, qualities, st.sampled_from(["", "verified", "sent_back", "gone"]))
    ),
    changes=sheets,
)
def test_an_import_and_its_undoing_leave_what_stood(before, changes):
    store = city()
    try:
        for (kpi, period, part), (value, quality, fate) in before.items():
            given_ = {"kpi": kpi, "period": period, "breakdown": part, "note": "x", "at": AT}
            entry = kpis.record_value(store, PEOPLE[0], value=value, quality=quality, **given_)
            if fate == "gone":
                kpis.withdraw_value(store, PEOPLE[0], expected_version=entry, **given_)
            elif fate and kpi == EYES:
                deed = kpis.verify_value if fate == "verified" else kpis.send_back
                deed(store, PEOPLE[1], expected_version=entry, **given_)
        stood = standing(store)
        seen = imports.preview(store, PEOPLE[0], data=sheet(changes), name="v.csv", at=AT)
        if seen.wanted:
            entry = imports.import_values(store, PEOPLE[0], cells=seen.wanted, note="x", at=AT)
            assert standing(store) != stood
            undo.undo(store, PEOPLE[0], entry=entry, note="x", at=AT)
        assert standing(store) == stood
        assert record.first_broken(store) is None
    finally:
        store.close()
