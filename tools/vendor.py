"""The browser files that are not ours: fetch them, cut them to fit, and prove them unchanged.

    python tools/vendor.py            fetch with npm, write the files and vendor.lock.json
    python tools/vendor.py --check    offline: every committed file is the one the lock names

Nobody who installs Askpanel needs Node: the files are committed. Only somebody who raises a
version below runs the first command, and reads the difference it makes.

What is cut, and why:

- GDS Transport may be used on gov.uk only, so no @font-face and no mention of it stays; Arial does.
- The royal crest is not ours to show.
- Nothing may load from another place, and the page's policy has no `data:`, so every url() left
  in a style sheet names a file that lies beside it.
- Source map references would send the browser's tools looking for files that are not here.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVED = "askpanel/static/vendor"
TESTS = "tests/vendor"
LOCK = "vendor.lock.json"

MIT = """\
MIT License

{copyright}

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""


class Refused(Exception):
    """Something is not as it must be; the text says what, for a person."""


@dataclass(frozen=True)
class Package:
    """One npm package and what we take from its tarball.

    `members` maps a path in the package to the path it is written to, both relative; `images` is
    the package's folder that its style sheets mean by /assets/images/. `copyright` is given where
    the tarball carries no licence text (both are MIT), and the text is then written for it.
    """

    spec: str
    folder: str
    members: dict[str, str]
    images: str | None = None
    copyright: str | None = None
    licence: str = ""


PACKAGES = (
    Package(
        spec="govuk-frontend@6.6.0",
        folder=SERVED,
        members={
            "dist/govuk/govuk-frontend.min.css": "govuk-frontend.min.css",
            "dist/govuk/govuk-frontend.min.js": "govuk-frontend.min.js",
        },
        copyright="Copyright (C) 2017 Crown Copyright (Government Digital Service)",
        licence="govuk-frontend.LICENSE.txt",
    ),
    Package(
        spec="@ministryofjustice/frontend@11.1.0",
        folder=SERVED,
        members={"moj/moj-frontend.min.css": "moj-frontend.min.css"},
        images="moj/assets/images",
        copyright="Copyright (c) 2019 Ministry of Justice",
        licence="moj-frontend.LICENSE.txt",
    ),
    Package(
        spec="idiomorph@0.8.0",
        folder=SERVED,
        members={
            "dist/idiomorph.min.js": "idiomorph.min.js",
            "LICENSE": "idiomorph.LICENSE.txt",
        },
    ),
    Package(
        spec="axe-core@4.14.1",
        folder=TESTS,
        members={
            "axe.min.js": "axe.min.js",
            "LICENSE": "axe.LICENSE.txt",
            "LICENSE-3RD-PARTY.txt": "axe.LICENSE-3RD-PARTY.txt",
        },
    ),
)


def trim_css(text: str) -> str:
    """The style sheet without fonts, crest, source map or any url() that leaves its folder."""
    text = re.sub(r"@font-face\s*\{[^}]*\}", "", text)
    text = re.sub(r"/\*! Copyright \(c\) 2011 by Margaret Calvert.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"[\"']?GDS Transport[\"']?,\s*arial", "arial", text)
    text = re.sub(r"url\([\"']?/assets/images/govuk-crest\.svg[\"']?\)", "none", text)
    text = re.sub(r"url\(([\"']?)/assets/images/", r"url(\1images/", text)
    text = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", text)
    for fault in css_faults(text):
        raise Refused(fault)
    return text.rstrip() + "\n"


def css_faults(text: str) -> list[str]:
    """What a style sheet may not have, each in words; an empty list is a clean one."""
    faults = [
        f"the style sheet still says {word!r}"
        for word in ("@font-face", "GDS Transport", "@import", "govuk-crest", "sourceMappingURL")
        if word in text
    ]
    faults += [
        f"the style sheet still loads {target!r}"
        for target in re.findall(r"url\(\s*[\"']?([^\"')]*)", text)
        if not re.fullmatch(r"images/[\w-]+\.svg", target)
    ]
    return faults


def trim_js(text: str) -> str:
    """The script without its source map reference."""
    return re.sub(r"//# sourceMappingURL=\S*", "", text).rstrip() + "\n"


TRIM: dict[str, Callable[[str], str]] = {".css": trim_css, ".js": trim_js}


def pack(spec: str) -> tuple[bytes, str]:
    """The package's tarball and the integrity that the registry states for it.

    Raises Refused where npm fails, or where the bytes are not the ones the registry promised.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", spec, "--json", "--pack-destination", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Refused(f"npm could not fetch {spec}:\n{done.stderr.strip()}")
        (tarball,) = Path(folder).glob("*.tgz")
        content = tarball.read_bytes()
    answer = json.loads(done.stdout)
    # npm 10 answers with a list, npm 11 with an object of one entry.
    (entry,) = answer if isinstance(answer, list) else answer.values()
    integrity = digest(content, "sha512")
    if integrity != entry["integrity"]:
        raise Refused(f"{spec}: the tarball is not the one that the registry promised")
    return content, integrity


def digest(content: bytes, algorithm: str = "sha384") -> str:
    """The content's hash as Subresource Integrity writes it: `sha384-<base64>`."""
    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


def cut(package: Package, tarball: bytes) -> dict[str, bytes]:
    """Path below the root → bytes, for everything that we keep of one package."""
    kept: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(tarball)) as archive:

        def read(member: str) -> bytes:
            found = archive.extractfile(f"package/{member}")
            if found is None:
                raise Refused(f"{package.spec} has no file {member}")
            return found.read()

        for member, name in package.members.items():
            content = read(member)
            trim = TRIM.get(Path(name).suffix)
            kept[name] = trim(content.decode()).encode() if trim else content
            if package.images and name.endswith(".css"):
                for image in images_of(kept[name].decode()):
                    kept[f"images/{image}"] = read(f"{package.images}/{image}")
    if package.copyright:
        kept[package.licence] = MIT.format(copyright=package.copyright).encode()
    return {f"{package.folder}/{name}": content for name, content in kept.items()}


