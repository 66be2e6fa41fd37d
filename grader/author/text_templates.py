"""Makes environments for templates of Python, Markdown and shell scripts, in which nothing is escaped."""

from pathlib import Path

import jinja2


def text_environment(*folders: Path) -> jinja2.Environment:
    """The templates of some folders; a name that a template does not get is a mistake of the template."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        autoescape=False,  # no HTML is made of them
    )
