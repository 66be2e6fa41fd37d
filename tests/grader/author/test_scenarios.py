"""A scenario in a rubric is read whole, and each mistake in it is named with its line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.author.load import load
from grader.judge.case_selection.selection import criteria_of_exercises, functions_of
from grader.judge.scenario_as_python import as_python
from grader.model.assignment import SCENARIO
from grader.model.errors import UserError
from tests.tables import by_name

RUBRIC = """\
assignment: tiny
points: 4
criteria:
  - id: flip
    title: flip remembers
    points: 4
    probe: scenario
    help: README.md#flip
    cases:
      - id: two
        ask: {start: [1, 2]}
        scenario:
          - {new: Adam, name: one, given: {rate: 0.5}}
          - {call: step, of: one, given: [{case: start}, x]}
          - {set: rate, to: null}
          - {get: rate}
          - {call: step, given: [1], raises: ValueError}
"""


@pytest.fixture
def read(make_course: Callable[..., Path], tmp_path: Path) -> Callable[..., Path]:
    """Writes the course with one text of the rubric replaced; returns the assignment's folder."""

    def read(old: str = "", new: str = "", probes: str = "") -> Path:
        assert old in RUBRIC
        replaced = {"assignments/tiny/rubric.yaml": RUBRIC.replace(old, new, 1)}
        if probes:
            replaced["assignments/tiny/probes.py"] = probes
        return make_course(tmp_path / "course", replaced) / "assignments" / "tiny"

    return read


def test_a_scenario_is_shown_as_python_and_names_its_exercises(read: Callable[..., Path]) -> None:
    assignment = load(read())
    (case,) = assignment.rubric.criteria[0].cases

    assert as_python(case.ask[SCENARIO]) == (
        "one = Adam(rate=0.5); result[0] = one.step(start, 'x'); one.rate = None; result[1] = one.rate; "
        "one.step(1) raises ValueError"
    )
    assert criteria_of_exercises(assignment) == dict.fromkeys(("Adam", "rate", "step"), ("flip",))
    assert functions_of(assignment) == {"flip": "Adam"}


MISTAKES = {
    "no_verb": ("{get: rate}", "{of: one}", 16, "one of new, call, get and set"),
    "two_verbs": ("{get: rate}", "{get: rate, call: step}", 16, "one of new, call, get and set"),
    "an_unknown_verb": ("{get: rate}", "{grab: rate}", 16, "grab"),
    "no_value": ("to: null", "of: one", 15, "`to` with `set`"),
    "a_value_to_get": ("{get: rate}", "{get: rate, to: 1}", 16, "`to` only with `set`"),
    "arguments_to_get": ("{get: rate}", "{get: rate, given: [1]}", 16, "`given` only with `new` or `call`"),
    "an_unknown_object": ("of: one", "of: two", 12, "only after a step with `name: two`"),
    "code_for_a_name": ("call: step,", "call: step.__init__,", 14, "step.__init__"),
    "a_date": ("to: null", "to: 2020-01-01", 15, "date"),
    "an_unknown_value": ("{case: start}", "{case: end}", 14, "expected a value of the case: start"),
    "the_probe_of_another": ("probe: scenario", "probe: flip", 10, "expected `probe: scenario`"),
    "steps_as_a_value": ("ask: {start:", "ask: {scenario: 1, start:", 10, "rename it"),
}


@pytest.mark.parametrize(("old", "new", "line", "phrase"), by_name(MISTAKES))
def test_a_mistake_in_a_scenario_is_named_with_its_line(
    read: Callable[..., Path], old: str, new: str, line: int, phrase: str
) -> None:
    folder = read(old, new)
    with pytest.raises(UserError) as error:
        load(folder)
    assert str(error.value).startswith(f"{folder / 'rubric.yaml'}:{line}: ")
    assert phrase in str(error.value)


def test_a_scenario_s_probe_is_the_grader_s_own(read: Callable[..., Path]) -> None:
    folder = read(probes="\n\ndef scenario(submission, case):\n    return 1\n")
    with pytest.raises(UserError, match=r"probes.py:3: found a probe named 'scenario'"):
        load(folder)
