"""An argument parser that reports a mistake in one line, with the nearest name."""

import argparse
import shutil
import textwrap
from collections.abc import Sequence
from typing import Any, NoReturn

from grader.model.did_you_mean import did_you_mean, one_of

WIDTH = 100


class Parser(argparse.ArgumentParser):
    """Refuses unknown words in one line, with exit status 2."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(**options)
        self.epilog = _wrapped(self.epilog)

    def format_help(self) -> str:
        """As argparse does, with a description that fits the terminal."""
        self.description = _wrapped(self.description)
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        """Ends with only the message: `--help` shows the usage."""
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """As argparse does, with the nearest choice."""
        if action.choices is not None and value not in action.choices:
            expected = one_of(str(value), map(str, action.choices))
            raise argparse.ArgumentError(action, f"found {str(value)!r}, expected {expected}")

    def refuse_unknown(self, words: Sequence[str]) -> None:
        """Ends with the first word that no option or argument takes, if there is one."""
        if words:
            options = [name for action in self._actions for name in action.option_strings]
            word = words[0].partition("=")[0]
            kind = "option" if word.startswith("-") else "word"
            self.error(f"found {kind} {word!r}, which it does not accept{did_you_mean(word, options)}")

    @property
    def commands(self) -> "dict[str, Parser]":
        """The parser of each command; none in a command's own parser."""
        groups = self._subparsers._group_actions if self._subparsers is not None else ()
        return {name: parser for group in groups for name, parser in dict(group.choices or {}).items()}

    def describe_commands(self) -> None:
        """Begins the help of each command with the sentence that the list of commands shows."""
        for group in self._subparsers._group_actions if self._subparsers is not None else ():
            assert isinstance(group, argparse._SubParsersAction)
            for listed in group._choices_actions:
                sentence = str(listed.help)
                group.choices[listed.dest].description = f"{sentence[0].upper()}{sentence[1:]}."

    def add_examples(self, lines: Sequence[str]) -> None:
        """Puts examples below the help."""
        if not lines:
            return
        examples = "\n".join(["examples:", *(f"  {line}" for line in lines)])
        self.epilog = "\n\n".join(filter(None, (self.epilog, examples)))


def _wrapped(text: str | None) -> str | None:
    """The text in lines as wide as argparse's options."""
    return textwrap.fill(text, min(WIDTH, shutil.get_terminal_size().columns - 2)) if text else text
