"""Laws of the policies in course.yaml: each is one line, and a contradiction is refused with its line."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from grader.author.load import load_course
from grader.model.errors import UserError
from grader.model.late_policy import DAY, LateDays, Penalty, Policies, Rounding

HEAD = "title: A course\nassignments: [tiny]\n"
ZONE = "timezone: Europe/Berlin\n"
DEADLINE = "deadlines: {tiny: 2026-10-01T23:59:00+02:00}\n"
WHOLE = f"""\
{HEAD}{ZONE}{DEADLINE}\
extensions: {{tiny: {{ada: 2d, "007": 36h}}}}
grace: 15m
late_penalty: 10% per day
late_floor: 50%
late_cap: 87.5%
late_days: 4
late_days_each: 2
drop_after: 7d
rounding: nearest 0.5
"""


def load_text(course: Path, text: str) -> Policies:
    path = course / "assignments" / "course.yaml"
    path.write_text(text)
    return load_course(path).policies


def test_every_policy_is_one_line(course: Path) -> None:
    assert load_text(course, WHOLE) == Policies(
        deadlines={"tiny": datetime.fromisoformat("2026-10-01T23:59:00+02:00")},
        extensions={"tiny": {"ada": 2 * DAY, "007": timedelta(hours=36)}},
        grace=timedelta(minutes=15),
        penalty=Penalty(Fraction(1, 10), DAY),
        floor=Fraction(1, 2),
        cap=Fraction(7, 8),
        drop_after=7 * DAY,
        late_days=LateDays(4, 2),
        rounding=Rounding("nearest", Fraction(1, 2)),
        timezone=ZoneInfo("Europe/Berlin"),
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-10-01T23:59:00", "2026-10-01T23:59:00+02:00"),
        ("2026-12-01T23:59:00", "2026-12-01T23:59:00+01:00"),
        ("2026-10-01 23:59:00", "2026-10-01T23:59:00+02:00"),
        ("2026-10-01T23:59:00-04:00", "2026-10-01T23:59:00-04:00"),
    ],
)
def test_a_deadline_without_an_offset_is_meant_in_the_courses_time_zone(
    course: Path, written: str, meant: str
) -> None:
    policies = load_text(course, f"{HEAD}{ZONE}deadlines: {{tiny: {written}}}\n")
    due = policies.deadlines["tiny"]
    assert due == datetime.fromisoformat(meant)
    # across the end of summer time too, two days later is 48 hours later
    assert (due + 60 * DAY).astimezone(UTC) - due.astimezone(UTC) == 60 * DAY


def test_a_machine_without_time_zones_says_what_to_install(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.author.late_policy_keys.available_timezones", lambda: set())
    with pytest.raises(UserError, match="install the package tzdata"):
        load_text(course, f"{HEAD}{ZONE}")


def test_a_course_without_policies_takes_nothing_from_anybody(course: Path) -> None:
    assert load_text(course, HEAD) == Policies()


@pytest.mark.parametrize(
    ("text", "line", "phrase"),
    {
        "a_penalty_without_a_deadline": (f"{HEAD}late_penalty: 10% per day\n", 3, "without deadlines"),
        "grace_without_a_deadline": (f"{HEAD}grace: 5m\n", 3, "found grace without deadlines"),
        "a_floor_without_a_penalty": (f"{HEAD}{ZONE}{DEADLINE}late_floor: 50%\n", 5, "without late_penalty"),
        "a_floor_above_the_cap": (
            f"{HEAD}{ZONE}{DEADLINE}late_penalty: 1% per hour\nlate_cap: 40%\nlate_floor: 50%\n",
            7,
            "found a floor of 50% above late_cap, 40%",
        ),
        "more_late_days_each_than_in_all": (
            f"{HEAD}{ZONE}{DEADLINE}late_cap: 40%\nlate_days: 2\nlate_days_each: 3\n",
            7,
            "found 3, expected at most late_days: 2",
        ),
        "late_days_each_alone": (f"{HEAD}{ZONE}{DEADLINE}late_days_each: 3\n", 5, "without late_days"),
        "late_days_that_forgive_nothing": (f"{HEAD}{ZONE}{DEADLINE}late_days: 3\n", 5, "without a penalty"),
        "a_penalty_on_what_is_dropped": (
            f"{HEAD}{ZONE}{DEADLINE}drop_after: 0d\nlate_penalty: 5% per day\n",
            6,
            "found both late_penalty and drop_after: 0d",
        ),
        "a_penalty_of_nothing": (f"{HEAD}{ZONE}{DEADLINE}late_penalty: 0% per day\n", 5, "remove it"),
        "rounding_to_nothing": (f"{HEAD}rounding: up 0\n", 3, "more than 0 points"),
        "a_deadline_without_a_time_zone": (f"{HEAD}{DEADLINE}", 3, "write `timezone: America/New_York`"),
        "a_time_zone_that_is_none": (
            f"{HEAD}timezone: Europe/Berln\n",
            3,
            "found 'Europe/Berln', expected an IANA name such as America/New_York; "
            "did you mean 'Europe/Berlin'?",
        ),
        "a_folder_of_time_zones": (f"{HEAD}timezone: America\n", 3, "found 'America', expected an IANA name"),
        "a_path_out_of_the_time_zones": (f"{HEAD}timezone: ../passwd\n", 3, "expected an IANA name"),
        "a_deadline_that_comes_twice": (
            f"{HEAD}{ZONE}deadlines:\n  tiny: 2026-10-25T02:30:00\n",
            5,
            "comes twice in Europe/Berlin: write 2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00",
        ),
        "a_deadline_that_never_comes": (
            f"{HEAD}{ZONE}deadlines:\n  tiny: 2026-03-29T02:30:00\n",
            5,
            "does not exist in Europe/Berlin: write 2026-03-29T01:30:00+01:00 or 2026-03-29T03:30:00+02:00",
        ),
        "a_deadline_for_nothing": (
            f"{HEAD}deadlines:\n  tiny: 2026-10-01T23:59:00Z\n  gone: 2026-10-01T23:59:00Z\n",
            5,
            "found 'gone', expected an assignment, one of tiny",
        ),
        "an_extension_for_nothing": (
            f"{HEAD}{ZONE}{DEADLINE}extensions: {{gone: {{ada: 2d}}}}\n",
            5,
            "found 'gone', expected an assignment, one of tiny",
        ),
        "an_extension_that_is_none": (
            f"{HEAD}{ZONE}{DEADLINE}extensions: {{tiny: {{ada: soon}}}}\n",
            5,
            "'soon'",
        ),
        "a_penalty_per_week": (f"{HEAD}{ZONE}{DEADLINE}late_penalty: 5% per week\n", 5, "'5% per week'"),
        "a_cap_above_all": (f"{HEAD}{ZONE}{DEADLINE}late_cap: 120%\n", 5, "'120%'"),
    }.values(),
)
def test_a_policy_that_contradicts_itself_says_where(course: Path, text: str, line: int, phrase: str) -> None:
    path = course / "assignments" / "course.yaml"
    with pytest.raises(UserError) as error:
        load_text(course, text)
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert phrase in str(error.value)
    assert "\n" not in str(error.value)
