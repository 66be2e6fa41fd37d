"""A notebook as the modules that its cells are tagged with."""

import json

NO_CELL = "{name} is missing, and no code cell of {notebook} is tagged {name}"


def module_of(content: bytes, notebook: str, name: str) -> bytes | str:
    """The code cells tagged with the name of a file handed in, in order; or what is wrong.

    `notebook` is what the notebook is called in the reason.
    """
    import nbformat  # only where there is a notebook: it takes a third of a second

    try:
        parsed = nbformat.reads(content.decode("utf-8"), as_version=4)  # type: ignore[no-untyped-call]
        cells = [cell for cell in parsed.cells if cell.cell_type == "code"]
        sources = [str(cell.source) for cell in cells if name in cell.metadata.get("tags", ())]
    except (ValueError, json.JSONDecodeError, AttributeError, KeyError, TypeError, RecursionError) as error:
        said = " ".join(str(error).split())[:80]
        return f"{notebook} is no notebook: {said or type(error).__name__}"
    except nbformat.ValidationError as error:
        return f"{notebook} is no notebook: {error.message.splitlines()[0][:80]}"
    if not sources:
        return NO_CELL.format(name=name, notebook=notebook)
    return "\n\n\n".join(source.rstrip("\n") for source in sources).encode() + b"\n"
