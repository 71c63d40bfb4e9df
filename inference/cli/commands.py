"""One function per command: read the input, call the room that does it, shape the answer.

Each returns the JSON object and the sentence that stands for it without ``--json``. Evaluation
and pictures bring torch and are imported only when asked for.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from inference import pipelines
from inference.contracts import Exam, Heatmap, RunOutput
from inference.errors import UnusableInput
from inference.io import read_exam, read_outlines
from inference.phantoms import write_cohort
from inference.registry import catalogue, find

Answer = tuple[dict[str, Any], str]


class Progress:
    """Progress on standard error: one line that renews itself, or each tenth in a long log."""

    def __init__(self, *, log: bool = False) -> None:
        self._tenth = -1
        self._live = sys.stderr.isatty()
        self._log = log

    def __call__(self, share: float, message: str) -> None:
        """Note that a share (0 to 1) of the work is done."""
        tenth = int(share * 10)
        if self._live:
            end = "\n" if share >= 1 else ""
            sys.stderr.write(f"\r\x1b[K{share:4.0%} {message}{end}")
        elif self._log and tenth != self._tenth:
            sys.stderr.write(f"{share:4.0%} {message}\n")
        self._tenth = tenth
        sys.stderr.flush()


def list_systems(arguments: argparse.Namespace) -> Answer:
    """Return every system's specification."""
    specs = [spec.to_json() for spec in catalogue()]
    lines = [f"{spec['system']:14} {spec['status']:14} {spec['title']}" for spec in specs]
    return {"systems": specs}, "\n".join(lines)


def phantom(arguments: argparse.Namespace) -> Answer:
    """Write a phantom cohort."""
    find(arguments.system, available=False)
    progress = Progress()
    write_cohort(
        arguments.system,
        arguments.cases,
        arguments.seed,
        arguments.output,
        arguments.size,
        lambda done, total: progress(done / total, f"case {done} of {total}"),
    )
    answer = {"system": arguments.system, "n_cases": arguments.cases, "seed": arguments.seed}
    return answer, f"{arguments.cases} cases and truth.csv were written."


def run(arguments: argparse.Namespace) -> Answer:
    """Predict on one examination; with ``--output`` also explain and keep everything."""
    _, output = _run(arguments, ("cam", "shap") if arguments.output else ())
    answer = _without_maps(output)
    if arguments.output:
        saved = _saved(output.heatmaps, arguments.output)
        _write(arguments.output, {**answer, "heatmaps": saved})
    decision = answer["decision"] or "no lesion found"
    best = answer["probabilities"].get(answer["decision"])
    share = "" if best is None else f" ({best:.0%})"
    lines = [f"{answer['system']} {answer['version']}: {decision}{share}. Research use only."]
    lines += [f"Warning: {warning['message']}" for warning in answer["warnings"]]
    return answer, "\n".join(lines)


def explain(arguments: argparse.Namespace) -> Answer:
    """Write the heat maps of one method, as numbers and as pictures."""
    from inference.explanation.panels import write_panels

    exam, output = _run(arguments, (arguments.method,))
    saved = _saved(output.heatmaps, arguments.output)
    pictures = [path.name for path in write_panels(output, exam, arguments.output)]
    explained = {
        **_without_maps(output),
        "method": arguments.method,
        "heatmaps": saved,
        "pictures": pictures,
    }
    _write(arguments.output, explained)
    return explained, f"{len(saved)} heat maps and {len(pictures)} pictures were written."


def train(arguments: argparse.Namespace) -> Answer:
    """Train a system on a labelled cohort."""
    find(arguments.system)
    _need_folder(arguments.data)
    answer = pipelines.train(
        arguments.system,
        arguments.data,
        arguments.output,
        configuration=arguments.configuration,
        seed=arguments.seed,
        device=arguments.device,
        progress=Progress(log=True),
        options=dict(arguments.option),
    )
    return answer, f"{arguments.system} was trained; its weights were written."


def evaluate(arguments: argparse.Namespace) -> Answer:
    """Measure a system on a labelled cohort."""
    from inference import evaluation

    find(arguments.system)
    _need_folder(arguments.data)
    answer = evaluation.evaluate(
        arguments.system,
        arguments.data,
        weights=arguments.weights,
        configuration=arguments.configuration,
        device=arguments.device,
        progress=Progress(log=True),
        options=dict(arguments.option),
    )
    lines = [f"{answer['system']}: {answer['n_cases']} cases, {answer['n_lesions']} lesions"]
    lines += [
        f"{name:28} {value['estimate']:.3f} ({value['ci_low']:.3f} to {value['ci_high']:.3f})"
        for name, value in answer["metrics"].items()
    ]
    return answer, "\n".join(lines)


COMMANDS: dict[str, Callable[[argparse.Namespace], Answer]] = {
    "list": list_systems,
    "phantom": phantom,
    "run": run,
    "explain": explain,
    "train": train,
    "evaluate": evaluate,
}


def _run(arguments: argparse.Namespace, methods: tuple[str, ...]) -> tuple[Exam, RunOutput]:
    """Read the exam and run the system on it."""
    find(arguments.system)
    _need_folder(arguments.input)
    outlines = () if arguments.outline is None else read_outlines(arguments.outline)
    exam = read_exam(arguments.input)
    output = pipelines.run(
        arguments.system,
        exam,
        lesions=arguments.lesion,
        outlines=outlines,
        device=arguments.device,
        progress=Progress(),
        explain=methods,
        configuration=arguments.configuration,
        weights=arguments.weights,
    )
    return exam, output


def _without_maps(output: RunOutput) -> dict[str, Any]:
    """Return the contract's object without heat maps."""
    answer = output.to_json()
    del answer["heatmaps"]
    return answer


def _need_folder(path: Path) -> None:
    if not path.exists():
        raise UnusableInput("no_input", "The input folder doesn't exist; give an existing one.")


def _saved(heatmaps: tuple[Heatmap, ...], folder: Path) -> list[dict[str, Any]]:
    """Write each grid as ``.npy`` (z, y, x) float32 and return their descriptions."""
    folder.mkdir(parents=True, exist_ok=True)
    described = []
    for n, heatmap in enumerate(heatmaps, start=1):
        name = f"{n:03d}-{heatmap.method}-{heatmap.class_code}-{heatmap.phase or 'unknown'}.npy"
        np.save(folder / name, heatmap.grid_zyx)
        described.append({**heatmap.to_json(), "file": name})
    return described


def _write(folder: Path, answer: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(answer, ensure_ascii=False, indent=2)
    (folder / "result.json").write_text(text + "\n", encoding="utf-8")
