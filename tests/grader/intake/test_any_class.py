"""The law of intake: no wrong student, file or submission without a doubt, whatever a class submits.

`class_generator.py` draws the classes and keeps the account; `class_judgment.py` judges an outcome by it.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from pathlib import Path

import pytest

from grader.cli.command_line.exit_status import NOT_PASSED, PASSED
from grader.model.surroundings import Sandbox
from tests.folders import in_folder
from tests.grader.intake.class_account import may_be_question
from tests.grader.intake.class_generator import assemble, listing, make_class, write, write_roster
from tests.grader.intake.class_judgment import (
    FAULTS,
    Credit,
    Finding,
    Outcome,
    judge,
    right_outcome,
    shrink,
)
from tests.grader.intake.class_model import FILE, Fate, GeneratedClass, same
from tests.grader.intake.class_plan import Plan, draw

SECONDS = 30  # for one class: a hostile file may not stop the others


def read_outcome(cls: GeneratedClass, path: Path) -> Outcome:
    """The outcome of the grader's intake for the class at this path."""
    from grader.intake.read_class import read_class
    from grader.model.errors import UserError

    try:
        intake = read_class(path, [FILE], assignment="dense", roster=cls.roster)
        credits = [(one.submission, intake.read(one).files) for one in intake.submissions]
    except UserError as error:
        return Outcome(question=str(error))
    except Exception as error:  # whatever it is, the class was stopped
        return Outcome(stopped=f"{type(error).__name__}: {error}"[:500])
    return Outcome(
        credits=tuple(Credit(each.student_id, each.doubt, files) for each, files in credits),
        doubts=tuple(f"{doubt.name}: {doubt.reason}" for doubt in intake.doubts),
        absent=tuple(student.id for student in intake.absent),
        entries=tuple((e.path.rstrip(), str(e.role), e.student) for e in intake.entries),
    )


def findings(cls: GeneratedClass) -> tuple[Finding, ...]:
    """The intake's results that the class's account does not allow."""
    folder = Path(tempfile.mkdtemp(prefix="class-"))
    try:
        start = time.process_time()
        found = judge(cls, read_outcome(cls, write(cls, folder, cls.is_zip)))
        if time.process_time() - start > SECONDS:
            found += (Finding("stopped", "the class", f"read for more than {SECONDS} CPU seconds"),)
        return found
    finally:
        shutil.rmtree(folder)


def check(seed: int) -> None:
    """Fails with the smallest class that breaks the law in the same way as the class of the seed."""
    broken = findings(make_class(seed))
    if not broken:
        return
    smallest = shrink(draw(seed), lambda cls: any(f.fault == broken[0].fault for f in findings(cls)))
    lines = [
        f"the class of seed {seed} breaks the law:",
        *map(str, broken),
        "",
        "the smallest such class:",
    ]
    pytest.fail("\n".join([*lines, listing(smallest), *map(str, findings(smallest))]), pytrace=False)


@pytest.mark.parametrize("seed", range(100))
def test_no_class_yields_a_wrong_student_a_wrong_file_or_a_silent_zero(seed: int) -> None:
    check(seed)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(20))
def test_no_class_of_two_thousand_does(block: int) -> None:
    for seed in range(100 + block * 95, 100 + (block + 1) * 95):
        check(seed)


# Laws of the generator and the judgment themselves.

SEEDS = range(150)


def first_seeds(number: int, fits: Callable[[Plan], bool]) -> list[int]:
    """The first seeds whose plan fits. Every worker draws them, so none assembles a class for it."""
    return list(islice((seed for seed in SEEDS if fits(draw(seed))), number))


def test_a_class_is_a_function_of_its_seed() -> None:
    for seed in range(20):
        assert make_class(seed) == make_class(seed)
    assert len({make_class(seed).entries for seed in range(20)}) == 20


@pytest.mark.parametrize("seed", SEEDS)
def test_the_account_satisfies_its_own_judgment(seed: int) -> None:
    cls = make_class(seed)
    assert judge(cls, right_outcome(cls)) == ()


def faults(cls: GeneratedClass, outcome: Outcome) -> set[str]:
    return {finding.fault for finding in judge(cls, outcome)}


