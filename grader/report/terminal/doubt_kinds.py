"""Groups doubts by kind, so that an instructor reads the remedy once, followed by the students."""

import re
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from grader.model.class_input.inventory import Doubt
from grader.model.class_row import NOT_GRADED
from grader.model.decision import EARLIER_FILES, EARLIER_RUBRIC
from grader.model.late_policy import DEPENDS
from grader.model.text import clean_line, listing

NARROWEST = 40  # columns: below that a line is left to the terminal


@dataclass(frozen=True)
class Kind:
    """A kind of doubt: its headline, the remedy, and the pattern of its reasons.

    `says_again` is the part of a reason that only repeats the remedy.
    """

    headline: str
    remedy: str
    pattern: str
    says_again: str = ""


OWN_FOLDER = "put the files into CLASS/ID/, where ID is the student's id, and run `grader batch CLASS` too"
SHOWN_WAITING = 20  # students who wait for points by hand, or for the next batch
CONFIRM = "`grader confirm ID`, or the student's page on the desk"
BY_HAND = Kind(
    "an instructor grades part of it by hand",
    "Give the points on the desk: `grader serve --edit`.",
    "^not graded by hand yet",
)
WAITING = Kind(
    "not graded yet",
    "A batch was interrupted, or still runs. If it was interrupted, run `grader batch` again. If it read the "
    "wrong submissions, `grader forget --run N`.",
    f"^{NOT_GRADED}$",
    f"^{NOT_GRADED}$",
)
NO_STUDENT = Kind(
    "matches no student on the roster",
    f"Correct the roster and run `grader batch` again, or {OWN_FOLDER}. Ignore people who are not in the "
    "class.",
    "matches no student on the roster",
    r"matches no student on the roster;? ?|: correct the roster or the export, or grade this by hand",
)
SEVERAL_STUDENTS = Kind(
    "may be one of several students",
    f"Find out which student it belongs to. Then {OWN_FOLDER}.",
    ": nothing says which; give an id|correct the roster or the export|"
    "no file says which student it belongs to|its only name is a number of the LMS",
    r": nothing says which; give an id or an e-mail address"
    r"|: correct the roster or the export, or grade this by hand",
)
# The first pattern found in a reason determines its kind; a reason may match several: the gravest come first.
KINDS = (
    Kind(
        "grading failed",
        "Run `grader batch` again. If it fails again, the fault is the grader's.",
        "^grading failed|^not scored: |^partial: ",
    ),
    WAITING,
    NO_STUDENT,
    SEVERAL_STUDENTS,
    Kind(
        "the name of the file can be read in two ways",
        f"Find out which student wrote the file. If it is the student's named here, {CONFIRM}.",
        "can be read in two ways",
    ),
    Kind(
        "the file has another name, or is in a zip",
        "To take the files named here, run `grader batch --accept-renamed`. Without it each scores 0.",
        "accept-renamed takes it",
        ": --accept-renamed takes it",
    ),
    Kind(
        "the file may be there under a name that the student chose",
        "Look at the file. If it is the right one, rename it and run `grader batch` again. Until then it "
        "scores 0.",
        "may be it: rename the right one",
        ": rename the right one to [^;]*",
    ),
    Kind(
        "a notebook without the tag",
        "Tag the code cells with the name of the file, or save them as that file, and run `grader batch` "
        "again. Until then it scores 0.",
        "no code cell of .* is tagged",
    ),
    Kind(
        "several versions of the file, and none was graded",
        "Leave one of them, and run `grader batch` again. Until then it scores 0.",
        "is there more than once|in the cells of more than one notebook|may be it: leave one of them",
        ": leave one of them(, named as asked for)?",
    ),
    Kind(
        "several versions of the file, and one was graded",
        f"Look at both. If the right one was graded, {CONFIRM}. If not, leave only that one, "
        "and run `grader batch` again.",
        "leave one of them|: the first is graded",
        ": leave one of them",
    ),
    Kind(
        "the file is empty, or is not plain text",
        "An upload or an editor may have damaged it. Get the file and run `grader batch` again, or accept "
        f"the score: {CONFIRM}.",
        "is empty(;|$)|contains null bytes",
    ),
    Kind(
        "the file is missing or cannot be read",
        "Get the file and run `grader batch` again, or accept a score of 0. `grader batch --accept-missing` "
        "accepts it for every missing file. This includes files with another name, and "
        "notebooks without the tag.",
        "is missing|cannot be (read|unpacked)|at most .* are read|is no(t a)? zip|half of a character",
    ),
    Kind(
        "several submissions, and nothing says which is the last",
        "Name the folders by time or by number, or run `grader batch --counts best`.",
        "nothing says which is the last",
        ": name the folders by time or by number, or use --counts best",
    ),
    Kind(
        "nothing was submitted on time",
        "With `grader batch --counts last` the late submission counts. Without it the student has no grade.",
        "nothing was submitted before the deadline|its time is not known",
    ),
    Kind(
        "late by an unknown time",
        "Give the times: `grader batch --times FILE` takes what the LMS exported, or a CSV of student and "
        "time. Or decide on the student's page: `grader serve --edit`. Or set unknown_lateness in "
        "course.yaml.",
        "late by an unknown time",
        "^late by an unknown time$",
    ),
    Kind(
        "late days depend on another assignment",
        "Decide first how late the assignment named here is: grade it, or set the time on the student's page "
        "of `grader serve --edit`.",
        f"^{DEPENDS}",
        f"^{DEPENDS}",
    ),
    Kind(
        "points by hand are for an earlier submission",
        "Look at the new files, and give the points again on the desk: `grader serve --edit`.",
        f"^{EARLIER_FILES}",
        f"^{EARLIER_FILES}",
    ),
    Kind(
        "points by hand are for an earlier rubric",
        "The criterion offers other points now. If the rubric changed after the last run, run `grader batch` "
        "again. Then give the points again on the desk: `grader serve --edit`.",
        f"^{EARLIER_RUBRIC}",
        f"^{EARLIER_RUBRIC}",
    ),
    BY_HAND,
    Kind(
        "an adjustment was for an earlier submission",
        "Enter it again with `grader adjust` or on the desk, or take it back with 0 points.",
        "^an adjustment ",
        "^an adjustment .*",
    ),
)
# These doubts are about submissions that may belong to a student who is not credited with them.
UNCREDITED = NO_STUDENT, SEVERAL_STUDENTS
OTHER = Kind(
    "other entries that were not used", "Look at each. Ignore entries that no student submitted.", ""
)
MAY_BE_THEIRS = " (some may own a submission above that matches no student, or several)"


