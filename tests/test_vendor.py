"""The browser files that are not ours are those in the lock, and load nothing from elsewhere."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import vendor


def test_the_committed_files_are_the_locked_ones() -> None:
    command = [sys.executable, "tools/vendor.py", "--check"]
    done = subprocess.run(command, cwd=vendor.ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("vendored files match vendor.lock.json\n")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the vendored folders and their lock, to be spoilt."""
    for folder in (vendor.SERVED, vendor.TESTS):
        shutil.copytree(vendor.ROOT / folder, tmp_path / folder)
    shutil.copy(vendor.ROOT / vendor.LOCK, tmp_path)
    assert vendor.faults(tmp_path) == []
    return tmp_path


def change(folder: Path) -> None:
    script = folder / vendor.SERVED / "idiomorph.min.js"
    script.write_text(script.read_text().replace("outerHTML", "innerHTML", 1))


def lose(folder: Path) -> None:
    (folder / vendor.SERVED / "images/icon-document.svg").unlink()


def add(folder: Path) -> None:
    (folder / vendor.SERVED / "analytics.js").write_text("void 0\n")


def forget(folder: Path) -> None:
    lock = folder / vendor.LOCK
    lock.write_text(lock.read_text().replace("axe-core@4.14.1", "axe-core@4.14.0"))


@pytest.mark.parametrize(
    ("plant", "caught"),
    [
        (change, "askpanel/static/vendor/idiomorph.min.js was changed by hand"),
        (lose, "askpanel/static/vendor/images/icon-document.svg is missing"),
        (add, "askpanel/static/vendor/analytics.js is not in vendor.lock.json"),
        (forget, "axe-core@4.14.1 is in only one of tools/vendor.py and vendor.lock.json"),
    ],
)
def test_a_planted_difference_is_caught(
    copy: Path, plant: Callable[[Path], None], caught: str
) -> None:
    plant(copy)
    assert caught in vendor.faults(copy)


@pytest.mark.parametrize(
    "planted",
    [
        "@font-face{font-family:x}",
        "p{font-family:GDS Transport}",
        "p{background:url(/assets/images/icon-tick.svg)}",
        "p{background:url(https://example.org/x.svg)}",
        "p{background:url('//example.org/x.svg')}",
        'p{background:url("data:image/svg+xml,x")}',
        "p{background:url(images/../../secret.svg)}",
        '@import "other.css"',
        "p{background:url(images/govuk-crest.svg)}",
    ],
)
def test_a_style_sheet_that_would_load_something_is_named(planted: str) -> None:
    assert vendor.css_faults("p{color:red;background:url(images/icon-tick.svg)}") == []
    assert vendor.css_faults(planted) != []


def test_trimming_leaves_arial_and_what_lies_beside_the_sheet() -> None:
    sheet = (
        '@font-face{font-family:GDS Transport;src:url(/assets/fonts/a.woff2) format("woff2")}'
        "a{font-family:GDS Transport,arial,sans-serif}"
        "b{background:url(/assets/images/icon-tick.svg)}"
        "c{background-image:url(/assets/images/govuk-crest.svg)}"
        "\n/*# sourceMappingURL=sheet.css.map */"
    )
    assert vendor.trim_css(sheet) == (
        "a{font-family:arial,sans-serif}"
        "b{background:url(images/icon-tick.svg)}"
        "c{background-image:none}\n"
    )
    assert vendor.images_of(vendor.trim_css(sheet)) == ["icon-tick.svg"]


def test_trimming_refuses_what_it_cannot_make_safe() -> None:
    with pytest.raises(vendor.Refused, match=r"loads 'https://example\.org/x\.png'"):
        vendor.trim_css("p{background:url(https://example.org/x.png)}")
