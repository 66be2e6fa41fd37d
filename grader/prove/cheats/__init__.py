"""Makes cheats from an assignment's solution, in families, each with the most that it may gain.

A module defines one subclass of `grader.prove.cheat.Family`, named like the module; no other module
names it. May import: grader.model, grader.judge, grader.author, grader.prove.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from grader.author.render import Views
from grader.judge.discover_subclasses import instances
from grader.model.assignment import Assignment
from grader.model.grade import UNJUDGED, Grade
from grader.model.results.verification import Gain
from grader.prove.cheat import Cheat, Excess, Exercise, Family, Files

IMPORT = re.compile(r"^ *(?:import|from) (\w+)", re.MULTILINE)
FAMILIES: Mapping[str, Family] = instances(Family, __path__, __name__)  # type: ignore[type-abstract]


def cheats_on(views: Views) -> tuple[Cheat, ...]:
    """The cheats of every family, each as the files of a submission."""
    solution = {name: views.solution.files[name] for name in views.loaded.files}
    exercises = tuple(Exercise.of(name, solution) for name in views.solution.functions)
    in_files = tuple(exercise for exercise in exercises if exercise.file)
    cheats = (
        cheat for family in FAMILIES.values() for cheat in family.cheats(views.loaded, solution, in_files)
    )
    return tuple(cheat for cheat in cheats if _may_import(views.loaded, cheat, solution))


def _may_import(assignment: Assignment, cheat: Cheat, solution: Files) -> bool:
    """True if an assignment allows the modules that a cheat needs; else it is refused before it cheats."""
    if assignment.import_rules is None:
        return True
    additions = (text.removeprefix(solution[name].rstrip()) for name, text in cheat.files.items())
    modules = {module for text in additions for module in IMPORT.findall(text)}
    return modules <= set(assignment.import_rules.imports)


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
    """The excess gains of the cheats, with the criterion or case of each.

    A cheat that was refused proves nothing, so it is listed too.
    """
    for cheat in cheats:
        results = [result for criterion in grades[cheat.key].criteria for result in criterion.results]
        if unjudged := next((one for one in results if one.status in UNJUDGED), None):
            place = unjudged.name
            yield place, f"{cheat.name} was never judged: {unjudged.status}: {unjudged.rationale}"
        yield from FAMILIES[cheat.family].excesses(views.loaded.rubric, cheat, grades[cheat.key])
