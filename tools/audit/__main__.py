"""Let judges that are not ours look at the pages, and write docs/audit.md.

    python -m tools.audit            everything: some minutes
    python -m tools.audit html       the Nu HTML checker alone
    python -m tools.audit access     Lighthouse and pa11y alone
    python -m tools.audit headers    the Observatory and the CSP Evaluator alone

`make audit` sees to what it needs: Chromium, Java, and the tools that package-lock.json names. What
each part found is kept beside them, and the document is written from the newest of all. It ends
with 1 when anything was found wrong.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tests.engines import free_port
from tests.promises.stage import Stage
from tests.service import NO_TLS, SLUG
from tests.tlsproxy import TlsProxy
from tools.audit import judges
from tools.audit.judges import Judgement
from tools.audit.pages import Document, addresses, seen, serving, toured
from tools.audit.pages import main as main_of
from tools.audit.report import versions, written

PACKAGE = Path(__file__).with_name("package.json")
BAD_HTML = "<!DOCTYPE html>\n<html lang=en><title>x</title><p><div id=a></p><b id=a>"
BAD_POLICY = "script-src 'unsafe-inline' *"
HEADED = (
    *("/", f"/sessions/{SLUG}", f"/cy/sessions/{SLUG}", f"/sessions/{SLUG}/embed"),
    *("/privacy", "/staff/sign-in"),
)

Said = list[Judgement]


def markup() -> Said:
    """The HTML of every page."""
    with serving() as (service, people):
        documents = list(seen(service, people))
    control = judges.nu([Document("bad", BAD_HTML)])
    return [judges.nu([*documents, *toured()]), planted("a paragraph around a block", control)]


def access() -> Said:
    """Lighthouse and pa11y, in a browser."""
    with serving() as (service, _):
        places = addresses(service)
        said = [judges.lighthouse(main_of(places)), judges.pa11y(places)]
        with tempfile.TemporaryDirectory() as folder:
            bad = Path(folder) / "bad.html"
            bad.write_text(BAD_HTML + "<input><img src=x>", "utf-8")
            control = judges.pa11y({"bad": bad.as_uri()})
    return [*said, planted("a box without a name", control)]


@contextmanager
def in_the_open(folder: Path, fault: str = "") -> Iterator[TlsProxy]:
    """The service behind TLS, under the name that it knows itself by."""
    port = free_port()
    stage = Stage(None, BASE_URL=f"https://localhost:{port}", TRUSTED_PROXIES="127.0.0.1")
    proxy = TlsProxy(stage.port, folder / "authority.pem", fault, port)
    try:
        stage.start()
        stage.set_scene()
        with proxy.running():
            yield proxy
    finally:
        stage.close()


def headers() -> Said:
    """What every answer says about itself."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with in_the_open(folder) as proxy:
            asked = {path: {"port": proxy.port, "path": path} for path in HEADED}
            scored = judges.observatory(asked, proxy.authority)
            with httpx.Client(base_url=f"http://127.0.0.1:{proxy.behind}", verify=NO_TLS) as client:
                given = {path: client.get(path) for path in HEADED}
        texts = {path: each.headers["content-security-policy"] for path, each in given.items()}
        with in_the_open(folder, "headers") as proxy:
            asked = {"/": {"port": proxy.port, "path": "/"}}
            faulty = judges.observatory(asked, proxy.authority)
    policy = judges.policies({"bad": BAD_POLICY})
    return [
        *(scored, judges.policies(texts)),
        planted("a proxy that takes headers away", faulty),
        planted("a policy that lets everything run", policy),
    ]


PARTS = {"html": markup, "access": access, "headers": headers}


def planted(fault: str, said: Judgement) -> Judgement:
    """What a judge said of a fault that it was given."""
    said.planted = fault
    return said


def kept(part: str) -> Path:
    return judges.TOOLS / f"found-{part}.json"


def run(part: str) -> list[Judgement]:
    """Have one part judged, and keep what was found."""
    said = PARTS[part]()
    today = datetime.now(UTC).date()
    for each in said:
        each.day = f"{today.day} {today:%B %Y}"
        if not each.planted:
            print(f"{each.judge}: {each.judged} judged, {len(each.wrong)} wrong")
            print("".join(f"  {line}\n" for line in each.wrong), end="")
        elif not each.wrong:
            print(f"{each.judge} did not notice {each.planted}")
    kept(part).write_text(json.dumps([asdict(each) for each in said]), "utf-8")
    return said


def main() -> None:
    """Judge, say what was found, and write it down."""
    chosen = sys.argv[1:] or list(PARTS)
    if not set(chosen) <= set(PARTS):
        sys.exit(__doc__)
    now = [each for part in chosen for each in run(part)]
    known = [
        Judgement(**each)
        for part in PARTS
        if kept(part).exists()
        for each in json.loads(kept(part).read_text("utf-8"))
    ]
    text = written(known, versions(PACKAGE))
    (judges.ROOT / "docs" / "audit.md").write_text(text, "utf-8")
    sys.exit(1 if any(bool(each.wrong) != bool(each.planted) for each in now) else 0)


if __name__ == "__main__":
    main()