def kind_of(reason: str) -> Kind:
    """The kind of a doubt by its reason; `OTHER` if no kind matches."""
    return next((kind for kind in KINDS if re.search(kind.pattern, reason)), OTHER)


def uncredited(doubts: Iterable[Doubt]) -> list[Doubt]:
    """The doubts about submissions that may belong to a student who is not credited with them."""
    return [doubt for doubt in doubts if kind_of(doubt.reason) in UNCREDITED]


def group_by_kind(doubts: Iterable[Doubt]) -> list[tuple[Kind, list[Doubt]]]:
    """The doubts by kind, in the order of `KINDS`."""
    doubts_by_kind: dict[Kind, list[Doubt]] = defaultdict(list)
    for doubt in doubts:
        doubts_by_kind[kind_of(doubt.reason)].append(doubt)
    return [(kind, doubts_by_kind[kind]) for kind in (*KINDS, OTHER) if kind in doubts_by_kind]


def print_doubts(doubts: Iterable[Doubt], console: Console) -> None:
    """Prints each kind once, with its count and the remedy, and below it one line for each doubt.

    The whole class may wait for points by hand, or for the next batch: of these, only the first are printed.
    """
    for kind, those in group_by_kind(doubts):
        print_folded(f"{len(those)} × {kind.headline}", console, "bold", indent=("", "    "))
        print_folded(f"To do: {kind.remedy}", console, "", indent=("  ", "      "))
        first = those[:SHOWN_WAITING] if kind in (BY_HAND, WAITING) else those
        for doubt in first:
            print_folded(_line(kind, doubt), console, "magenta", indent=("    ", "        "))
        if more := len(those) - len(first):
            print_folded(
                f"and {more} more: `grader serve` shows all", console, "dim", indent=("    ", "    ")
            )


def print_absent(labels: Sequence[str], doubts: Iterable[Doubt], console: Console, limit: int = 0) -> None:
    """Prints the students who submitted nothing: all of them, or up to the limit."""
    if not labels:
        return
    is_open = bool(uncredited(doubts))
    names = listing([clean_line(label) for label in labels], limit or len(labels))
    line = f"{len(labels)} on the roster submitted nothing{MAY_BE_THEIRS if is_open else ''}: {names}"
    print_folded(line, console, "dim", indent=("", "    "))


def _line(kind: Kind, doubt: Doubt) -> str:
    """A doubt without the words of the headline."""
    reason = clean_line(doubt.reason)
    if kind.says_again:
        reason = re.sub(kind.says_again, "", reason).strip(" :")
    return f"{clean_line(doubt.name)}: {reason}" if reason else clean_line(doubt.name)


def print_folded(text: str, console: Console, style: str, indent: tuple[str, str]) -> None:
    """Prints a text with its further lines indented; in a pipe it is one line, which can be searched."""
    lines = [indent[0] + text]
    if console.is_terminal and console.width >= NARROWEST:
        lines = _fold(text, console.width, indent)
    for line in lines:
        console.print(Text(line, style), soft_wrap=True)


def _fold(text: str, width: int, indent: tuple[str, str]) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=indent[0], subsequent_indent=indent[1], break_on_hyphens=False
    )
