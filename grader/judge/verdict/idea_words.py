"""Words an idea as a student reads it at a failing case."""

from grader.judge.verdict.evidence import Evidence
from grader.judge.verdict.misconceptions import Ideas
from grader.model.grade import Idea


def words_of(idea: Idea, evidence: Evidence, case: str) -> str:
    """An idea as a student reads it, on one line: how sure it is, and what is wrong."""
    if idea.is_sure and not idea.others:
        return f"This is it. {idea.message}"
    names = (idea.name, *idea.others)
    stated = ideas_to_state(names, evidence)
    messages = [evidence.misconceptions.ideas[name].message for name in stated]
    elsewhere = dict.fromkeys(f"`{evidence.exercise_of(name)}`" for name in names if name not in stated)
    mistakes = "this" if len(messages) == 1 else "each of these mistakes"
    begins = f"{_count(idea)} what {mistakes} gives"
    if evidence.is_finding(case) and not evidence.gives_values(idea.name):
        begins = f"Perhaps, because {mistakes} gives the same kinds of findings"
    listed = (
        " ".join(f"({n}) {text}" for n, text in enumerate(messages, 1)) if len(messages) > 1 else messages[0]
    )
    also = (
        f" A mistake in {' or '.join(elsewhere)} would give the same: the cases of that exercise tell."
        if elsewhere
        else ""
    )
    return f"{begins}: {listed}{also}"


def ideas_to_state(names: Ideas, evidence: Evidence) -> Ideas:
    """Those of equally good ideas that a student reads in full: the ones in the first idea's exercise."""
    return tuple(name for name in names if evidence.exercise_of(name) == evidence.exercise_of(names[0]))


def _count(idea: Idea) -> str:
    """The number of failing cases that support an idea; if others do not, also how many are comparable."""
    count = "one" if idea.explained == idea.failing == 1 else str(idea.explained)
    of_all = "" if idea.explained == idea.failing else f" of {idea.failing}"
    cases, verb = "case" if idea.failing == 1 else "cases", "is" if idea.explained == 1 else "are"
    return f"Likely: {count}{of_all} failing {cases} {verb} exactly"
