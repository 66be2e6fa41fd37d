"""Laws of times: every time is read, and a clock that is set back costs no student anything."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model.class_input.times import course_time
from grader.model.late_policy import Policies, Standing, lateness_of
from grader.model.student import Student, Submission

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10-01T23:59:00+02:00", "2026-10-01T23:59:00+02:00"),
        ("2026-10-01T23:59:00-04:00", "2026-10-01T23:59:00-04:00"),
        ("2026-10-01T21:59:00Z", "2026-10-01T21:59:00+00:00"),
        ("2026-10-01 21:59:00.123456789 UTC", "2026-10-01T21:59:00.123456+00:00"),
        ("20261001T215900Z", "2026-10-01T21:59:00+00:00"),
        ("2026-10-01_23-59-00+0200", "2026-10-01T23:59:00+02:00"),
        ("2026-10-01T23-59-0400", "2026-10-01T23:59:00-04:00"),
        ("2026-10-01T12-00-02-00", "2026-10-01T12:00:00-02:00"),
        ("2026-10-01T23:59+02", "2026-10-01T23:59:00+02:00"),
        ("2026-10-01T23:59:00", "2026-10-01T23:59:00+02:00"),
        ("2026-12-01T23:59:00", "2026-12-01T23:59:00+01:00"),
        (" 2026-10-01 23:59 ", "2026-10-01T23:59:00+02:00"),
        ("2026-10-01_23-59-30", "2026-10-01T23:59:30+02:00"),
        ("2026-10-01-23-59-30", "2026-10-01T23:59:30+02:00"),
        ("2026-10-01_23.59.30", "2026-10-01T23:59:30+02:00"),
        ("20261001-2359", "2026-10-01T23:59:00+02:00"),
        ("2026-10-25T02:30:00", "2026-10-25T02:30:00+02:00"),  # occurs twice: the earlier
        ("2026-03-29T02:30:00", "2026-03-29T01:30:00+01:00"),  # never occurs: the earlier
        *((text, "") for text in ("", "ada", "attempt-1", "2026-10-01", "12:00", "2026-13-01T12:00")),
        *(
            (text, "")
            for text in ("2026-10-01T25:00", "2026-10-01T12:00:00+99:00", "2026-10-01T12:00:00 EST")
        ),
        ("0001-01-01T00:00:00", ""),
        ("٢٠٢٦-10-01T12:00", ""),
    ],
)
def test_a_time_is_read_in_the_courses_zone(text: str, expected: str) -> None:
    assert course_time(text, BERLIN) == expected


def test_without_a_zone_a_time_without_offset_keeps_none() -> None:
    assert course_time("2026-10-01_23-59-00", None) == "2026-10-01T23:59:00"
    assert course_time("2026-10-01T23:59Z", None) == "2026-10-01T23:59:00+00:00"
    assert course_time("ada", None) == ""


@given(st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)))
def test_the_earlier_reading_is_never_later_than_any_other(time: datetime) -> None:
    moment = datetime.fromisoformat(course_time(time.isoformat(), BERLIN))
    others = [time.replace(tzinfo=BERLIN, fold=fold).astimezone(UTC) for fold in (0, 1)]
    assert moment == min(others)
    assert course_time(moment.isoformat(), None) == moment.isoformat()


@pytest.mark.parametrize(("zone", "late"), [(BERLIN, timedelta(hours=-1)), (None, None)])
def test_a_time_from_before_the_course_had_a_zone_is_read_in_the_zone(
    zone: ZoneInfo | None, late: timedelta | None
) -> None:
    due = datetime.fromisoformat("2026-10-25T02:30:00+01:00")
    submission = Submission("ada", "conv", "f", submitted_at="2026-10-25T02:30:00")
    standing = Standing(Student("ada"), "conv", Fraction(1), Fraction(1), submission)
    assert lateness_of(Policies({"conv": due}, timezone=zone), standing) == late
