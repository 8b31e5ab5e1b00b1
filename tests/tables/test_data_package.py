"""A data package is read as it declares, or refused in words."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest

from cmi_core.errors import FileRefused
from cmi_core.tables.sheets import read_book

FIELDS = [
    {"name": "k", "type": "string"},
    {"name": "v", "type": "number", "decimalChar": ",", "groupChar": "."},
]


def packed(package, **files):
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        if package is not None:
            archive.writestr(
                "pkg/datapackage.json", package if isinstance(package, str) else json.dumps(package)
            )
        for name, content in files.items():
            archive.writestr(f"pkg/{name}.csv", content)
    return out.getvalue()


def resource(**more):
    return {
        "resources": [
            {
                "name": "values",
                "path": "a.csv",
                "schema": {"fields": FIELDS, "missingValues": ["", "-999"]},
                **more,
            }
        ]
    }


def test_numbers_gaps_and_letters_are_read_as_declared():
    data = packed(
        resource(dialect={"delimiter": "|"}, encoding="cp874"), a="k|v\nก|1.234,5\nข|-999\n".encode("cp874")
    )
    (table,) = read_book(data, "a.zip").tables
    assert table.rows == {1: {1: "k", 2: "v"}, 2: {1: "ก", 2: 1234.5}, 3: {1: "ข", 2: ".."}}
    assert table.sheet == "values"


@pytest.mark.parametrize(
    ("package", "files", "reason"),
    [
        (None, {"a": b"k,v\n1,2\n"}, "package_missing"),
        ("{", {}, "package_broken"),
        ({"resources": 5}, {}, "package_broken"),
        (resource(), {}, "package_broken"),
        (resource(path="../../etc/passwd"), {"a": b"k,v"}, "package_broken"),
        (resource(encoding="utf-8"), {"a": b"\xff\xfe\xfa,1"}, "package_encoding"),
        (resource(encoding="no-such"), {"a": b"k,v"}, "package_encoding"),
        (resource(), {"a": b""}, "table_empty"),
    ],
)
def test_what_is_no_package_is_refused(package, files, reason):
    with pytest.raises(FileRefused) as refused:
        read_book(packed(package, **files), "a.zip")
    assert refused.value.reason == reason
