"""LiLNet on the CPU: our prediction path against a plain float32 loop, and its peak memory.

Baseline: the same network as it is, in eval mode, float32, without gradients, image by image.
"""

from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from inference.contracts import ContrastPhase, Exam, Geometry, LesionInput, Volume
from inference.layers.batching import in_batches
from inference.layers.optimise import SOFTMAX_TOLERANCE, fast_dtype, optimised_for_inference
from inference.pipelines import run
from inference.pipelines.lilnet_ct.configuration import CONFIGURATIONS
from inference.registry import load_network
from tests.benchmarks.memory import status_mib
from tests.benchmarks.timing import best

CPU = torch.device("cpu")
N_IMAGES = {"paper": 32, "demo": 256}
MEMORY_SHAPE_ZYX = (120, 512, 512)


def rows() -> list[dict[str, Any]]:
    """Speed in both sizes, and memory."""
    return [_speed("paper"), _speed("demo"), _memory()]


def _speed(configuration: str) -> dict[str, Any]:
    settings = CONFIGURATIONS[configuration]
    network = load_network("lilnet_ct", part="malignant", configuration=configuration)
    fast = optimised_for_inference(network, dtype=fast_dtype(CPU), device=CPU)
    generator = torch.Generator().manual_seed(0)
    side, count = settings.crop_px, N_IMAGES[configuration]
    images = torch.rand(count, 1, side, side, generator=generator).expand(-1, 3, -1, -1) * 2 - 1

    def ours() -> Tensor:
        with torch.inference_mode():
            return in_batches(fast, images, settings.batch)

    baseline_s, expected = best(lambda: _plain(network, images))
    ours_s, found = best(ours)
    difference = (found.softmax(1) - expected.softmax(1)).abs().max().item()
    return {
        "name": f"LiLNet {configuration}, images per second on the CPU",
        "ours": count / ours_s,
        "baseline": count / baseline_s,
        "unit": "images/s",
        "ratio": baseline_s / ours_s,
        "target": 2.5,
        "equal": difference < SOFTMAX_TOLERANCE,
        "note": f"largest difference of a single image's probability {difference:.4f}; "
        f"{torch.get_num_threads()} threads",
    }


def _plain(network: nn.Module, images: Tensor) -> Tensor:
    with torch.no_grad():
        return torch.cat([network(image[None]) for image in images])


def _memory() -> dict[str, Any]:
    """Memory of a whole run above that of the loaded networks, against twice the volumes."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_measure_memory, args=(there,))
    process.start()
    volume_mb, peak_mb, same = here.recv()
    process.join()
    return {
        "name": "LiLNet demo, peak memory of a run",
        "ours": peak_mb,
        "baseline": 2 * volume_mb,
        "unit": "MB",
        "ratio": 2 * volume_mb / peak_mb,
        "target": 1.0,
        "equal": same,
        "note": f"volumes of {volume_mb:.0f} MB decoded during the run",
    }


def _measure_memory(pipe: Connection) -> None:
    run("lilnet_ct", _exam((16, 64, 64)), lesions=[_lesion()])
    before = status_mib("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    exam = _exam(MEMORY_SHAPE_ZYX)
    first = run("lilnet_ct", exam, lesions=())
    peak = status_mib("VmHWM") - before
    again = run("lilnet_ct", exam, lesions=())
    volume = 4 * np.prod(MEMORY_SHAPE_ZYX) * len(exam.volumes) / 2**20
    pipe.send((float(volume), peak, first.prediction == again.prediction))


def _lesion() -> LesionInput:
    return LesionInput((30.0, 30.0, 40.0), (20.0, 20.0, 20.0))


def _exam(shape_zyx: tuple[int, int, int]) -> Exam:
    def decode() -> np.ndarray:
        rng = np.random.default_rng(0)
        return rng.standard_normal(shape_zyx, dtype=np.float32)

    geometry = Geometry(np.diag([1.0, 1.0, 5.0, 1.0]), shape_zyx)
    phases = (ContrastPhase.ARTERIAL, ContrastPhase.PORTAL_VENOUS)
    volumes = tuple(
        Volume(
            decode, geometry=geometry, phase=phase, calibrated=True, series_key=phase, modality="CT"
        )
        for phase in phases
    )
    return Exam(key="bench", volumes=volumes)
