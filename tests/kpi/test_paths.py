import pytest

from cmi_core.kpi.paths import Plan, distance, expected_path, no_path, on_path

COMPLETE = {
    "direction": "higher",
    "baseline": 10.0,
    "baseline_period": "2020",
    "target": 50.0,
    "target_period": "2024",
}


def test_the_path_passes_through_the_milestones_in_order_of_time():
    plan = Plan(**COMPLETE, milestones=(("2023", 20.0), ("2022", 40.0)))
    path = expected_path(plan)
    assert path == ((2021.0, 10.0), (2023.0, 40.0), (2024.0, 20.0), (2025.0, 50.0))
    assert on_path(path, 2022.0) == 10 + (40 - 10) * (1 / 2)
    assert on_path(path, 2024.0) == 20.0
    assert on_path(path, 1999.0) == 10.0
    assert on_path(path, 2050.0) == 50.0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"target": None}, "no_target"),
        ({"baseline": None}, "no_baseline"),
        ({"baseline_period": None}, "no_baseline_period"),
        ({"target_period": None}, "no_target_period"),
        ({"target_period": "2020"}, "target_not_after_baseline"),
        ({"direction": "lower"}, "target_against_direction"),
        ({"milestones": (("2020", 1.0),)}, "milestone_off_path"),
        ({"milestones": (("2022", 1.0), ("2022-Q4", 2.0))}, "milestone_off_path"),
        ({"direction": "band"}, "no_band"),
        ({"direction": "band", "band_lower": 5.0, "band_upper": 4.0}, "band_reversed"),
        ({"direction": "band", "band_lower": 5.0}, None),
        ({}, None),
    ],
)
def test_a_plan_without_a_path_says_why(change, reason):
    plan = Plan(**{**COMPLETE, **change})
    assert no_path(plan) == reason
    assert (expected_path(plan) == ()) == (reason is not None)


def test_the_distance_to_a_band_counts_from_its_nearer_bound():
    band = Plan(direction="band", band_lower=6.0, band_upper=9.0)
    assert [distance(band, value) for value in (4.0, 6.0, 7.0, 9.0, 10.5)] == [2.0, 0.0, 0.0, 0.0, 1.5]
    assert distance(Plan(direction="band", band_upper=9.0), -100.0) == 0.0
