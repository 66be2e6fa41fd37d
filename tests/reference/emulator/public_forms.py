"""The forms of public kernels in forms/, each a whole program; `make docs` writes docs/cuda-forms.md."""

import re
from dataclasses import dataclass
from pathlib import Path

from reference.emulator.programs import with_own_headers

FOLDER = Path(__file__).parent / "forms"
PAGE = Path(__file__).parents[3] / "docs" / "cuda-forms.md"
ABOUT = """\
# Forms of public kernels

Look here for a program like yours, to see if the emulator runs it. [cuda.md](cuda.md) says how to run it.

Public code repeats certain forms of kernels: those of the Rodinia suite, of NVIDIA's samples, and of courses.
Each form here is a program of our own, in `tests/reference/emulator/forms/`. A test compiles and runs each of
them unchanged. The program compares its results with those of a loop on the host. Another test empties each
of its kernels in turn, and the program must notice. `make docs` writes this page from the folder.
"""
FIRST_LINE = re.compile(r"// ([^:\n]+): (.+)\n")
FINDINGS = re.compile(r"// Found: ([\w, ]+?), as (.+)\n")
REFUSED = re.compile(r"// Refused: (.+)\n")


@dataclass(frozen=True)
class Form:
    """A form: its file, its group, what it computes, and the findings that are right, with the reason.

    `refused` is what the emulator says of a form that it does not run, else "".
    """

    path: Path
    group: str
    about: str
    findings: tuple[str, ...] = ()
    reason: str = ""
    refused: str = ""

    @property
    def source(self) -> str:
        """The program, with its own headers in it."""
        return with_own_headers(self.path).text


def form(path: Path) -> Form:
    """The form of a file, from its first lines."""
    text = path.read_text(encoding="utf-8")
    first = FIRST_LINE.match(text)
    assert first, f"{path.name} begins with `// Group: what it computes`"
    match = FINDINGS.match(text, first.end())
    refused = REFUSED.match(text, first.end())
    return Form(
        path,
        first[1],
        first[2],
        tuple(match[1].split(", ")) if match else (),
        match[2] if match else "",
        refused[1] if refused else "",
    )


def forms() -> list[Form]:
    """The forms that run."""
    return [form(path) for path in sorted(FOLDER.glob("*.cu"))]


def refused_forms() -> list[Form]:
    """The forms that are refused."""
    return [form(path) for path in sorted((FOLDER / "refused").glob("*.cu"))]


def page() -> str:
    """The text of docs/cuda-forms.md."""
    run, refused = forms(), refused_forms()
    lines = [ABOUT, f"**{len(run)} of {len(run) + len(refused)} forms run unchanged.**", ""]
    lines += ["| | Form | File |", "|---|---|---|"]
    for group in dict.fromkeys(one.group for one in sorted(run, key=lambda one: one.group)):
        for number, one in enumerate(one for one in run if one.group == group):
            lines.append(f"| {'' if number else group} | {one.about} | `{one.path.stem}` |")
    lines += ["", "In some of these programs the emulator reports a finding, and the finding is right:", ""]
    lines += ["| File | Found | Reason |", "|---|---|---|"]
    lines += [
        f"| `{one.path.stem}` | {', '.join(f'`{kind}`' for kind in one.findings)} | {one.reason} |"
        for one in run
        if one.findings
    ]
    lines += ["", "These forms do not run. The emulator refuses each with the words on the right:", ""]
    lines += ["| Form | File | Reason |", "|---|---|---|"]
    lines += [f"| {one.group}: {one.about} | `{one.path.stem}` | {one.refused} |" for one in refused]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
