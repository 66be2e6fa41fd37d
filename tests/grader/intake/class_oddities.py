"""Draws one student's submission, plain or with one oddity, with its required outcome."""

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

from tests.grader.intake.class_model import FILE, Delivery, Fate, File, Person
from tests.grader.intake.class_notebooks import hostile, notebook

NEAR = (
    "Dense.py",
    "dense (1).py",
    "dense.py.txt",
    "DENSE.PY",
    "dense_final.py",
    "dense copy.py",
    "my_dense.py",
)
EXTRAS = ("notes.txt", "README.md", "plot.png", "report.pdf", "train.csv")
FOLDER_EXTRAS = ("data/train.csv", "tests/test_dense.py", "docs/img/plot.png")
LITTER = (".DS_Store", "Thumbs.db", "desktop.ini", "~$notes.docx")
FOLDER_LITTER = (
    "__pycache__/dense.cpython-311.pyc",
    ".ipynb_checkpoints/dense-checkpoint.py",
    ".ipynb_checkpoints/dense.py",
    ".idea/workspace.xml",
    ".vscode/settings.json",
    ".venv/lib/python3.11/site-packages/demo/dense.py",
    ".git/HEAD",
    "__MACOSX/._dense.py",
)
FURTHER_DOWN = ("src", "hw1", "my solution", "Lösung")


@dataclass(frozen=True)
class Setting:
    """What oddities may use: the student, the others, and what the layout can hold."""

    person: Person
    others: Sequence[Person]
    sources: Sequence[bytes]
    kind: str
    holds_folders: bool
    is_zip: bool

    @property
    def token(self) -> bytes:
        return f"# of {self.person.key}, and of no one else\n".encode()

    def content(self, rng: Random, note: str = "") -> tuple[bytes, int]:
        """A source with the student's token, and the source's index."""
        index = rng.randrange(len(self.sources))
        return self.token + f"# {note}{rng.random()}\n".encode() + self.sources[index], index


Draw = Callable[[Random, Setting], Delivery]


def plain(rng: Random, setting: Setting) -> Delivery:
    """The file, perhaps one folder further down, perhaps with files and litter that do not matter."""
    content, score = setting.content(rng)
    below = f"{rng.choice(FURTHER_DOWN)}/" if setting.holds_folders and rng.random() < 0.2 else ""
    files = [File(below + FILE, content)]
    if setting.kind != "flat":
        names = [*EXTRAS, *LITTER, *((*FOLDER_EXTRAS, *FOLDER_LITTER) if setting.holds_folders else ())]
        chosen = rng.sample(names, rng.choice([0, 0, 1, 2, 3]))
        files += [File(name, setting.token + b"# no submission") for name in chosen]
    if setting.kind == "moodle" and rng.random() < 0.2:
        files.append(File("onlinetext.html", b"<p>my text</p>", "online"))
    late = rng.random() < 0.2
    return Delivery(setting.person, tuple(files), accepted=(content,), late=late, score=score)


def in_a_notebook(rng: Random, setting: Setting) -> Delivery:
    content, score = setting.content(rng)
    mark = b"\xef\xbb\xbf" if rng.random() < 0.4 else b""
    file = File(rng.choice(["hw.ipynb", "dense.ipynb", "My homework.ipynb"]), mark + notebook(content))
    return Delivery(setting.person, (file,), token=setting.token, score=score)


def nothing(rng: Random, setting: Setting) -> Delivery:
    return Delivery(setting.person, (), Fate.ABSENT)


def _doubt(setting: Setting, *files: File, named: Sequence[str] = ()) -> Delivery:
    return Delivery(setting.person, files, Fate.DOUBT, must_name=tuple(named))


def near_name(rng: Random, setting: Setting) -> Delivery:
    name = rng.choice(NEAR)
    return _doubt(setting, File(name, setting.content(rng)[0]), named=[name])


def in_an_archive(rng: Random, setting: Setting) -> Delivery:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo(FILE), setting.content(rng)[0])  # which has no clock's time
    name = rng.choice(["hw.zip", "dense.zip", "my homework.zip"])
    return _doubt(setting, File(name, packed.getvalue()), named=[name])


