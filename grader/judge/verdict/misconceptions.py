"""Holds the answers of every mutant, and of every pair of mutants, as digests that a handout may carry."""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from grader.model.errors import UserError
from grader.model.grade import BLANK, HINT, Call, CheckResult, Grade, Status
from grader.model.mutant import Mutant, called_name

MISCONCEPTIONS = "misconceptions.json"  # the file of a handout
UNREADABLE = "misconceptions that cannot be read: unpack the handout again, or ask for a newer one"
FORMAT = 12  # the version of that file's meaning, so that no old file is read
DIGITS = 12  # of a digest: two of 1000 answers collide once in 500 million assignments
ENDINGS = frozenset(str(status) for status in Status)  # the outcomes of cases without a digest
ERROR = "error "  # begins an exception's answer; its class follows
NO_ERROR = "no error"  # the answer of a function that returns where a case asks for an exception
MESSAGE = "#"  # then, if it is informative, a digest of its text
PAIR = re.compile(r"(\w+) \(\d+, \d+\)(?=,|$)")  # among a call's arguments
# their messages show a call's numbers, or which name an object lacks
OF_CALLS = ("ValueError", "IndexError", "AttributeError")
NO_UFUNC = "does not support ufuncs"  # in NumPy's message about a function of its own and another array
# in a TypeError's message about arguments: it names the method and their number, or what a loop goes through
OF_ARGUMENTS = re.compile(r"takes .*positional arguments? but|object is not iterable")

Ideas = tuple[str, ...]  # the name of one mutant, or of two in one solution


@dataclass(frozen=True)
class Misconception:
    """The exercise that a mutant gets wrong, the message to the student, and the heading that teaches it."""

    exercise: str
    message: str
    help: str = ""


