"""Records survive storage as plain data, and only complete ones are read."""

from dataclasses import dataclass, field
from datetime import UTC, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model.file_formats.plain_records import NotPlain, Records


class Color(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Leaf:
    held: Any
    color: Color = Color.RED
    more: dict[str, Any] = field(default_factory=dict)


class Stranger:
    pass


RECORDS = Records((Leaf, Color))
ATOMS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.fractions()
    | st.timedeltas()
    | st.datetimes()
    | st.datetimes(timezones=st.just(UTC) | st.just(timezone(timedelta(hours=-5, minutes=-30))))
    | st.datetimes(timezones=st.just(ZoneInfo("America/New_York")))
    | st.just(Path("a/b"))
    | st.just(Color.RED)
)
VALUES = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3)
        | st.builds(Leaf, inner)
        | st.builds(Leaf, inner, more=st.dictionaries(st.text(max_size=3), inner, max_size=2))
    ),
    max_leaves=8,
)


@given(VALUES)
def test_a_written_value_reads_back_unchanged(value: object) -> None:
    again = RECORDS.read(RECORDS.write(value))
    assert again == value
    assert repr(again) == repr(value)  # 1 == True == 1.0, and a tuple of a list is not a tuple of a tuple


@pytest.mark.parametrize(
    "value", [Stranger(), Leaf(Stranger()), b"bytes", {1, 2}], ids=["class", "field", "bytes", "set"]
)
def test_a_value_without_a_plain_form_is_refused(value: object) -> None:
    with pytest.raises(NotPlain):
        RECORDS.write(value)


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"{", b"\xff", b"{}", b'{"Stranger":[]}', b'{"Leaf":[]}', b'{"Leaf":[["hold",1]]}'),
        *(b'{"Color":"blue"}', b'{"Fraction":"1/0"}', b'{"tuple":7}', b'{"datetime":["x",0,null]}'),
        *(b'{"ZoneInfo":"No/Where"}', b'{"Leaf":[["held",1]],"Color":"red"}', b"[" * 100_000),
        *(
            b'{"Leaf":7}',
            b'{"Leaf":{"Color":"red"}}',
            b'{"tuple":[1],"tuple":[2]}',
            b'{"datetime":[1,0,null]}',
        ),
    ],
    ids=lambda text: text[:30].decode(errors="replace"),
)
def test_an_invalid_record_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match="no record"):
        RECORDS.read(text)