def other_files(rng: Random, setting: Setting) -> Delivery:
    name = rng.choice(["notes.txt", "report.pdf", "conv.py", "essay.docx"])
    return _doubt(setting, File(name, setting.token), named=[name])


def unreadable(rng: Random, setting: Setting) -> Delivery:
    return _doubt(setting, File(FILE, setting.content(rng)[0], rng.choice(["crc", "method", "encrypted"])))


def link(rng: Random, setting: Setting) -> Delivery:
    return _doubt(setting, File(FILE, f"../{setting.others[0].label}/{FILE}".encode(), "link"))


def link_beside(rng: Random, setting: Setting) -> Delivery:
    """A link to another student's folder, next to the student's own file."""
    return _beside(rng, setting, File("more", f"../{setting.others[0].label}".encode(), "link"))


def pipe(rng: Random, setting: Setting) -> Delivery:
    """A pipe that looks like the file and blocks forever if it is opened."""
    return _doubt(setting, File(FILE, b"", "pipe"))


def twice(rng: Random, setting: Setting) -> Delivery:
    return _doubt(setting, *(File(FILE, setting.content(rng, f"{n}")[0]) for n in range(2)))


def two_notebooks(rng: Random, setting: Setting) -> Delivery:
    names = rng.choice([("hw.ipynb", "hw-old.ipynb"), ("dense.ipynb", "Untitled.ipynb")])
    return _doubt(
        setting, *(File(name, notebook(setting.content(rng, name)[0])) for name in names), named=names
    )


def untagged_notebook(rng: Random, setting: Setting) -> Delivery:
    return _doubt(setting, File("hw.ipynb", notebook(setting.content(rng)[0], tag="")), named=["hw.ipynb"])


def notebook_beside(rng: Random, setting: Setting) -> Delivery:
    stale = File("hw.ipynb", notebook(setting.content(rng, "stale ")[0]))
    return _beside(rng, setting, stale)


def hostile_notebook_beside(rng: Random, setting: Setting) -> Delivery:
    trouble, content = hostile(rng, setting.content(rng, "stale ")[0])
    return replace(_beside(rng, setting, File("hw.ipynb", content)), oddities=(f"notebook: {trouble}",))


def _beside(rng: Random, setting: Setting, *files: File) -> Delivery:
    content, score = setting.content(rng)
    return Delivery(
        setting.person, (File(FILE, content), *files), accepted=(content,), may_doubt=True, score=score
    )


def hostile_notebook(rng: Random, setting: Setting) -> Delivery:
    content, score = setting.content(rng)
    trouble, text = hostile(rng, content)
    files, oddity = (File("hw.ipynb", text),), (f"notebook alone: {trouble}",)
    return Delivery(setting.person, files, token=setting.token, may_doubt=True, oddities=oddity, score=score)


def empty_file(rng: Random, setting: Setting) -> Delivery:
    return Delivery(setting.person, (File(FILE, b""),), accepted=(b"",), may_doubt=True)


def meaningless_folders(rng: Random, setting: Setting) -> Delivery:
    names = rng.choice(
        [("v1", "final"), ("final", "final2"), ("old", "new"), ("a", "b", "c"), ("copy", "src")]
    )
    return _doubt(setting, *(File(f"{name}/{FILE}", setting.content(rng, name)[0]) for name in names))


def versions(rng: Random, setting: Setting) -> Delivery:
    """Names that may be numbers: the last may count, and never an earlier one."""
    return replace(_last_of(rng, setting, rng.choice([("v1", "v2"), ("v9", "v10")])), may_doubt=True)


def old_one_below(rng: Random, setting: Setting) -> Delivery:
    return _beside(
        rng, setting, File(f"{rng.choice(['old', 'backup'])}/{FILE}", setting.content(rng, "old ")[0])
    )


def two_levels_down(rng: Random, setting: Setting) -> Delivery:
    content, score = setting.content(rng)
    files = (File(f"hw1/src/{FILE}", content),)
    return Delivery(setting.person, files, accepted=(content,), may_doubt=True, score=score)


