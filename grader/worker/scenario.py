"""Makes the calls that a case lists, one after the other, and returns their results."""

import copy
from collections.abc import Mapping
from typing import Any


def scenario(submission: Any, case: Any) -> list[Any]:
    """The value of each call and each attribute in `case.scenario`, in order.

    See `grader.judge.case_model.Step` for the steps. A step that must raise has no result; AssertionError if
    it does not raise.
    """
    objects: dict[str, Any] = {}
    latest = submission  # the object of a step that names none
    results = []
    for number, step in enumerate(case.scenario, 1):
        owner = objects[step["of"]] if "of" in step else latest
        try:
            value = _do(step, submission, owner, case)
        except Exception as raised:
            if "raises" not in step or not _is(raised, step["raises"]):
                raise
            continue
        if "raises" in step:
            raise AssertionError(f"step {number} of the scenario must raise {step['raises']}")
        if "new" in step:
            latest = value
        if "name" in step:
            objects[step["name"]] = value
        if ("call" in step or "get" in step) and "name" not in step:
            results.append(copy.deepcopy(value))  # copied, because a later step may change it
    return results


def _do(step: Mapping[str, Any], submission: Any, owner: Any, case: Any) -> Any:
    """The result of one step."""
    if "get" in step:
        return getattr(owner, step["get"])
    if "set" in step:
        setattr(owner, step["set"], _argument(step["to"], submission, case))
        return None
    function = getattr(submission, step["new"]) if "new" in step else getattr(owner, step["call"])
    arguments = step.get("given", [])
    if isinstance(arguments, Mapping):
        return function(**{name: _argument(each, submission, case) for name, each in arguments.items()})
    return function(*(_argument(each, submission, case) for each in arguments))


def _argument(argument: Any, submission: Any, case: Any) -> Any:
    """A step's argument: a literal value, or the case's value that `{case: name}` names.

    The case's value is the same object in each step, so that a later step sees an earlier one's changes.
    """
    if isinstance(argument, Mapping) and list(argument) == ["case"]:
        value = getattr(case, argument["case"])
        return submission.array(value) if hasattr(value, "recipe") else value
    return copy.deepcopy(argument)


def _is(raised: BaseException, name: str) -> bool:
    """True if an exception is of the named class; NotImplementedError counts only under its own name."""
    classes = [one.__name__ for one in type(raised).__mro__]
    return name in (classes[:1] if "NotImplementedError" in classes else classes)
