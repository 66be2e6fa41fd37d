"""Makes cheats of an assignment's solution, in families, and says what each may gain at most.

A module defines one subclass of `grader.prove.cheat.Family`, whose `name` is the module's; no other module
names it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from grader.author.render import Views
from grader.judge.found_by_name import instances
from grader.model.grade import Grade
from grader.model.results.verification import Gain
from grader.prove.cheat import Cheat, Excess, Exercise, Family

FAMILIES: Mapping[str, Family] = instances(Family, __path__, __name__)  # type: ignore[type-abstract]


def cheats_on(views: Views) -> tuple[Cheat, ...]:
    """The cheats of every family, each as the files of a submission."""
    solution = {name: views.solution.files[name] for name in views.loaded.files}
    exercises = tuple(Exercise.of(name, solution) for name in views.solution.functions)
    asked = tuple(exercise for exercise in exercises if exercise.file)
    return tuple(
        cheat for family in FAMILIES.values() for cheat in family.cheats(views.loaded, solution, asked)
    )


def gains(cheats: Sequence[Cheat], grades: Mapping[str, Grade], above: Iterable[Excess]) -> Iterator[Gain]:
    """A row for each cheat: what it does, what it gained, and what it may gain."""
    over = [message for _, message in above]
    for cheat in cheats:
        yield Gain(
            cheat.name,
            cheat.does,
            float(grades[cheat.key].score),
            FAMILIES[cheat.family].may_gain,
            any(message.startswith(f"{cheat.name} ") for message in over),
        )


def excesses(views: Views, cheats: Sequence[Cheat], grades: Mapping[str, Grade]) -> Iterator[Excess]:
    """What a cheat gained above what it may, with the criterion or case where it did."""
    for cheat in cheats:
        yield from FAMILIES[cheat.family].excesses(views.loaded.rubric, cheat, grades[cheat.key])