def only_in_litter(rng: Random, setting: Setting) -> Delivery:
    litter = File(rng.choice([name for name in FOLDER_LITTER if name.endswith(FILE)]), setting.token)
    return Delivery(setting.person, (litter,), Fate.ABSENT, may_doubt=True)


def empty_folder(rng: Random, setting: Setting) -> Delivery:
    return Delivery(setting.person, (File("", b"", "folder"),), Fate.ABSENT, may_doubt=True)


YAML_BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(12)
)


def hostile_metadata(rng: Random, setting: Setting) -> Delivery:
    """Gradescope's metadata, inside one student's submission."""
    lines = [
        f"submission_{other.number}:\n  :submitters:\n  - :name: {other.name}\n"
        f"    :sid: '{other.roster_id}'\n"
        f"    :email: {other.email}\n"
        for other in (setting.person, *setting.others)
    ]
    text = rng.choice(
        [YAML_BOMB, "".join(lines), "{", "\t: [", "- a\n- b\n", "submission_1: null\n", "\0", "[" * 5000]
    )
    return _beside(rng, setting, File("submission_metadata.yml", text.encode()))


def names_of_other_layouts(rng: Random, setting: Setting) -> Delivery:
    """Paths inside one student's submission that would be another student's in another layout."""
    other = setting.others[0]
    names = [
        f"{other.name}_{other.number}_assignsubmission_file_/{FILE}",
        f"{other.name}_{other.number}_assignsubmission_file_{FILE}",
        f"lovelaceada_{other.number}_902_{FILE}",
        f"submission_{other.number}/{FILE}",
        f"{other.label or other.login}/{FILE}",
        f"{other.roster_id}_{FILE}",
        f"{other.roster_id}.py",
        f"hw1-{other.login}/{FILE}",
    ]
    chosen = rng.sample(names, rng.choice([1, 1, 2, 8]))
    return _beside(rng, setting, *(File(name, setting.content(rng, "lure ")[0]) for name in chosen))


def odd_folders(rng: Random, setting: Setting) -> Delivery:
    """Folders whose names are digits for some functions of Python and none for others."""
    names = rng.sample(
        ["²", "①", "٣", "Ⅷ", "attempt-²", "attempt-٣", "1e3", "-1", "9" * 200], rng.choice([1, 2, 3])
    )
    contents = [setting.content(rng, name) for name in names]
    files = tuple(File(f"{name}/{FILE}", content) for name, (content, _) in zip(names, contents, strict=True))
    accepted = tuple(content for content, _ in contents)
    return Delivery(setting.person, files, accepted=accepted, may_doubt=True, score=-1)


def way_out(rng: Random, setting: Setting) -> Delivery:
    """An entry that climbs out of the student's folder into another student's."""
    return _beside(
        rng, setting, File(f"../{setting.others[0].label}/{FILE}", setting.content(rng, "lure ")[0])
    )


def times(rng: Random, setting: Setting) -> Delivery:
    """Sub-folders named by times: the last in time, not in the alphabet, counts."""
    stamps = rng.choice(
        [
            ("2026-10-01T10-00-00+02-00", "2026-10-01T08-30-00+00-00"),
            ("2026-10-01T10-00-00+02-00", "2026-10-03T10-00-00+02-00"),
            ("2026-10-01T23-00-00+02-00", "2026-10-01T22-00-00-01-00"),
            ("2026-10-02T00-10-00+02-00",),
        ]
    )
    return _last_of(rng, setting, stamps)


def numbers(rng: Random, setting: Setting) -> Delivery:
    return _last_of(
        rng, setting, rng.choice([("attempt-2", "attempt-10"), ("1", "2"), ("attempt-1",), ("9", "10", "11")])
    )


def _last_of(rng: Random, setting: Setting, folders: Sequence[str]) -> Delivery:
    """The last of these sub-folders, which are in order of time, counts."""
    contents = [setting.content(rng, f"{folder} ") for folder in folders]
    files = [
        File(f"{folder}/{FILE}", content) for folder, (content, _) in zip(folders, contents, strict=True)
    ]
    rng.shuffle(files)
    return Delivery(setting.person, tuple(files), accepted=(contents[-1][0],), score=contents[-1][1])


