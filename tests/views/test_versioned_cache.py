"""Heavy answers are kept as long as they hold."""

from cmi_core.store import opening
from cmi_core.views.versioned_cache import VersionedCache
from tests.index import comparison_data as data


def test_an_answer_is_computed_once_per_version_and_store(store):
    kept, asked = VersionedCache(2), []

    def ask(where=store, **more):
        return kept.get(where, "key", lambda: asked.append(1) or object(), **more)

    assert ask() is ask()
    data.framework(store)
    ask()
    other = opening.open_store(":memory:")
    ask(other)
    other.close()
    assert len(asked) == 3


def test_a_stamp_outlives_other_entries(store):
    kept = VersionedCache(2)
    first = kept.get(store, "key", object, stamp=1)
    data.framework(store)

    assert kept.get(store, "key", object, stamp=1) is first
    assert kept.get(store, "key", object, stamp=2) is not first


def test_only_the_latest_are_kept(store):
    kept = VersionedCache(2)
    first = kept.get(store, 1, object)
    kept.get(store, 2, object)
    kept.get(store, 3, object)

    assert kept.get(store, 1, object) is not first
