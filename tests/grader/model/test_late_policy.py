"""Laws of policies: later submissions never score more, rounding keeps the order, every change says why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grader.model.late_policy import (
    DAY,
    DEPENDS,
    HOUR,
    LateDays,
    Penalty,
    Policies,
    Rounding,
    Standing,
    apply_policies,
    apply_policy_to,
    closes,
    duration,
    round_score,
)
from grader.model.student import Adjustment, Student, Submission

DUE = datetime(2026, 10, 1, 21, 59, tzinfo=UTC)
TEN_A_DAY = Policies({"conv": DUE}, penalty=Penalty(Fraction(1, 10), DAY))

points = st.fractions(0, 100, max_denominator=12)
shares = st.fractions(0, 1, max_denominator=20)
spans = st.integers(0, 12 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def late_policies(draw: st.DrawFn) -> Policies:
    return Policies(
        deadlines={"conv": DUE},
        extensions={"conv": {"ada": draw(spans)}},
        grace=draw(spans),
        penalty=draw(st.none() | st.builds(Penalty, shares, st.sampled_from([DAY, HOUR]))),
        floor=draw(shares),
        cap=draw(shares),
        drop_after=draw(st.none() | spans),
        late_days=draw(st.builds(LateDays, st.integers(0, 5), st.integers(0, 5))),
        rounding=draw(st.none() | roundings),
    )


roundings = st.builds(
    Rounding,
    st.sampled_from(["nearest", "up", "down"]),
    st.fractions(Fraction(1, 8), 10, max_denominator=8),
)


def handed_in(
    after: timedelta | None, earned: Fraction | int = 90, assignment: str = "conv", late: bool = False
) -> Standing:
    time = "" if after is None else (DUE + after).isoformat()
    submission = Submission("ada", assignment, "f" * 64, submitted_at=time, late=late)
    return Standing(Student("ada"), assignment, Fraction(earned), Fraction(100), submission)


def score(policies: Policies, standing: Standing, days_left: int = 0) -> Fraction:
    return apply_policy_to(policies, standing, days_left).score


@given(late_policies(), points, st.integers(0, 5), spans, spans)
def test_a_later_submission_never_scores_more_than_the_same_one_earlier(
    policies: Policies, earned: Fraction, days_left: int, start: timedelta, delay: timedelta
) -> None:
    earlier = score(policies, handed_in(start, earned), days_left)
    assert score(policies, handed_in(start + delay, earned), days_left) <= earlier <= 100


@given(late_policies(), points, points, st.integers(0, 5), spans)
def test_a_worse_submission_at_the_same_time_never_scores_more(
    policies: Policies, one: Fraction, other: Fraction, days_left: int, after: timedelta
) -> None:
    worse, better = (score(policies, handed_in(after, e), days_left) for e in sorted((one, other)))
    assert worse <= better


@given(roundings, points, points)
def test_rounding_never_changes_an_order(rounding: Rounding, one: Fraction, other: Fraction) -> None:
    worse, better = (round_score(rounding, e, Fraction(100)) for e in sorted((one, other)))
    assert worse <= better


@given(roundings, points)
def test_rounding_moves_a_score_by_less_than_a_step_up_to_the_maximum(
    rounding: Rounding, earned: Fraction
) -> None:
    rounded = round_score(rounding, earned, Fraction(100))
    assert abs(rounded - earned) < rounding.step
    assert rounded <= 100
    assert (rounded / rounding.step).denominator == 1 or rounded == 100


@given(late_policies(), points, st.integers(0, 5), st.none() | spans)
def test_no_score_changes_without_a_step_that_says_why(
    policies: Policies, earned: Fraction, days_left: int, after: timedelta | None
) -> None:
    final = apply_policy_to(policies, handed_in(after, earned), days_left)
    assert final.score == (final.steps[-1].score if final.steps else earned)
    assert all(step.says and step.policy for step in final.steps)


@given(st.lists(points, min_size=1, max_size=4), late_policies(), st.lists(spans, min_size=4, max_size=4))
def test_a_student_never_uses_more_late_days_than_the_course_gives(
    earned: list[Fraction], policies: Policies, after: list[timedelta]
) -> None:
    names = [f"hw{number}" for number in range(len(earned))]
    policies = replace(policies, deadlines={name: DUE + n * 7 * DAY for n, name in enumerate(names)})
    standings = [handed_in(a, e, name) for name, e, a in zip(names, earned, after, strict=False)]
    finals = apply_policies(policies, standings[::-1])
    late_days = [finals["ada", name].late_days for name in names]
    assert sum(late_days) <= policies.late_days.total
    assert max(late_days) <= policies.late_days.each


@pytest.mark.parametrize(
    ("policies", "after", "days_left", "expected", "policy", "says"),
    {
        "in_time": (TEN_A_DAY, -HOUR, 0, 90, None, ""),
        "at_the_deadline": (TEN_A_DAY, timedelta(), 0, 90, None, ""),
        "a_second_late": (
            TEN_A_DAY, HOUR / 3600, 0, 80, "late_penalty",
            "submitted 1 second after the deadline (2026-10-01 21:59+00:00): 1 day, rounded up, at 10%",
        ),
        "a_day_and_a_minute": (TEN_A_DAY, DAY + HOUR / 60, 0, 70, "late_penalty", "2 days, rounded up, at"),
        "by_the_hour": (
            replace(TEN_A_DAY, penalty=Penalty(Fraction(1, 100), HOUR)), 3 * HOUR, 0, 87, "late_penalty",
            "3 hours, rounded up, at 1% of 100 points",
        ),
        "in_grace": (replace(TEN_A_DAY, grace=HOUR), HOUR, 0, 90, "grace",
            "(2026-10-01 21:59+00:00; 1 hour forgiven): on time"),
        "after_grace": (replace(TEN_A_DAY, grace=HOUR), 2 * HOUR, 0, 80, "late_penalty", "1 day, rounded up"),
        "with_an_extension": (
            replace(TEN_A_DAY, extensions={"conv": {"ada": 2 * DAY}}), DAY, 0, 90, "extensions",
            "on time with your extension of 2 days",
        ),
        "after_an_extension": (
            replace(TEN_A_DAY, extensions={"conv": {"ada": DAY}}), 2 * DAY, 0, 80, "late_penalty",
            "after your deadline (2026-10-02 21:59+00:00, with an extension of 1 day)",
        ),
        "down_to_the_floor": (
            replace(TEN_A_DAY, floor=Fraction(1, 2)), 9 * DAY, 0, 50, "late_penalty",
            "but no score falls below 50%",
        ),
        "down_to_nothing": (TEN_A_DAY, 20 * DAY, 0, 0, "late_penalty", "20 days, rounded up"),
        "capped": (
            Policies({"conv": DUE}, cap=Fraction(3, 5)), DAY, 0, 60, "late_cap",
            "submitted 1 day after the deadline (2026-10-01 21:59+00:00): at most 60%",
        ),
        "dropped": (
            replace(TEN_A_DAY, drop_after=3 * DAY, late_days=LateDays(9, 9)), 3 * DAY + HOUR, 9, 0,
            "drop_after", "a submission more than 3 days late does not count",
        ),
        "late_days": (
            replace(TEN_A_DAY, late_days=LateDays(4, 2)), DAY + HOUR, 4, 90, "late_days",
            "2 late days used, 2 left",
        ),
        "late_days_that_do_not_suffice": (
            replace(TEN_A_DAY, late_days=LateDays(4, 4)), 2 * DAY + HOUR, 1, 70, "late_penalty",
            "1 day 1 hour beyond your late days: 2 days, rounded up, at 10% of 100 points",
        ),
        "rounded": (
            replace(TEN_A_DAY, rounding=Rounding("up", Fraction(4))), -HOUR, 0, 92, "rounding",
            "rounded up to a multiple of 4 points",
        ),
        "unknown_time": (TEN_A_DAY, None, 0, 90, "deadlines", "no file says when it was submitted"),
    }.values(),
)  # fmt: skip
def test_a_policy_changes_the_score_and_says_why(
    policies: Policies, after: timedelta | None, days_left: int, expected: int, policy: str | None, says: str
) -> None:
    final = apply_policy_to(policies, handed_in(after), days_left)
    assert final.score == expected
    assert (final.steps[-1].policy if final.steps else None) == policy
    assert says in (final.steps[-1].says if final.steps else "")


def test_a_floor_raises_no_score() -> None:
    policies = replace(TEN_A_DAY, floor=Fraction(1, 2))
    assert score(policies, handed_in(DAY, earned=30)) == 30


def test_without_a_deadline_nothing_is_late() -> None:
    assert apply_policy_to(Policies(), handed_in(99 * DAY), 0).steps == ()


def test_the_longer_of_two_extensions_counts() -> None:
    policies = replace(TEN_A_DAY, extensions={"conv": {"ada": DAY}})
    standing = replace(handed_in(2 * DAY), student=Student("ada", extension="36h"))
    assert score(policies, standing) == 80
    assert score(policies, replace(standing, student=Student("ada", extension="2d"))) == 90


def test_late_days_go_to_what_was_due_first() -> None:
    policies = replace(
        TEN_A_DAY, deadlines={"b": DUE - 7 * DAY, "a": DUE}, late_days=LateDays(total=3, each=2)
    )
    standings = [handed_in(2 * DAY, assignment="a"), handed_in(-5 * DAY, assignment="b")]
    finals = apply_policies(policies, standings)
    assert (finals["ada", "b"].late_days, finals["ada", "b"].score) == (2, 90)
    assert (finals["ada", "a"].late_days, finals["ada", "a"].score) == (1, 80)


def test_an_instructor_decides_about_lateness_without_a_time() -> None:
    final = apply_policy_to(TEN_A_DAY, handed_in(None, late=True), 0)
    assert (final.score, final.unclear) == (90, "late by an unknown time")


def test_an_adjustment_escapes_the_penalty_and_is_rounded_last() -> None:
    adjustment = Adjustment("ada", "conv", "flip", Fraction("2.25"), "regrade", "grace")
    policies = replace(TEN_A_DAY, rounding=Rounding("nearest", Fraction(1, 2)))
    final = apply_policy_to(policies, replace(handed_in(DAY), adjustments=(adjustment,)), 0)
    assert [(step.policy, step.score) for step in final.steps] == [
        ("late_penalty", 80), ("adjustment", Fraction("82.25")), ("rounding", Fraction("82.5")),
    ]  # fmt: skip
    assert final.steps[1].says == "+2.25 points on flip from grace: regrade"


def adjusted(*points: int, may_exceed: bool = False, submission: str | None = None) -> Standing:
    def one(n: int) -> Adjustment:
        of = {"may_exceed": may_exceed, "submission": submission}
        return Adjustment("ada", "conv", "", Fraction(n), "why", "grace", **of)  # type: ignore[arg-type]

    return replace(handed_in(-DAY), adjustments=tuple(map(one, points)))


@given(st.lists(st.integers(-100, 100), max_size=4), st.integers(0, 100))
def test_adjustments_keep_a_total_between_0_and_the_points_offered(added: list[int], earned: int) -> None:
    final = apply_policy_to(Policies(), replace(adjusted(*added), earned=Fraction(earned)), 0)
    assert final.score == min(max(earned + sum(added), 0), 100)
    assert ("bounds" in [step.policy for step in final.steps]) == (final.score != earned + sum(added))
    free = apply_policy_to(Policies(), replace(adjusted(*added, may_exceed=True), earned=Fraction(earned)), 0)
    assert free.score == earned + sum(added)


def test_a_total_that_is_cut_says_so() -> None:
    steps = apply_policy_to(Policies(), adjusted(20), 0).steps
    assert [(s.policy, s.score) for s in steps] == [("adjustment", 110), ("bounds", 100)]
    assert steps[1].says == "a total is at most 100 points"
    assert apply_policy_to(Policies(), adjusted(-95), 0).steps[1].says == "a total is at least 0 points"


def test_without_known_points_a_total_has_no_upper_bound() -> None:
    standing = replace(adjusted(20), earned=Fraction(0), max_score=Fraction(0))
    assert apply_policy_to(Policies(), standing, 0).score == 20


def test_an_adjustment_for_another_submission_is_reported_and_changes_nothing() -> None:
    final = apply_policy_to(Policies(), adjusted(5, submission="another"), 0)
    assert final.score == 90
    assert [step.says for step in final.steps] == [
        "+5 points from grace: why (it no longer applies: it was for an earlier submission)"
    ]


@given(late_policies(), spans)
def test_after_an_assignment_closes_nothing_scores(policies: Policies, after: timedelta) -> None:
    end, extension = closes(policies, "conv"), policies.extensions["conv"]["ada"]
    is_over = end is not None and DUE + after > end + extension
    final = apply_policy_to(policies, handed_in(after), 5)
    assert is_over == ("drop_after" in {s.policy for s in final.steps})


@pytest.mark.parametrize(("text", "hours"), [("15m", 0.25), ("36h", 36), ("1.5d", 36), ("0d", 0)])
def test_durations_are_minutes_hours_or_days(text: str, hours: float) -> None:
    assert duration(text) == hours * HOUR


LATE_DAYS = Policies(
    {"first": DUE, "second": DUE + 7 * DAY},
    penalty=Penalty(Fraction(1, 10), DAY),
    late_days=LateDays(2, 2),
)


@pytest.mark.parametrize(
    ("first", "is_open", "second", "is_unclear"),
    [
        (None, False, DUE + 8 * DAY, True),  # late by an unknown time: it may use the days that are left
        (DUE, True, DUE + 8 * DAY, True),  # it has no grade yet, and another submission may count
        (None, False, DUE + 7 * DAY, False),  # on time in any case
        (DUE + DAY, False, DUE + 8 * DAY, False),  # it uses one of two days, and that is known
    ],
)
def test_a_score_is_not_final_while_another_assignment_may_use_its_late_days(
    first: datetime | None, is_open: bool, second: datetime, is_unclear: bool
) -> None:
    times = {"first": first, "second": second}
    standings = [
        Standing(
            Student("ada"),
            name,
            Fraction(90),
            Fraction(100),
            Submission(
                "ada", name, "f", submitted_at="" if time is None else time.isoformat(), late=time is None
            ),
            is_open=is_open and name == "first",
        )
        for name, time in times.items()
    ]
    final = apply_policies(LATE_DAYS, standings)["ada", "second"]
    assert final.unclear == (f"{DEPENDS} first, which is not decided yet" if is_unclear else "")


@given(late_policies(), st.lists(st.none() | spans, min_size=3, max_size=3), st.integers(0, 2), spans)
def test_a_score_that_is_final_stays_whatever_is_decided_about_another_assignment(
    policies: Policies, late: list[timedelta | None], which: int, decided: timedelta
) -> None:
    """The last of three is final or not; then somebody finds out how late one of the others was."""
    names = ("a", "b", "c")
    policies = replace(
        policies, deadlines={name: DUE + n * DAY for n, name in enumerate(names)}, rounding=None
    )

    def standing(number: int, after: timedelta | None) -> Standing:
        due = DUE + number * DAY
        time = "" if after is None else (due + after).isoformat()
        submission = Submission("ada", names[number], "f", submitted_at=time, late=True)
        return Standing(Student("ada"), names[number], Fraction(90), Fraction(100), submission)

    standings = [standing(n, after) for n, after in enumerate(late)]
    before = apply_policies(policies, standings)
    assume(late[which] is None)
    after = apply_policies(
        policies, [s if n != which else standing(n, decided) for n, s in enumerate(standings)]
    )
    for name in names:
        if name != names[which] and not before["ada", name].unclear:
            assert after["ada", name].score == before["ada", name].score
