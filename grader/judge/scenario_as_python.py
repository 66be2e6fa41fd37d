"""Shows a scenario as Python code, and lists the names that it uses."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grader.judge.differences.python_words import in_python

NAMING = ("new", "call", "get", "set")  # the keys of a step that name something in the submission
Step = Mapping[str, Any]


def names_of(steps: Sequence[Step]) -> Iterator[str]:
    """The classes, functions and attributes that a scenario uses, in the order of its steps."""
    for step in steps:
        yield from (str(step[key]) for key in NAMING if key in step)


def as_python(steps: Sequence[Step]) -> str:
    """The steps as statements, with their results as `result[0]`, `result[1]` and so on."""
    latest, count, lines = "", 0, []
    for step in steps:
        owner = step.get("of", latest)
        text = _expression(step, owner)
        if "raises" in step:
            text = f"{text} raises {step['raises']}"
        elif "new" in step:
            latest = step.get("name", step["new"].lower())
            text = f"{latest} = {text}"
        elif "name" in step:
            text = f"{step['name']} = {text}"
        elif "set" not in step:
            text, count = f"result[{count}] = {text}", count + 1
        lines.append(text)
    return "; ".join(lines)


def _expression(step: Step, owner: str) -> str:
    of_owner = f"{owner}." if owner else ""
    if "get" in step:
        return f"{of_owner}{step['get']}"
    if "set" in step:
        return f"{of_owner}{step['set']} = {_argument(step['to'])}"
    values = step.get("given", [])
    if isinstance(values, Mapping):
        arguments = ", ".join(f"{name}={_argument(each)}" for name, each in values.items())
    else:
        arguments = ", ".join(map(_argument, values))
    return f"{step['new'] if 'new' in step else of_owner + step['call']}({arguments})"


def _argument(written: Any) -> str:
    is_of_case = isinstance(written, Mapping) and list(written) == ["case"]
    return str(written["case"]) if is_of_case else in_python(written)
