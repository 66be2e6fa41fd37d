"""Names the files that programs leave behind, which are no part of a submission."""

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


def is_litter(path: str) -> bool:
    """Whether an entry lies in such a folder or is such a file; the path of a folder ends with a slash."""
    *folders, name = path.split("/")
    return (
        any(is_litter_folder(folder) for folder in folders) or name in FILES or bool(PATTERN.fullmatch(name))
    )


def is_litter_folder(name: str) -> bool:
    """Whether a folder of that name is never looked into."""
    return name in FOLDERS