def images_of(sheet: str) -> list[str]:
    """The names of the files that a trimmed style sheet loads from images/."""
    return sorted(set(re.findall(r"url\(\s*[\"']?images/([^\"')]*)", sheet)))


def build(root: Path = ROOT) -> str:
    """Fetch everything, write it below `root` with its lock, and say what was written."""
    lock_path = root / LOCK
    locked = json.loads(lock_path.read_text()) if lock_path.exists() else {}
    lock: dict[str, dict[str, object]] = {}
    contents: dict[str, bytes] = {}
    for package in PACKAGES:
        tarball, integrity = pack(package.spec)
        before = locked.get(package.spec, {}).get("integrity")
        if before not in (None, integrity):
            raise Refused(f"{package.spec}: the tarball changed while its version did not")
        kept = cut(package, tarball)
        contents |= kept
        files = {path: digest(content) for path, content in sorted(kept.items())}
        lock[package.spec] = {"integrity": integrity, "files": files}
    for path in present(root) - contents.keys():
        (root / path).unlink()
    for path, content in contents.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    lock_path.write_text(json.dumps(lock, indent=2) + "\n")
    return f"{len(contents)} files written and locked"


def present(root: Path) -> set[str]:
    """The paths of all files in the vendored folders, relative to `root`."""
    return {
        path.relative_to(root).as_posix()
        for folder in (SERVED, TESTS)
        for path in (root / folder).rglob("*")
        if path.is_file()
    }


def faults(root: Path = ROOT) -> list[str]:
    """Every difference between the committed files and the lock, in words."""
    lock = json.loads((root / LOCK).read_text())
    wanted: dict[str, str] = {
        path: value for entry in lock.values() for path, value in entry["files"].items()
    }
    found = {path: (root / path).read_bytes() for path in present(root)}
    specs = {package.spec for package in PACKAGES}
    return [
        *(
            f"{spec} is in only one of tools/vendor.py and {LOCK}"
            for spec in sorted(lock.keys() ^ specs)
        ),
        *(f"{path} is missing" for path in sorted(wanted.keys() - found.keys())),
        *(f"{path} is not in {LOCK}" for path in sorted(found.keys() - wanted.keys())),
        *(
            f"{path} was changed by hand"
            for path in sorted(wanted.keys() & found.keys())
            if digest(found[path]) != wanted[path]
        ),
        *(
            f"{path}: {fault}"
            for path in sorted(found)
            if path.endswith(".css")
            for fault in css_faults(found[path].decode())
        ),
    ]


def main(arguments: list[str]) -> int:
    """Run the command line; the result is the exit status."""
    if arguments not in ([], ["--check"]):
        print("usage: python tools/vendor.py [--check]", file=sys.stderr)
        return 2
    if not arguments:
        try:
            print(build())
        except Refused as refusal:
            print(refusal, file=sys.stderr)
            return 1
        return 0
    found = faults()
    for fault in found:
        print(fault, file=sys.stderr)
    if not found:
        print(f"{len(present(ROOT))} vendored files match {LOCK}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
