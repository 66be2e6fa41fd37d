"""An argument parser that reports a mistake in one line, with the nearest name."""

import argparse
import shutil
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from grader.model.did_you_mean import did_you_mean, one_of

WIDTH = 100
Listing = tuple[str, Callable[[], Mapping[str, str]]]  # a title, and a function that returns names with texts


class StoreOnce(argparse._StoreAction):
    """Stores an option's value. Refuses another value for the same option: one of them is a mistake."""

    first: object = None

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: Any, value: Any, option: str | None = None
    ) -> None:
        """Stores the value."""
        if self.first not in (None, value):
            parser.error(f"found {option} twice, with {self.first} and with {value}: give it once")
        self.first = value
        super().__call__(parser, namespace, value, option)


class Parser(argparse.ArgumentParser):
    """Refuses unknown words in one line, with exit status 2."""

    def __init__(self, *, listing: Listing | None = None, **options: Any) -> None:
        """As argparse does, with the listing below the options' help."""
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(**options)
        self.register("action", None, StoreOnce)
        self.register("action", "store", StoreOnce)
        self.epilog = _wrapped(self.epilog)
        self.listing = listing

    def format_help(self) -> str:
        """As argparse does, with a description that fits the terminal, and with the listing."""
        self.description = _wrapped(self.description)
        epilog = self.epilog
        if self.listing is not None:
            self.epilog = "\n\n".join(filter(None, (_columns(*self.listing), epilog)))
        try:
            return super().format_help()
        finally:
            self.epilog = epilog

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


def _columns(title: str, read: Callable[[], Mapping[str, str]]) -> str:
    """A title, and below it names with their texts, which are wrapped in a column of their own."""
    lines = read()
    width = max(map(len, lines), default=0)
    texts = (
        textwrap.fill(
            text,
            min(WIDTH, shutil.get_terminal_size().columns - 2),
            initial_indent=f"  {name:{width}}  ",
            subsequent_indent=" " * (width + 4),
        )
        for name, text in lines.items()
    )
    return "\n".join([f"{title}:", *texts])


def _wrapped(text: str | None) -> str | None:
    """The text in lines as wide as argparse's options."""
    return textwrap.fill(text, min(WIDTH, shutil.get_terminal_size().columns - 2)) if text else text
