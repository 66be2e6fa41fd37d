"""Lists the files that programs create by themselves, which are not part of a submission."""

import re

# fmt: off
FOLDERS = frozenset({
    "__MACOSX", ".Trashes", ".Spotlight-V100", ".fseventsd", ".AppleDouble", "$RECYCLE.BIN",
    ".git", ".hg", ".svn", ".idea", ".vscode",
    ".ipynb_checkpoints", "__pycache__", ".venv", ".pytest_cache", ".mypy_cache", ".ruff_cache",
    ".hypothesis",
})
FILES = frozenset({
    ".DS_Store", ".localized", ".directory", "Thumbs.db", "thumbs.db", "ehthumbs.db", "desktop.ini",
    "Desktop.ini",
    ".gitignore", ".gitattributes", ".gitkeep",
})
# fmt: on
# AppleDouble files, lock files of office programs, swap and backup files of editors, compiled Python
PATTERN = re.compile(r"\._.*|~\$.*|\.~lock\..*#|\..*\.sw[a-p]|.+~|.*\.py[co]", re.DOTALL)


# Names that file managers give a new folder
NEW_FOLDER = re.compile(
    r"(new folder|untitled folder|neuer ordner|unbenannter ordner|nouveau dossier|dossier sans titre|"
    r"nueva carpeta|carpeta sin título|nuova cartella|cartella senza nome|nova pasta|pasta sem título)"
    r"( ?\(?[0-9]+\)?)?",
    re.IGNORECASE | re.ASCII,
)


def is_new_folder(name: str) -> bool:
    """True if an empty folder of that name was made by accident, not for a student."""
    return bool(NEW_FOLDER.fullmatch(name))


def is_litter(path: str) -> bool:
    """True if an entry is such a file or is in such a folder; the path of a folder ends with a slash."""
    *folders, name = path.split("/")
    return (
        any(is_litter_folder(folder) for folder in folders) or name in FILES or bool(PATTERN.fullmatch(name))
    )


def is_litter_folder(name: str) -> bool:
    """True if a folder of that name is never read."""
    return name in FOLDERS
