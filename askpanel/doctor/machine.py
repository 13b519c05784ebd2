"""The service itself, where it listens: does it run, which version, and for how many people?"""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from askpanel import __version__
from askpanel.doctor import asking
from askpanel.doctor.asking import Unanswered
from askpanel.doctor.finding import Notes
from askpanel.doctor.sight import Sight

AREA = "The service"
SPARE_FILES = 100
"""Files and connections that a process has open besides its readers'."""


def judge(app: str, readers: int, sight: Sight) -> Notes:
    """`app` is where it listens, `readers` how many people are expected at once."""
    notes = Notes(AREA)
    try:
        answer = asking.get(f"{app}/metrics")
    except Unanswered as error:
        notes.fault(
            f"Nothing of ours answers at {app}: {error}.",
            "the service does not run, or listens elsewhere.",
            "start it with askpanel serve, or say where it is with --app.",
        )
        return notes
    numbers = _numbers(answer.text) if answer.status == 200 else {}
    if "askpanel_workers" not in numbers:
        notes.fault(
            f"What answers at {app} is not Askpanel.",
            "another program has its port, or --app leads to a proxy.",
            "say with --app where the service itself listens.",
        )
        return notes
    workers = int(numbers["askpanel_workers"])
    _version(notes, app, answer.text)
    _processes(notes, workers, sight)
    _files(notes, int(numbers["askpanel_open_files_limit"]), workers, readers)
    if numbers.get("askpanel_store_up") == 0:
        notes.fault(
            "The service has lost its store.",
            "pages stay up, but nobody can ask and nothing can be decided.",
            "see below what is wrong with the store. The service need not be restarted.",
        )
    return notes


def _numbers(text: str) -> dict[str, float]:
    return {
        sample.name: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.labels
    }


def _version(notes: Notes, app: str, text: str) -> None:
    running = {
        sample.labels["version"]
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "askpanel_build_info"
    }
    if running == {__version__}:
        notes.ok(f"Askpanel {__version__} answers at {app}.")
        return
    notes.warning(
        f"Version {' and '.join(sorted(running))} runs, and {__version__} is installed.",
        "what was mended in the new version is not mended in what runs.",
        "restart the service while no session is on.",
    )


def _processes(notes: Notes, workers: int, sight: Sight) -> None:
    cores = sight.processors()
    processes = f"{workers} process" + "es" * (workers > 1)
    processors = f"{cores} processor" + "s" * (cores > 1)
    if workers > cores:
        notes.warning(
            f"{processes} on {processors}.",
            "more than one for each processor only take turns.",
            f"askpanel serve --workers {cores}",
        )
    else:
        notes.ok(f"{processes} on {processors}.")


def _files(notes: Notes, limit: int, workers: int, readers: int) -> None:
    says = (
        f"A process may have {limit:,} files and connections open; {readers:,} readers are expected"
    )
    mend = "set LimitNOFILE=65536 in the unit (ulimit -n elsewhere), and restart."
    why = "who comes after the last free one is not let in."
    if limit * workers < readers + SPARE_FILES * workers:
        notes.fault(f"{says}, in {workers} of them.", why, mend)
    elif limit < readers + SPARE_FILES:
        notes.warning(f"{says}, and they are not shared out evenly.", why, mend)
    else:
        notes.ok(f"{says}.")
