"""Generates whole exports of classes, each with its own account of what every student must get.

`make_class(seed)` is a pure function. The account comes from the LMSs' export formats and from what was
drawn, and from no code of the grader. `python -m tests.grader.intake.class_generator --stats` prints how
often each kind is drawn; with a seed in place of `--stats` it prints that class.
"""

import argparse
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.grader.intake.class_account import account_of, may_be_question
from tests.grader.intake.class_layouts import gradescope_metadata
from tests.grader.intake.class_model import Delivery, Entry, File, GeneratedClass
from tests.grader.intake.class_oddities import Setting
from tests.grader.intake.class_plan import NEW_FOLDER, SOURCES, Plan, draw
from tests.grader.intake.class_writer import write_folder, write_zip


def make_class(seed: int, sources: Sequence[bytes] = SOURCES) -> GeneratedClass:
    """The class of a seed. `sources` are the possible contents; each student submits one."""
    return assemble(draw(seed, sources))


def assemble(plan: Plan) -> GeneratedClass:
    """The entries and the account of a plan."""
    entries = [entry for delivery in plan.deliveries for entry in _entries_of(plan, delivery)]
    account = account_of(plan, entries)
    if plan.kind == "gradescope" and plan.flaw != "no metadata":
        deliveries = [d for d in plan.deliveries if d.files and d.person.key != plan.unlisted]
        groups = [(d, [d.person, *plan.members(d.person)]) for d in deliveries]
        entries.append(gradescope_metadata(plan.names, groups))
    wrap = "".join(f"{name}/" for name in plan.wraps)
    entries = [replace(entry, path=wrap + entry.path) for entry in entries] + _strays(plan, entries, wrap)
    entries = _folders_of(entries) * plan.has_folders + entries
    entries = [replace(entry, path=unicodedata.normalize(plan.form, entry.path)) for entry in entries]
    return GeneratedClass(
        seed=plan.names.seed,
        kind=plan.kind,
        entries=tuple(entries),
        roster=plan.roster,
        account=account,
        may_be_question=may_be_question(plan),
        is_zip=plan.is_zip,
        encoding=_encoding(plan, entries),
        is_plain=plan.is_plain,
        tokens={p.key: Setting(p, (), (), "", False, False).token for p in plan.people},
    )


def _entries_of(plan: Plan, delivery: Delivery) -> list[Entry]:
    files = delivery.files
    if plan.kind == "github" and files:
        git = {"HEAD": b"ref: refs/heads/main\n", "config": b"[core]\n", "refs/heads/main": b"0" * 40}
        paths = {file.path for file in files}
        files += tuple(
            File(f".git/{name}", text) for name, text in git.items() if f".git/{name}" not in paths
        )
    owners = (delivery.person.key, *(p.key for p in plan.members(delivery.person)))
    return [
        Entry(plan.layout.path(plan.names, delivery, file, place), file.content, owners, file.flaw)
        for place, file in enumerate(files)
    ]


def _strays(plan: Plan, entries: Sequence[Entry], wrap: str) -> list[Entry]:
    """Files that no student submitted: litter of file managers, and the instructor's own files."""
    strays = []
    for name in plan.strays:
        if name == "__MACOSX":
            paths = dict.fromkeys(wrap + e.path for e in entries if ".." not in e.path and e.flaw != "folder")
            for folder, slash, base in [path.rpartition("/") for path in list(paths)[:3]]:
                strays.append(Entry(f"__MACOSX/{folder}{slash}._{base}", b"\0\5\x16\7AppleDouble"))
        elif name == NEW_FOLDER:
            strays.append(Entry(wrap + name, b"", flaw="folder"))
        else:
            strays.append(Entry((wrap if len(name) % 2 else "") + name, b"no submission"))
    return strays