@dataclass(frozen=True)
class Misconceptions:
    """`ideas` by name, and their results: `answers[criterion/case][answer]` are the ideas with that answer.

    Answers are statuses or digests (see `grader.judge.differences`), so that a handout can carry them without
    a mutant. An idea that is not among a case's answers passes it. `exercises_by_criterion` has the exercises
    that a criterion's probe calls. `right_versions[exercise]` is a source that replaces a submission's
    version by the reference's; no handout has it. `unchanged[criterion/case]` is the answer of functions that
    return their input, which many mistakes lead to.
    """

    ideas: Mapping[str, Misconception]
    exercises_by_criterion: Mapping[str, Sequence[str]]
    answers: Mapping[str, Mapping[str, Sequence[Ideas]]]
    right_versions: Mapping[str, str] = field(default_factory=dict)
    unchanged: Mapping[str, str] = field(default_factory=dict)

    def only(self, cases: Iterable[str]) -> "Misconceptions":
        """The misconceptions, restricted to these cases."""
        names = set(cases)
        answers = {case: ends for case, ends in self.answers.items() if case in names}
        unchanged = {case: answer for case, answer in self.unchanged.items() if case in names}
        return replace(self, answers=answers, unchanged=unchanged)

    def explain(self, results: Sequence[CheckResult]) -> bool:
        """True if every failing case ends exactly as with a mutant or with two in one solution.

        One answer must have more than a few numbers, or two must have a few: a mutant's exception, zeros or
        NaN alone show no wrong version of the function.
        """
        names = {idea.exercise: idea.exercise for idea in self.ideas.values()}
        ends = [end_of(result, names) for result in results]
        values = [end for end, one in zip(ends, results, strict=True) if one.status is Status.WRONG]
        telling = [end for end in values if not end.startswith(BLANK)]
        is_shown = len(telling) > 1 or any(not end.startswith(HINT) for end in telling)
        pairs = zip(ends, results, strict=True)
        return is_shown and all(end in self.answers.get(result.name, {}) for end, result in pairs)

    def to_json(self) -> str:
        """JSON, the same text every time, with ideas by number and nothing of the reference."""
        names = list(self.ideas)
        number = {name: n for n, name in enumerate(names)}
        answers = {
            case: {answer: [[number[n] for n in ideas] for ideas in many] for answer, many in ends.items()}
            for case, ends in self.answers.items()
        }
        ideas = [{"name": name, **asdict(idea)} for name, idea in self.ideas.items()]
        data = {
            "ideas": ideas,
            "exercises": self.exercises_by_criterion,
            "answers": answers,
            "unchanged": self.unchanged,
        }
        return json.dumps(data, separators=(",", ":"), sort_keys=True)

    @staticmethod
    def read(path: Path) -> "Misconceptions":
        """Reads what `to_json` wrote; UserError if the file is damaged or of another version."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            names = [idea.pop("name") for idea in data["ideas"]]
            answers = {
                case: {a: [tuple([names[n] for n in one]) for one in many] for a, many in ends.items()}
                for case, ends in data["answers"].items()
            }
            ideas = {name: Misconception(**idea) for name, idea in zip(names, data["ideas"], strict=True)}
            return Misconceptions(ideas, data["exercises"], answers, unchanged=data["unchanged"])
        except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            raise UserError(UNREADABLE, path) from error


def of_mutants(
    mutants: Iterable[Mutant],
    grades: Mapping[str, Grade],
    exercises_by_criterion: Mapping[str, Sequence[str]],
    of_pairs: Mapping[tuple[str, str], Mapping[str, str]],
    unchanged: Grade | None = None,
) -> Misconceptions:
    """The misconceptions, from the grades of all mutants and the answers of two in one solution.

    `unchanged` is the grade of a submission with functions that return their input.
    """
    ideas = {m.name: Misconception(m.exercise, m.message, m.help) for m in mutants}
    answers: dict[str, dict[str, list[Ideas]]] = defaultdict(lambda: defaultdict(list))
    exercises = {idea.exercise: idea.exercise for idea in ideas.values()}
    for name, idea in ideas.items():
        for case, answer in ends_of(grades[name], {**exercises, name: idea.exercise}).items():
            answers[case][answer].append((name,))
    for pair, of_cases in of_pairs.items():
        for case, answer in of_cases.items():
            answers[case][answer].append(pair)
    given_back = {} if unchanged is None else ends_of(unchanged, {})
    values = {c: end for c, end in given_back.items() if not end.startswith(ERROR) and end not in ENDINGS}
    by_case = {case: dict(ends) for case, ends in answers.items()}
    return Misconceptions(ideas, exercises_by_criterion, by_case, unchanged=values)


def ends_of(grade: Grade, names: Mapping[str, str]) -> dict[str, str]:
    """The end of each case that ran and did not pass; `names` maps a function to its exercise."""
    return {
        result.name: end_of(result, names)
        for criterion in grade.criteria
        for result in criterion.results
        if result.status not in (Status.OK, Status.NOT_RUN, Status.REFUSED, Status.INTERNAL_ERROR)
    }


def end_of(result: CheckResult, names: Mapping[str, str]) -> str:
    """The digest of an answer; an exception with the exercise that it was raised in; or a status."""
    if result.status is Status.ERROR and result.answer:
        with_pair = _calls_to_a_pair(result)
        if with_pair:
            return f"{result.answer}{MESSAGE}pair in {place_of(with_pair, names)}"
        return f"{result.answer}{_of_message(result, names)} in {place_of(result.calls, names)}"
    return result.answer[: DIGITS + len(HINT)] or str(result.status)


def _of_message(result: CheckResult, names: Mapping[str, str]) -> str:
    """A digest of an exception's message, if it comes from a function that the submission called; else "".

    The same wrong numbers in the same call give the same message. A message after `raise` or `assert` in an
    exercise is the student's own.
    """
    error = result.answer.removeprefix(ERROR)
    source = result.calls[-1].source if result.calls else ""
    is_own = re.match(r"(raise|assert)\b", source) and _is_exercise(result.calls[-1], names)
    is_of_call = error in OF_CALLS or NO_UFUNC in result.rationale or OF_ARGUMENTS.search(result.rationale)
    if is_own or not is_of_call:
        return ""
    message = result.rationale.partition(f"{error}: ")[2].removesuffix(f"\n{source}")
    return f"{MESSAGE}{hashlib.sha256(message.encode()).hexdigest()[:DIGITS]}" if message else ""


def _calls_to_a_pair(result: CheckResult) -> Sequence[Call]:
    """The calls down to the one that takes a pair of numbers for one number; empty if there is none.

    Python has many messages for the same TypeError: one about a tuple counts only if the failing line names
    an argument that is a pair, or if a line that led to it passes such an argument on twice: as in
    `pad(x, ((0, 0), (padding, padding), ...))`, which only a number allows.
    """
    calls = result.calls
    if result.answer != f"{ERROR}TypeError" or not calls or not re.search(r"\btuple\b", result.rationale):
        return ()
    if set(PAIR.findall(calls[-1].arguments)) & set(re.findall(r"\w+", calls[-1].source)):
        return calls
    for n, call in reversed(list(enumerate(calls[:-1], 1))):
        if any(f"({name}, {name})" in call.source for name in PAIR.findall(call.arguments)):
            return calls[:n]
    return ()


def place_of(calls: Sequence[Call], names: Mapping[str, str]) -> str:
    """The innermost exercise that an exception passed through; "" if there is none.

    A method goes by its bare name, as in its frames.
    """
    for call in reversed(calls):
        if _is_exercise(call, names):
            return called_name(names.get(call.function, call.function))
    return ""


def _is_exercise(call: Call, names: Mapping[str, str]) -> bool:
    """True for a call of an exercise, as opposed to a provided or an additional function."""
    return call.function in names or call.function in {called_name(one) for one in names.values()}