def spoiled_outcomes() -> Iterator[tuple[str, GeneratedClass, Outcome]]:
    """Outcomes with one error each, and the fault that the judgment must find."""
    for seed in SEEDS:
        cls = make_class(seed)
        right = right_outcome(cls)
        strict = [due for due in cls.account if due.fate is Fate.CREDIT and not due.may_doubt]
        if len(strict) < 2 or len({due.accepted for due in strict[:2]}) < 2:
            continue
        place = [credit.student for credit in right.credits].index(min(strict[0].ids))
        first, others = right.credits[place], right.credits[:place] + right.credits[place + 1 :]
        second = next(c for c in right.credits if c.student == min(strict[1].ids))
        yield "wrong student", cls, replace(right, credits=(*others, replace(first, files=second.files)))
        yield "missing student", cls, replace(right, credits=others)
        yield "invented student", cls, replace(right, credits=(*right.credits, Credit("x", "", {FILE: b""})))
        yield "silent zero", cls, replace(right, credits=(*others, replace(first, files={})))
        yield "wrong file", cls, replace(right, credits=(*others, replace(first, files={FILE: b"old"})))
        yield "useless doubt", cls, replace(right, credits=(*others, replace(first, doubt="why not")))
        yield "entry unaccounted", cls, replace(right, entries=right.entries[1:])
        yield "entry unaccounted", cls, replace(right, entries=right.entries + right.entries[:1])
        yield "stopped", cls, Outcome(stopped="RecursionError")
        if not cls.may_be_question:
            yield "useless question", cls, Outcome(question="which layout is it?")
        if right.doubts:
            yield "missing doubt", cls, replace(right, doubts=right.doubts[1:])
        if any(due.must_name for due in cls.account):
            yield "unnamed file", cls, replace(right, doubts=tuple(d.split(": ")[0] for d in right.doubts))
        litter = [e.path for e in cls.entries if not e.owners and e.flaw != "folder"]
        if litter:
            graded = tuple((p, "graded" if p == litter[0] else role, s) for p, role, s in right.entries)
            yield "wrong role", cls, replace(right, entries=graded)


def test_the_judgment_finds_every_fault() -> None:
    kinds = set()
    for fault, cls, outcome in spoiled_outcomes():
        assert fault in faults(cls, outcome), f"seed {cls.seed}: {fault}"
        kinds.add(fault)
    assert kinds == set(FAULTS)


def test_a_failing_class_is_shrunk_to_the_students_that_it_needs() -> None:
    plan = next(plan for plan in map(draw, SEEDS) if plan.kind == "canvas" and len(plan.deliveries) > 5)
    keys = {delivery.person.key for delivery in plan.deliveries if delivery.files}
    keys = set(sorted(keys)[-2:])
    smallest = shrink(plan, lambda cls: keys <= set(cls.tokens))
    assert set(smallest.tokens) == keys
    assert assemble(plan) == make_class(plan.names.seed)


@pytest.mark.parametrize("seed", first_seeds(40, lambda plan: plan.is_zip))
def test_other_programs_read_the_zips(seed: int, tmp_path: Path) -> None:
    """Python's zipfile reads every honest entry; Info-ZIP, where it is installed, lists as many."""
    cls = make_class(seed)
    path = write(cls, tmp_path, as_zip=True)
    with zipfile.ZipFile(path) as archive:
        assert len(archive.infolist()) == len(cls.entries)
        for info, entry in zip(archive.infolist(), cls.entries, strict=True):
            if entry.flaw not in ("crc", "method", "encrypted"):
                assert archive.read(info) == entry.content
            if cls.encoding != "unflagged":
                assert info.filename == entry.path
    if shutil.which("unzip"):
        process = subprocess.run(["unzip", "-Z1", str(path)], capture_output=True, check=False)
        assert process.stdout.count(b"\n") == len(cls.entries), process.stderr.decode()


@pytest.mark.parametrize("seed", first_seeds(40, lambda plan: not plan.is_zip))
def test_a_folder_holds_the_entries_of_its_class(seed: int, tmp_path: Path) -> None:
    cls = make_class(seed)
    root = write(cls, tmp_path, as_zip=False)
    paths = [path for path in root.rglob("*") if path.is_symlink() or not path.is_dir()]
    files = {str(path.relative_to(root)) for path in paths}
    assert files == {entry.path for entry in cls.entries if entry.flaw != "folder"}


