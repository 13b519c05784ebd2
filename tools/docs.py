"""The tables in our documents that the program itself can write: its settings, and its numbers.

    python tools/docs.py            write them
    python tools/docs.py --check    say which are out of date; exit code 1 if any is

`make docs` runs the first. A test holds the pages against the program by its own reading.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from prometheus_client.metrics import MetricWrapperBase
from pydantic.fields import FieldInfo

from askpanel.chat import metrics
from askpanel.config import Config

FOLDER = Path(__file__).resolve().parent.parent / "docs"
END = "<!-- end of the table -->"


def default_of(field: FieldInfo) -> str:
    """A setting's default in words, and what range its value may have."""
    if field.default_factory is not None:
        return "see there"
    shown = {False: "no", True: "yes"}.get(field.default) if field.annotation is bool else None
    words = f"`{shown or field.default}`" if field.default not in ("", ()) else "empty"
    least = next((m.ge for m in field.metadata if hasattr(m, "ge")), None)
    most = next((m.le for m in field.metadata if hasattr(m, "le")), None)
    return f"{words}, from {least} to {most:,}" if least is not None and most else words


def settings() -> Iterator[str]:
    """Name in the environment, default, meaning."""
    yield "| Setting | Default | Meaning |\n|---|---|---|\n"
    for name, field in Config.model_fields.items():
        yield f"| `ASKPANEL_{name.upper()}` | {default_of(field)} | {field.description} |\n"


def numbers() -> Iterator[str]:
    """Name as Prometheus sees it, kind, meaning."""
    yield "| Number | Kind | Meaning |\n|---|---|---|\n"
    for collector in vars(metrics).values():
        if isinstance(collector, MetricWrapperBase):
            (told,) = collector.describe()
            name = told.name + "_total" * (told.type == "counter")
            yield f"| `{name}` | {told.type} | {told.documentation} |\n"


TABLES: dict[str, Callable[[], Iterator[str]]] = {"settings": settings, "metrics": numbers}


def written(name: str, page: str) -> str:
    """A page with its table as it should be. Raises ValueError without its two marks."""
    begin = f"<!-- {TABLES[name].__name__}: written by make docs -->"
    before, found, rest = page.partition(begin)
    _, end, after = rest.partition(END)
    if not found or not end:
        raise ValueError(f"{name}.md has lost the marks between which its table stands")
    return f"{before}{begin}\n\n{''.join(TABLES[name]())}\n{END}{after}"


def main(arguments: list[str]) -> int:
    stale = []
    for name in TABLES:
        path = FOLDER / f"{name}.md"
        page = path.read_text("utf-8")
        if written(name, page) != page:
            stale.append(path.name)
            if arguments != ["--check"]:
                path.write_text(written(name, page), "utf-8")
    if arguments == ["--check"]:
        print(f"out of date: {', '.join(stale)}" if stale else "up to date")
        return int(bool(stale))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
