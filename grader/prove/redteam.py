"""Grades the attacks of the corpus and the cheats, and compares each with what it may gain."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from grader.author.read_yaml import places_of
from grader.author.render import Views
from grader.judge.case_selection.selection import criteria_of_exercises
from grader.judge.verdict.score import shows_work
from grader.model.assignment import Assignment
from grader.model.grade import Grade, Status
from grader.model.mutant import called_name
from grader.model.results.verification import Finding, Gain, RedTeam
from grader.prove.attacks import NOTHING, Attack, attacks_on
from grader.prove.cheats import cheats_on, excesses, gains
from grader.prove.run_mutants import grade_texts

MAY_GAIN = {
    "nothing": "in its own criteria no more than an empty answer in its place",
    "part": "less than everything",
    "all": "everything: it is only unusual",
}


def red_team(views: Views, secret: str, jobs: int, sample: int = 1) -> RedTeam:
    """The gain of each attack and each cheat on an assignment.

    Grades every `sample`-th attack of the corpus, and always NOTHING, to which the others are compared.
    """
    assignment = views.assignment
    cheats = cheats_on(views)
    corpus = enumerate(attacks_on(assignment))
    attacks = tuple(attack for n, attack in corpus if n % sample == 0 or attack.name == NOTHING)
    versions = {cheat.key: cheat.files for cheat in cheats}
    versions |= {key_of(attack): attack.files for attack in attacks}
    grades = grade_texts(assignment, secret, versions, jobs)
    of_attacks = tuple(gains_of(attacks, grades, shares_of(assignment)))
    of_cheats = tuple(excesses(views, cheats, grades))
    above = (*of_cheats, *places_of_excess(assignment, attacks, of_attacks))
    place_of = places_of(assignment)
    findings = tuple(Finding(*place_of[place], f"{place}: {message}") for place, message in above)
    return RedTeam(assignment.name, (*gains(cheats, grades, of_cheats), *of_attacks), findings)


def key_of(attack: Attack) -> str:
    """A unique name for an attack among the submissions that verify an assignment."""
    return f"attack {attack.name} on {attack.exercise}"


def shares_of(assignment: Assignment) -> dict[str, dict[str, Fraction]]:
    """The points of each case, by exercise and case name, of the criteria with a probe that calls it.

    Cases that expect a refusal are left out: most attacks call the right function, which then refuses.
    """
    return {
        exercise: {
            case.name: Fraction(criterion.points * case.weight, criterion.weight)
            for criterion in map(assignment.criterion, criteria)
            for case in criterion.cases
            if shows_work(case)
        }
        for exercise, criteria in criteria_of_exercises(assignment).items()
    }


def gains_of(
    attacks: Sequence[Attack],
    grades: Mapping[str, Grade],
    shares: Mapping[str, Mapping[str, Fraction]],
) -> Iterator[Gain]:
    """A row for each attack of the corpus; `shares` are the points of an exercise's cases.

    Only in these can an attack gain too much; other functions that call it earn their own points.
    """

    def earned(attack: Attack) -> Fraction:
        worth = shares[called_name(attack.exercise)]
        results = (r for c in grades[key_of(attack)].criteria for r in c.results if r.status is Status.OK)
        return sum((worth.get(r.name, Fraction(0)) for r in results), Fraction(0))

    nothing = {a.exercise: earned(a) for a in attacks if a.name == NOTHING}
    for attack in attacks:
        grade = grades[key_of(attack)]
        is_too_much = {
            "nothing": earned(attack) > nothing[attack.exercise],
            "part": all(one.score == one.points for one in grade.criteria if not one.by_hand),
            "all": False,
        }[attack.may_gain]
        name, may_gain = f"{attack.name} on {attack.exercise}", MAY_GAIN[attack.may_gain]
        yield Gain(name, attack.does, float(grade.score), may_gain, is_too_much)


def places_of_excess(
    assignment: Assignment, attacks: Sequence[Attack], gains: Sequence[Gain]
) -> Iterator[tuple[str, str]]:
    """The criterion where an attack gained too much, and the message."""
    criteria_by_exercise = criteria_of_exercises(assignment)
    for attack, gain in zip(attacks, gains, strict=True):
        if gain.is_too_much:
            message = f"{gain.cheat} earns {gain.points:g} points, and may gain {gain.may_gain}"
            yield criteria_by_exercise[called_name(attack.exercise)][0], message