def test_every_kind_of_class_and_every_way_to_write_names_is_drawn() -> None:
    from tests.grader.intake.class_layouts import LAYOUTS

    classes = [make_class(seed) for seed in range(400)]
    assert {(cls.kind, cls.is_plain) for cls in classes} == {(k, p) for k in LAYOUTS for p in (True, False)}
    assert {cls.encoding for cls in classes if cls.is_zip} == {"flagged", "unflagged", "cp437"}
    assert {due.fate for cls in classes for due in cls.account} == set(Fate)
    assert any(unicodedata.normalize("NFC", e.path) != e.path for cls in classes for e in cls.entries)


# Graded for real


@pytest.fixture(scope="module")
def sources(repository: Path) -> tuple[bytes, bytes]:
    """A solution to `dense`, and one whose ReLU lets negative numbers pass."""
    from grader.author.load import load
    from grader.author.render import render

    source = render(load(repository / "assignments" / "dense"), "solution").files[FILE]
    return source.encode(), f"{source}\n\ndef relu(a):\n    return a\n".encode()


@pytest.fixture(scope="module")
def scores(repository: Path, sources: tuple[bytes, bytes]) -> tuple[Fraction, ...]:
    """What each source scores by itself, graded without a class."""
    from grader.author.load import load
    from grader.author.render import Views
    from grader.judge.session import Session

    assignment = Views(load(repository / "assignments" / "dense")).assignment
    folder = Path(tempfile.mkdtemp(prefix="class-"))
    with Session(assignment, sandbox=Sandbox.BUBBLEWRAP) as session:
        each_score = []
        for source in sources:
            (folder / FILE).write_bytes(source)
            each_score.append(session.grade(in_folder(folder), "alone").score)
    shutil.rmtree(folder)
    return tuple(each_score)


def standings(cls: GeneratedClass, folder: Path, repository: Path) -> dict[str, tuple[Fraction, str]]:
    """The score and the doubt of each student in the gradebook after `grader batch`."""
    from grader.batch.gradebook import Gradebook

    url = f"sqlite:///{folder}/gradebook.db"
    words = [sys.executable, "-m", "grader", "batch", str(write(cls, folder, cls.is_zip))]
    words += ["--assignment", "dense", "--gradebook", url, "--jobs", "2"]
    if cls.roster is not None:
        words += ["--roster", str(write_roster(cls, folder / "roster.csv"))]
    process = subprocess.run(words, cwd=repository, capture_output=True, text=True, check=False)
    # the last lines count what needs review
    is_clear = re.search(r"^0 need review$", process.stdout, re.MULTILINE) is not None
    assert process.returncode == (PASSED if is_clear else NOT_PASSED), process.stdout + process.stderr
    with Gradebook(url) as gradebook:
        rows = gradebook.grades()
    return {
        row.student_id: (row.grade.score, "" if row.submission is None else row.submission.doubt)
        for row in rows
        if row.grade is not None
    }


# every third of them: each takes a quarter of a minute
GRADED = first_seeds(20, lambda plan: not may_be_question(plan))[::3]


@pytest.mark.slow
@pytest.mark.parametrize("seed", GRADED)
def test_a_class_scores_in_the_gradebook_what_its_account_says(
    seed: int, tmp_path: Path, repository: Path, sources: tuple[bytes, bytes], scores: tuple[Fraction, ...]
) -> None:
    assert scores[0] == 100 > scores[1]
    cls = make_class(seed, sources)
    actual = {same(id): row for id, row in standings(cls, tmp_path, repository).items()}
    for due in cls.account:
        mine = [actual[id] for id in map(same, due.ids) if id in actual]
        certain = [score for score, doubt in mine if not doubt]
        if due.fate is Fate.CREDIT and not due.may_doubt:
            assert certain == [scores[due.score]], f"seed {seed}: {due.who}"
        elif due.fate is not Fate.CREDIT:
            assert not certain, f"seed {seed}: {due.who}"
    ids = {same(id) for due in cls.account for id in due.ids}
    assert {id for id, (_, doubt) in actual.items() if not doubt} <= ids