def _folders_of(entries: Sequence[Entry]) -> list[Entry]:
    """An entry for each folder, as most programs write them."""
    paths = {entry.path for entry in entries}
    parents = {parent for e in entries if ".." not in e.path for parent in _parents(e.path)}
    return [Entry(path, b"", flaw="folder") for path in sorted(parents - paths)]


def _parents(path: str) -> list[str]:
    parts = path.rstrip("/").split("/")[:-1]
    return ["/".join(parts[: n + 1]) + "/" for n in range(len(parts))]


def _encoding(plan: Plan, entries: Sequence[Entry]) -> str:
    """cp437 if it can encode all names and none happens to be valid UTF-8."""
    if plan.encoding != "cp437":
        return plan.encoding
    for entry in entries:
        try:
            if not entry.path.isascii():
                entry.path.encode("cp437").decode()
                return "unflagged"
        except UnicodeEncodeError:
            return "unflagged"
        except UnicodeDecodeError:
            continue
    return "cp437"


def write(cls: GeneratedClass, folder: Path, as_zip: bool) -> Path:
    """Writes the class below the folder and returns the zip's path, or the folder's.

    ValueError if the class has entries that only a zip can hold.
    """
    if as_zip:
        return write_zip(cls, folder / "class.zip")
    return write_folder(cls, folder / "class")


def write_roster(cls: GeneratedClass, path: Path) -> Path:
    """roster.csv of the class."""
    lines = ["student_id,name,email,section,extension"]
    lines += [f'{s.id},"{s.name}",{s.email},{s.section},{s.extension}' for s in cls.roster or ()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def listing(cls: GeneratedClass) -> str:
    """The class for a reader: its entries, its roster and its account."""
    lines = [f"class {cls.seed}: {cls.kind}, {'zip, ' + cls.encoding if cls.is_zip else 'folder'}"]
    lines += [
        f"  {e.path!r} {len(e.content)} bytes {','.join(e.owners)} {e.flaw}".rstrip() for e in cls.entries
    ]
    lines += (
        ["roster: none"]
        if cls.roster is None
        else [f"roster: {s.id}, {s.name}, {s.email}" for s in cls.roster]
    )
    for due in cls.account:
        may = " or a doubt" if due.may_doubt else ""
        lines.append(
            f"due: {due.owner} {due.who} {sorted(due.ids)}: {due.fate.value}{may} {', '.join(due.oddities)}"
        )
    lines += ["the whole input may be a question"] if cls.may_be_question else []
    return "\n".join(lines)


def stats(count: int) -> str:
    """How often each kind, fate and oddity is drawn."""
    counts: dict[str, Counter[str]] = {
        name: Counter() for name in ("kind", "roster", "names", "fate", "oddity")
    }
    for seed in range(count):
        cls = make_class(seed)
        counts["kind"][cls.kind + (" (plain)" if cls.is_plain else "")] += 1
        counts["roster"]["none" if cls.roster is None else "given"] += 1
        counts["names"][cls.encoding if cls.is_zip else "folder"] += 1
        counts["fate"].update(due.fate.name + (" or a doubt" if due.may_doubt else "") for due in cls.account)
        counts["oddity"].update(oddity for due in cls.account for oddity in due.oddities)
    lines = [f"{count} classes"]
    for name, number in counts.items():
        lines += [name, *(f"  {times:6} {what}" for what, times in number.most_common())]
    return "\n".join(lines)


def main() -> None:
    """Prints statistics, or the class of a seed."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("seed", type=int, nargs="?", default=0)
    parser.add_argument("--stats", action="store_true", help="how often each kind and oddity is drawn")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--write", type=Path, metavar="DIR", help="write the class there")
    options = parser.parse_args()
    print(stats(options.count) if options.stats else listing(make_class(options.seed)))
    if options.write:
        cls = make_class(options.seed)
        options.write.mkdir(parents=True, exist_ok=True)
        print(write(cls, options.write, cls.is_zip), write_roster(cls, options.write / "roster.csv"))


if __name__ == "__main__":
    main()
