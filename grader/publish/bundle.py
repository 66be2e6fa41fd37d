"""Gathers the parts of a target: the assignment, its handout, the grader's wheel, and the answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.author.text_templates import text_environment
from grader.author.wheel import requirement_of
from grader.model.assignment import Assignment
from grader.model.surroundings import Device

TEMPLATES = Path(__file__).parent / "templates"
LEFT_OUT = ("__pycache__", ".mypy_cache")
COURSE = "assignments/course.yaml"


@dataclass(frozen=True)
class Wheel:
    """A wheel of the grader: its file's name and bytes."""

    name: str
    content: bytes

    @property
    def requirement(self) -> bytes:
        """The line of requirements.txt that installs it from its own folder, by its hash."""
        return requirement_of(self.name, self.content)


@dataclass(frozen=True)
class Bundle:
    """One assignment of a course; slow parts are made only when a target uses them.

    `python` and `variants` are the course's. `locks` are the files of hashed requirements by name.
    `handout` makes the files that students get. `wheel` builds the grader without the desk, `whole_wheel` the
    one with it. `answers` makes the files only for instructors: the secret seed and the mutants' answers.
    """

    assignment: Assignment
    python: str
    has_variants: bool
    locks: Mapping[str, bytes]
    handout: Callable[[], Mapping[str, bytes]]
    wheel: Callable[[], Wheel]
    whole_wheel: Callable[[], Wheel]
    answers: Callable[[], Mapping[str, bytes]]

    @property
    def name(self) -> str:
        """The assignment's name."""
        return self.assignment.name

    @property
    def has_kernels(self) -> bool:
        """True if the grader needs a C++ compiler, for kernels that it emulates."""
        return Device.EMULATED in self.assignment.devices

    @property
    def python_image(self) -> str:
        """The base image of containers, by its version."""
        return f"python:{self.python}-slim-bookworm"

    def render(self, template: str, **values: object) -> bytes:
        """Renders the template at a path below `templates/` with this bundle and further values."""
        environment = text_environment(TEMPLATES)
        text = environment.get_template(template).render(bundle=self, name=self.name, **values)
        return text.encode()

    def course_of_one(self) -> dict[str, bytes]:
        """A course of only this assignment, with its reference and its answers, for instructors."""
        root = self.assignment.folder.parent.parent
        files = {}
        for folder in (self.assignment.folder, root / self.assignment.oracle.partition(".")[0]):
            for path in sorted(folder.rglob("*")):
                if path.is_file() and not set(LEFT_OUT).intersection(path.parts):
                    files[path.relative_to(root).as_posix()] = path.read_bytes()
        return {COURSE: self.render("course.yaml.j2", title=root.name)} | files | dict(self.answers())
