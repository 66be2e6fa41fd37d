"""The tiny course under attack: limits so small that hanging costs little, and no import rules."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.author.load import load
from grader.author.render import Views
from grader.judge.session import Session
from grader.model.assignment import Assignment, Limits
from grader.model.grade import Grade
from grader.model.surroundings import Sandbox
from tests.folders import in_folder
from tests.waiting import make_judge_patient

LIMITS = Limits(
    import_seconds=0.5,  # CPU seconds: on a busy machine the same work takes several times as long
    case_seconds=1,
    wall_factor=1.5,
    memory_mib=256,
    file_mib=4,
    processes=32,
    output_kib=64,
    answer_mib=1,
)
SECRET = "canary"


@pytest.fixture(scope="module", autouse=True)
def patience() -> Iterator[None]:
    """A verdict on an attack does not depend on what else the machine does."""
    with pytest.MonkeyPatch.context() as patch:
        make_judge_patient(patch)
        yield


@pytest.fixture(scope="module")
def assignment(make_course: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    """Two criteria, `flip` and `dilate`, neither of which needs the other."""
    course = make_course(tmp_path_factory.mktemp("attacked") / "course")
    rubric = course / "assignments" / "tiny" / "rubric.yaml"
    rubric.write_text(rubric.read_text().replace("    requires: [flip]\n", ""))
    tiny = load(course / "assignments" / "tiny")
    return replace(Views(tiny).assignment, limits=LIMITS, import_rules=None)


@pytest.fixture(scope="session")
def honest() -> str:
    """Correct versions of both exercises."""
    return (Path(__file__).parent / "honest.py").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def honest_folder(tmp_path_factory: pytest.TempPathFactory, honest: str) -> Path:
    folder = tmp_path_factory.mktemp("honest")
    (folder / "conv.py").write_text(honest, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def honest_alone(assignment: Assignment, honest_folder: Path) -> Grade:
    """The grade of the honest submission in a session without any attack."""
    with Session(assignment, sandbox=Sandbox.BUBBLEWRAP, secret=SECRET) as alone:
        return alone.grade(in_folder(honest_folder), "honest")


@pytest.fixture(scope="module")
def session(assignment: Assignment, honest_folder: Path) -> Iterator[Session]:
    """The one session that grades attacks and honest submissions in turn."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BACKFLIP_SEED", SECRET)
        with Session(assignment, sandbox=Sandbox.BUBBLEWRAP, secret=SECRET) as session:
            session.grade(in_folder(honest_folder), "honest")  # starts what it keeps
            yield session
