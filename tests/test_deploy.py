"""What lies in deploy/ for Prometheus and Grafana is what they can read, and speaks of numbers
that a running service gives; every alert fires on its trouble and is silent on a quiet evening."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.documents import ROOT, code, codes, headed
from tests.promises.stage import Stage, staged
from tests.service import NO_TLS

DEPLOY = ROOT / "deploy"
ALERTS, ASKING = DEPLOY / "prometheus-alerts.yml", DEPLOY / "prometheus.yml"
DASHBOARD = DEPLOY / "grafana-askpanel.json"
CASES = ROOT / "tests" / "prometheus-alerts.test.yml"
NAMED = re.compile(r"\baskpanel_\w+")
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged() as running:
        yield running


@pytest.fixture(scope="module")
def exported(stage: Stage) -> frozenset[str]:
    """The names of all series that a service offers, with their suffixes."""
    text = httpx.get(f"{stage.url}/metrics", verify=NO_TLS).text
    return frozenset(
        family.name + suffix
        for family in text_string_to_metric_families(text)
        for suffix in SUFFIXES.get(family.type, ("",))
        if family.name.startswith("askpanel_")
    )


def promtool(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Prometheus's own tool, from the system or where `make test` puts it."""
    beside = Path(sys.executable).with_name("promtool")
    program = shutil.which("promtool") or (str(beside) if beside.exists() else None)
    assert program, "promtool is missing: install Prometheus, which brings it, or run make test"
    return subprocess.run(
        [program, *map(str, words)], capture_output=True, text=True, check=False, timeout=60
    )


def expressions(panel: dict[str, Any]) -> Iterator[str]:
    """What a panel, and the panels in it, ask Prometheus."""
    yield from (target["expr"] for target in panel.get("targets", ()))
    for inner in panel.get("panels", ()):
        yield from expressions(inner)


def dashboard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(DASHBOARD.read_text("utf-8"))
    return found


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(ALERTS.read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_prometheus_can_read_its_files() -> None:
    for words in (("check", "rules", ALERTS), ("check", "config", ASKING)):
        done = promtool(*words)
        assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_fires_on_its_trouble_and_is_silent_on_a_quiet_evening() -> None:
    done = promtool("test", "rules", CASES)
    assert done.returncode == 0, done.stdout + done.stderr
    cases = yaml.safe_load(CASES.read_text("utf-8"))["tests"]
    assert [case["name"] for case in cases[1:]] == [rule["alert"] for rule in rules()]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("> 600 and", "> 6000 and"),  # too late
        ("> 0.25", "> 0.001"),  # cries wolf
    ],
)
def test_an_alert_that_is_wrong_is_found_out(tmp_path: Path, right: str, wrong: str) -> None:
    assert right in ALERTS.read_text("utf-8")
    (tmp_path / "deploy").mkdir()
    (tmp_path / "tests").mkdir()
    spoiled = ALERTS.read_text("utf-8").replace(right, wrong)
    (tmp_path / "deploy" / ALERTS.name).write_text(spoiled, "utf-8")
    shutil.copy(CASES, tmp_path / "tests")
    assert promtool("test", "rules", tmp_path / "tests" / CASES.name).returncode != 0


def test_an_alert_says_what_is_wrong_and_how_to_mend_it() -> None:
    for rule in rules():
        assert rule["labels"]["severity"] in ("page", "ticket"), rule["alert"]
        assert set(rule["annotations"]) == {"summary", "mend"}, rule["alert"]
    assert len({rule["alert"] for rule in rules()}) == len(rules())


def test_every_number_in_an_alert_and_on_the_dashboard_is_given(exported: frozenset[str]) -> None:
    asked = " ".join(rule["expr"] for rule in rules())
    shown = " ".join(e for panel in dashboard()["panels"] for e in expressions(panel))
    assert set(NAMED.findall(asked)) - exported == set()
    assert set(NAMED.findall(shown)) - exported == set()
    assert set(NAMED.findall(DASHBOARD.read_text("utf-8"))) - exported == set()
    assert set(NAMED.findall("rate(askpanel_no_such_total[5m])")) - exported


def test_every_number_that_is_given_is_documented_and_on_the_dashboard(
    exported: frozenset[str],
) -> None:
    page = (ROOT / "docs/metrics.md").read_text("utf-8")
    documented = {code(name) for name, *_ in headed(page, "Number", "Kind", "Meaning")}
    families = {re.sub(r"_(bucket|count|sum)$", "", name) for name in exported}
    assert documented == families
    shown = DASHBOARD.read_text("utf-8")
    assert [name for name in sorted(families) if name not in shown] == []
    named = {name for each in codes(page) for name in NAMED.findall(each)}
    assert {re.sub(r"_bucket$", "", name) for name in named} - families == set()


def test_grafana_can_read_the_dashboard(tmp_path: Path) -> None:
    """Ids of their own, panels beside each other, and queries that Prometheus can parse."""
    board = dashboard()
    assert board["uid"] == "askpanel"
    panels = board["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    covered: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {
            (place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])
        }
        assert not covered & cells, panel["title"]
        assert max(x for x, _ in cells) < 24, panel["title"]
        covered |= cells
    asked = [each for panel in panels for each in expressions(panel)]
    assert len(asked) >= 25
    as_rules = [{"record": f"a:b{n}", "expr": filled(each)} for n, each in enumerate(asked)]
    file = tmp_path / "rules.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "a", "rules": as_rules}]}), "utf-8")
    done = promtool("check", "rules", file)
    assert done.returncode == 0, done.stdout + done.stderr


def filled(expression: str) -> str:
    """With values for Grafana's variables."""
    return expression.replace("$__rate_interval", "1m").replace("$session", ".*")


def test_no_name_of_a_person_can_become_a_label(stage: Stage) -> None:
    """The labels are these, and a new one has to be thought about here."""
    page = (ROOT / "docs/metrics.md").read_text("utf-8")
    told = {code(label) for label, _ in headed(page, "Label", "Values")}
    stage.staff("asha").command(1, "approve")
    stage.participant().ask("Is it too late?")
    text = httpx.get(f"{stage.url}/metrics", verify=NO_TLS).text
    used = {
        label
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("askpanel_")
        for label in sample.labels
    }
    assert used - {"le", "version", "python", "folder"} <= told
    assert {"session", "audience", "outcome"} & used
