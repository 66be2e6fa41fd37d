"""Reads the corpus of attacks, and replaces one exercise of an assignment's solution by each."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.author.exercises.cuda_functions import cut_kernel
from grader.author.render import render
from grader.judge.case_selection.selection import criteria_of_exercises
from grader.model.assignment import Assignment
from grader.model.mutant import called_name
from grader.prove.replace_exercise import binding_of

CORPUS = Path(__file__).with_name("corpus")
LANGUAGES = {".py": CORPUS / "python", ".cu": CORPUS / "cuda"}
FUNCTIONS = CORPUS / "functions"  # attacks in Python on exercises that are given functions
NOTHING = "writes_nothing"  # the attack with an empty answer, to which the others are compared
MAY_GAIN = re.compile(r"^(?:#|//) may gain: (nothing|part|all)\n", re.MULTILINE)
COMMENT = re.compile(r"(?://[^\n]*\n)+")
OUTPUT = re.compile(r"^(?!.*\bconst\b).*\*\s*(?:__restrict__\s+)?(\w+)$", re.DOTALL)
INPUT = re.compile(r"\bconst\b.*\*\s*(?:__restrict__\s+)?(\w+)$", re.DOTALL)


@dataclass(frozen=True)
class Attack:
    """A submission in which one exercise is an attack, and everything else is right.

    `does` describes it in a sentence. `may_gain` is the most that it may earn above NOTHING in its place:
    "nothing"; "part" if its values are right but its methods are not; "all" if it is only unusual.
    """

    name: str
    does: str
    exercise: str
    may_gain: str
    files: Mapping[str, str]


def attacks_on(assignment: Assignment) -> tuple[Attack, ...]:
    """The corpus, against the exercise of each language on which most points depend; NOTHING is the first.

    The corpus for a language that the assignment does not ask for is left out, and so are attacks on
    functions if no case passes any.
    """
    solution = render(assignment, "solution")
    handed_in = {name: solution.files[name] for name in assignment.files}
    names = list(solution.functions)
    hands_functions = any(case.functions for case in assignment.rubric.cases)
    corpora = [*LANGUAGES.items(), *([(".py", FUNCTIONS)] if hands_functions else [])]
    return tuple(
        attack_with(path, exercise, file, handed_in)
        for suffix, folder in corpora
        for exercise, file in target(assignment, names, handed_in, suffix)
        for path in sorted(folder.iterdir(), key=lambda path: (path.stem != NOTHING, path.stem))
        if path.suffix == suffix
    )


def target(
    assignment: Assignment, exercises: list[str], files: Mapping[str, str], suffix: str
) -> list[tuple[str, str]]:
    """The one exercise of a language that is attacked, with its file; nothing if there is none."""
    points = {criterion.id: criterion.points for criterion in assignment.rubric.criteria}
    criteria_by_exercise = criteria_of_exercises(assignment)
    names = []
    for exercise in exercises:
        worth = sum(points[one] for one in criteria_by_exercise.get(called_name(exercise), ()))
        for name, text in files.items():
            if name.endswith(suffix) and _can_be_attacked(text, exercise, suffix):
                names.append((worth, exercise, name))
    best = max(names, key=lambda one: one[0], default=None)
    return [] if best is None else [best[1:]]


def attack_with(path: Path, exercise: str, file: str, solution: Mapping[str, str]) -> Attack:
    """One attack of the corpus in place of an exercise in a solution's `file`."""
    text = path.read_text(encoding="utf-8")
    insert = _in_cuda if path.suffix == ".cu" else _in_python
    files = {**solution, file: insert(solution[file], exercise, text)}
    does, may_gain = description(path)
    return Attack(path.stem, does, exercise, may_gain, files)


def description(path: Path) -> tuple[str, str]:
    """The description of an attack of the corpus, and what it may gain: "nothing", "part" or "all"."""
    text = path.read_text(encoding="utf-8")
    gain = MAY_GAIN.search(text)
    does = _comment(text) if path.suffix == ".cu" else ast.get_docstring(ast.parse(text)) or ""
    return " ".join(does.split()), gain[1] if gain else "nothing"


def _can_be_attacked(text: str, exercise: str, suffix: str) -> bool:
    if suffix == ".py":
        return re.search(rf"\b(?:def|class) {re.escape(exercise.partition('.')[0])}\b", text) is not None
    kernel = cut_kernel(text, exercise)
    return kernel is not None and "__global__" in kernel.whole and bool(_pointers(kernel.whole, OUTPUT))


def _comment(text: str) -> str:
    match = COMMENT.match(MAY_GAIN.sub("", text))
    lines = match.group().splitlines() if match else []
    return " ".join(line.removeprefix("//") for line in lines)


def _in_python(solution: str, exercise: str, text: str) -> str:
    """The text to append to the solution: helpers, the attack, and the statement that rebinds the exercise.

    An attack defines `attack`, unless it acts when it is imported; `original` is the solution's function.
    """
    calls = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    helpers = [path.read_text(encoding="utf-8") for path in sorted((CORPUS / "helpers").glob("*.py"))]
    used_helpers = [helper for helper in helpers if _defined(helper) & calls]
    binding = binding_of(solution, exercise)
    bound = [f"{binding.rebound('attack')}\n"] if "attack" in _defined(text) else []
    return "\n\n".join([solution, *used_helpers, f"original = {binding.function}", text, *bound])


def _defined(text: str) -> set[str]:
    body = ast.parse(text).body
    constants = {
        target.id
        for node in body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return constants | {node.name for node in body if isinstance(node, ast.FunctionDef)}


def _in_cuda(solution: str, exercise: str, text: str) -> str:
    """The solution with an attack in place of a kernel.

    In the attack's text, KERNEL stands for the kernel up to its body, ORIGINAL for the solution's body, OUT
    for the first array that the kernel writes to, and IN for the first that it reads.
    """
    kernel = cut_kernel(solution, exercise)
    assert kernel is not None
    code = COMMENT.sub("", kernel.whole, count=1)
    signature, brace, body = code.partition("{")
    words = {"KERNEL": signature.rstrip(), "ORIGINAL": brace + body}
    words |= {"OUT": _pointers(code, OUTPUT)[0], "IN": (*_pointers(code, INPUT), "nullptr")[0]}
    filled = re.sub(r"\b(?:KERNEL|ORIGINAL|OUT|IN)\b", lambda match: words[match.group()], text)
    return solution.replace(kernel.whole, filled.rstrip())


def _pointers(code: str, pattern: re.Pattern[str]) -> list[str]:
    """The names of a kernel's parameters that are pointers of a kind."""
    parameters = code[code.index("(") + 1 : code.index("{")].rpartition(")")[0]
    return [match[1] for one in parameters.split(",") if (match := pattern.search(one.strip()))]
