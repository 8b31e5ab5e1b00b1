"""What the methods page tells is what the tables hold; secrets are not among them."""

import pytest

from cmi_core.store import method, scores
from cmi_core.views import method_sources as views


def test_the_planning_process_is_whole(store):
    made = views.process(store)

    assert [len(part) for part in (made.stages, made.steps, made.toolkits, made.workshops)] == [5, 6, 9, 2]
    assert set(made.steps["stage"]) <= set(made.stages["stage"])
    assert set(made.outcomes["workshop"]) == set(made.workshops["workshop"])


def test_an_implausible_figure_is_kept_apart_with_its_reason(store):
    facts = method.city_facts(store)
    hidden = facts[~facts["shown"]]

    assert hidden["fact"].tolist() == ["latent_population"]
    assert hidden["caution_th"].notna().all()
    assert hidden["caution_en"].notna().all()


def test_seven_questions_are_open(store):
    assert method.questions(store)["position"].tolist() == [1, 2, 3, 4, 5, 6, 7]


def test_no_weight_is_known(store):
    assert views.unknown_weights(scores.nodes(store, "isc_2019")) == 4


def test_events_stand_in_order(store):
    assert method.events(store)["happened"].is_monotonic_increasing


@pytest.mark.parametrize("table", views.TABLES)
def test_every_table_offered_can_be_read_and_explains_itself(store, table):
    assert set(views.columns(store, table)["column_name"]) - {""} >= set(method.rows(store, table).columns)


@pytest.mark.parametrize("table", ["credential", "setting", "account_line", "source; DROP TABLE source"])
def test_secrets_are_not_offered(store, table):
    assert table not in views.TABLES
    with pytest.raises(KeyError):
        method.rows(store, table)
