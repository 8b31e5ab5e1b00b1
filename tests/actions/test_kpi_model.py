"""Any sequence of record, correct, withdraw, verify, send back, import and undo equals a simple model."""

from datetime import datetime

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cmi_core.actions import imports, kpi_definitions, kpis, undo
from cmi_core.errors import CmiError
from cmi_core.roles import Account
from cmi_core.store import current_values, opening, record
from cmi_core.store import kpis as stored

AT = datetime(2026, 7, 1, 3, 0)
PEOPLE = [Account("ann", "Ann", "editor"), Account("bob", "Bob", "editor")]
KPI = "k_d1_saifi"
YEARS = ["2023", "2024", "2025"]
VALUES = [1.0, 2.0, 3.0]

people, years, values = st.sampled_from(PEOPLE), st.sampled_from(YEARS), st.sampled_from(VALUES)


class Ledger(RuleBasedStateMachine):
    """`now` is the model: year → (value, by whom, verdict, entry); `past` the states before each entry."""

    def __init__(self):
        super().__init__()
        self.store = opening.open_store(":memory:")
        self.now, self.past = {}, {}

    def teardown(self):
        self.store.close()

    @initialize()
    def four_eyes(self):
        entry = stored.definition(self.store, KPI)["entry"]
        kpi_definitions.define_kpi(
            self.store, PEOPLE[0], kpi=KPI, fields={"four_eyes": True}, note="x", at=AT, seen_entry=entry
        )

    def do(self, deed):
        """The entry of a deed, or the reason why it was refused."""
        try:
            return deed()
        except CmiError as refusal:
            return refusal.reason

    def seen(self, year):
        found = kpis.newest(self.store, KPI, year)
        return found.entry if found else 0

    def write(self, entry, changes):
        self.past[entry] = {year: self.now.get(year) for year in changes}
        for year, line in changes.items():
            if line is None:
                self.now.pop(year, None)
            else:
                self.now[year] = line

    @rule(who=people, year=years, value=values)
    def record(self, who, year, value):
        told = self.do(
            lambda: kpis.record_value(
                self.store, who, kpi=KPI, period=year, value=value, quality="measured", note="x", at=AT,
                seen_entry=self.seen(year),
            )
        )  # fmt: skip
        held = self.now.get(year)
        if held and held[0] == value and held[2] != "sent_back":
            assert told == "value_repeated"
        else:
            assert isinstance(told, int)
            self.write(told, {year: (value, who.account, None)})

    @rule(who=people, year=years)
    def withdraw(self, who, year):
        told = self.do(
            lambda: kpis.withdraw_value(
                self.store, who, kpi=KPI, period=year, note="x", at=AT, seen_entry=self.seen(year)
            )
        )
        if year in self.now:
            assert isinstance(told, int)
            self.write(told, {year: None})
        else:
            assert told == "value_not_there"

    @rule(who=people, year=years, good=st.booleans())
    def judge(self, who, year, good):
        deed = kpis.verify_value if good else kpis.send_back
        told = self.do(
            lambda: deed(self.store, who, kpi=KPI, period=year, note="x", at=AT, seen_entry=self.seen(year))
        )
        held, verdict = self.now.get(year), "verified" if good else "sent_back"
        if held is None:
            assert told == "value_not_there"
        elif held[1] == who.account:
            assert told == "own_value"
        elif held[2] == verdict:
            assert told == "verdict_repeated"
        else:
            assert isinstance(told, int)
            self.now[year] = (held[0], held[1], verdict)

    @rule(who=people, changes=st.dictionaries(years, values, min_size=1))
    def import_sheet(self, who, changes):
        text = "kpi,period,value\n" + "".join(f"{KPI},{year},{value}\n" for year, value in changes.items())
        seen = imports.preview(self.store, who, data=text.encode(), name="v.csv", at=AT)
        told = self.do(lambda: imports.import_values(self.store, who, cells=seen.wanted, note="x", at=AT))
        wanted = {y: v for y, v in changes.items() if (self.now.get(y) or (None,))[0] != v}
        if not wanted:
            assert told == "import_empty"
        else:
            assert isinstance(told, int)
            self.write(told, {year: (value, who.account, None) for year, value in wanted.items()})

    @precondition(lambda self: self.past)
    @rule(data=st.data(), who=people)
    def take_back(self, data, who):
        entry = data.draw(st.sampled_from(sorted(self.past)))
        told = self.do(lambda: undo.undo(self.store, who, entry=entry, note="x", at=AT))
        later = any(
            number > entry and set(years) & set(self.past[entry]) for number, years in self.past.items()
        )
        if later:
            assert told == "undo_changed_since"
        else:
            assert isinstance(told, int)
            restored = {
                year: line and (line[0], who.account, line[2]) for year, line in self.past[entry].items()
            }
            self.write(told, restored)

    @invariant()
    def what_stands_is_what_the_model_says(self):
        rows = stored.values(self.store, KPI)
        state = {None: "waiting"}
        told = {row.period: (row.value, row.recorded_by, row.state) for row in rows.itertuples()}
        assert told == {
            year: (value, by, state.get(verdict, verdict)) for year, (value, by, verdict) in self.now.items()
        }

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
