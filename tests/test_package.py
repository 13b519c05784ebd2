"""What is installed is whole: the wheel holds every file of the package, and no other.

An editable install, as on a desk, never notices that a template is missing from the wheel; the
image of the deployment does.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BUILD = "from setuptools.build_meta import build_wheel; print(build_wheel('dist'))"


@pytest.fixture
def context(tmp_path: Path) -> Path:
    """A folder with what the Dockerfile copies, and nothing else."""
    copies = re.findall(r"^COPY (.*) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    for name in " ".join(copies).split():
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, tmp_path / name, ignore=ignored)
        else:
            shutil.copy(source, tmp_path / name)
    return tmp_path


def missing(context: Path) -> set[str]:
    """The files of the package that the wheel built in this folder does not hold."""
    whole = {
        path.relative_to(context).as_posix()
        for path in (context / "askpanel").rglob("*")
        if path.is_file()
    }
    build = [sys.executable, "-c", BUILD]
    done = subprocess.run(build, cwd=context, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    wheel = context / "dist" / done.stdout.split()[-1]
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held <= whole
    return whole - held


def test_the_wheel_holds_the_whole_package(context: Path) -> None:
    assert missing(context) == set()


def test_a_forgotten_folder_is_caught(context: Path) -> None:
    project = context / "pyproject.toml"
    project.write_text(project.read_text().replace('"templates/**/*", ', ""))
    assert "askpanel/templates/base.html" in missing(context)