def re_upload(rng: Random, setting: Setting) -> Delivery:
    """Canvas numbers a file that the student uploaded before: it is the one file of the submission."""
    content, score = setting.content(rng)
    files = (File(f"dense-{rng.choice([1, 1, 2, 3, 7])}.py", content),)
    return Delivery(setting.person, files, accepted=(content,), score=score)


def two_uploads(rng: Random, setting: Setting) -> Delivery:
    return _doubt(setting, *(File(name, setting.content(rng, name)[0]) for name in (FILE, "dense-1.py")))


def dated_name(rng: Random, setting: Setting) -> Delivery:
    name = rng.choice(["dense-2026-09-10.py", "dense-final.py", "dense-v2.py"])
    return _doubt(setting, File(name, setting.content(rng)[0]), named=[name])


def text_entry(rng: Random, setting: Setting) -> Delivery:
    return _doubt(setting, File("", setting.content(rng)[0], rng.choice(["text", "url"])))


def canvas_name(rng: Random, setting: Setting) -> Delivery:
    """A file that Ada names as Canvas would name Bob's."""
    other = setting.others[0]
    lure = File(f"lovelaceada_{other.number}_902_{FILE}", setting.content(rng, "lure ")[0])
    return _beside(rng, setting, lure) if rng.random() < 0.5 else _doubt(setting, lure)


def online_text(rng: Random, setting: Setting) -> Delivery:
    return _doubt(setting, File("onlinetext.html", setting.token, "online"))


def two_of_one(rng: Random, setting: Setting) -> Delivery:
    """Two submissions of one student, under two of their names, with no evidence which one counts."""
    return _doubt(setting, File(FILE, setting.content(rng)[0]), File(FILE, setting.content(rng)[0], "aside"))


ANYWHERE: tuple[Draw, ...] = (
    near_name, near_name, in_an_archive, other_files, two_notebooks, untagged_notebook, notebook_beside,
    hostile_notebook_beside, hostile_notebook_beside, hostile_notebook, empty_file,
)  # fmt: skip
IN_FOLDERS: tuple[Draw, ...] = (
    meaningless_folders, meaningless_folders, versions, old_one_below, two_levels_down, only_in_litter,
    empty_folder, hostile_metadata, hostile_metadata, names_of_other_layouts, names_of_other_layouts,
    odd_folders,
)  # fmt: skip
IN_ZIPS: tuple[Draw, ...] = (unreadable, unreadable, twice)
OF_KIND: dict[str, tuple[Draw, ...]] = {
    "canvas": (two_uploads, dated_name, text_entry, canvas_name),
    "moodle": (online_text,),
    "folders": (link, link_beside),
    "flat": (two_of_one,),
}
PLAIN_OF_KIND: dict[str, tuple[Draw, ...]] = {"canvas": (re_upload,), "folders": (times, numbers)}


def draw_plain(rng: Random, setting: Setting) -> Delivery:
    """A delivery without an oddity: nothing in it may be doubted."""
    choices = [plain] * 6 + [in_a_notebook, nothing, *PLAIN_OF_KIND.get(setting.kind, ())]
    return rng.choice(choices)(rng, setting)


def draw_odd(rng: Random, setting: Setting, has_roster: bool) -> Delivery:
    """A delivery with one oddity that the layout can hold."""
    choices = list(OF_KIND.get(setting.kind, ())) * 2
    choices += [*ANYWHERE] if setting.kind != "flat" else [empty_file]
    choices += [*IN_FOLDERS] if setting.holds_folders else []
    choices += [*IN_ZIPS] if setting.is_zip else [pipe]
    choices += [way_out] if setting.is_zip and setting.kind == "folders" else []
    choices += [two_of_one] if has_roster and setting.kind == "folders" else []
    draw = rng.choice(choices)
    delivery = draw(rng, setting)
    return replace(delivery, oddities=(draw.__name__, *delivery.oddities))
