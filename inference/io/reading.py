"""From a folder or a list of files to one exam, its pixels decoded only when asked for."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pydicom.dataset import Dataset

from inference.contracts import ClinicalValue, Clip, ContrastPhase, Exam, Notice, Volume
from inference.errors import UnusableInput
from inference.io.clinical import read_clinical
from inference.io.clips import is_clip, make_clip
from inference.io.dicom import check_layout, is_dicom, read_header
from inference.io.headers import frame_headers, text
from inference.io.phases import SeriesHeaders, recognise_exam
from inference.io.pictures import is_picture, load_pictures, natural_key, picture_shape
from inference.io.pixels import is_calibrated, load_volume
from inference.io.problems import Problem, unusable
from inference.io.stacks import Stack, build_stacks

Phases = Mapping[str, ContrastPhase]

_NO_IMAGES = frozenset({"SEG", "RTDOSE", "RTSTRUCT", "RTPLAN", "SR", "PR", "KO", "REG", "RWV"})


@dataclass(frozen=True, eq=False)
class _Image:
    """A DICOM image file whose header has been read."""

    path: Path
    header: Dataset
    series_key: str


def read_exam(
    files: Path | Iterable[Path],
    phases: Phases | None = None,
    clip_keys: Mapping[Path, str] | None = None,
    modalities: Mapping[Path, str] | None = None,
) -> Exam:
    """Read one examination.

    Parameters
    ----------
    files
        A folder, searched to every depth, or image files. DICOM wins over pictures; JPEG and PNG
        slices without DICOM are read in natural order, without units or spacing.
    phases
        Contrast phase of each series (`Volume.series_key`) as people know it; a series not in it
        has none. None: phases are recognised from the headers.
    clip_keys
        `Clip.series_key` by file, for callers with names of their own; else clips count on after
        the volumes of their series: ``uid``, ``uid#2``.
    modalities
        Modality by file where people know better than the header.

    Returns
    -------
    Exam
        Volumes and clips decode on first use; `notices` says what was left out or is unusual.

    Raises
    ------
    UnusableInput
        ``no_images``, ``several_exams``, ``no_input``, ``bad_clinical``, or the code of the only
        file's `Problem`.
    """
    paths = _listed(files)
    dicom = [path for path in paths if is_dicom(path)]
    if not dicom and len(paths) == 1 and not is_picture(paths[0]):
        read_header(paths[0])  # says why the only file is no image
    if not dicom:
        pictures = [path for path in paths if is_picture(path)]
        return _picture_exam(pictures, phases or {}, paths)
    images, notices = _open_images(dicom, modalities or {})
    exams = {text(image.header, "StudyInstanceUID") for image in images}
    if len(exams) > 1:
        raise UnusableInput(
            "several_exams", f"The input holds {len(exams)} examinations; give one at a time."
        )
    volumes, more = _volumes(images, phases)
    first = images[0].header
    return Exam(
        key=exams.pop() or images[0].path.parent.name,
        volumes=volumes,
        clips=tuple(_clips(images, volumes, clip_keys or {})),
        age_years=_age_years(first),
        sex=text(first, "PatientSex") or None,
        clinical=_clinical(paths, images[0].path),
        notices=(*notices, *more),
    )


def _listed(files: Path | Iterable[Path]) -> list[Path]:
    """Return the files in natural order, links and hidden files left out."""
    if not isinstance(files, Path):
        return list(files)
    if not files.exists():
        raise UnusableInput("no_input", "The input doesn't exist; give a folder of images.")
    if files.is_file():
        return [files]
    found = [
        path
        for path in files.rglob("*")
        if path.is_file() and not path.is_symlink() and not path.name.startswith(".")
    ]
    return sorted(found, key=lambda path: [natural_key(part) for part in path.parts])


def _open_images(
    paths: list[Path], modalities: Mapping[Path, str]
) -> tuple[list[_Image], list[Notice]]:
    """Read headers; what is no image is counted, not fatal, unless nothing is left."""
    images: list[_Image] = []
    seen: set[str] = set()
    refused: Counter[str] = Counter()
    last: UnusableInput | None = None
    for path in paths:
        try:
            header = read_header(path)
            if text(header, "Modality") in _NO_IMAGES:
                raise unusable(Problem.NO_PIXELS)
            check_layout(header)
            if path in modalities:
                header.Modality = modalities[path]
        except UnusableInput as error:
            refused[error.code] += 1
            last = error
            continue
        uid = text(header, "SOPInstanceUID")
        if "LOCALIZER" in text(header, "ImageType"):
            refused["localizer"] += 1
        elif uid and uid in seen:
            refused["duplicate"] += 1
        else:
            seen.add(uid)
            key = text(header, "SeriesInstanceUID") or path.parent.name
            images.append(_Image(path, header, key))
    if not images:
        if last is not None and len(paths) == 1:
            raise last
        raise _no_images(refused)
    notices = [
        Notice("files_left_out", f"{count} files were left out ({code.replace('_', ' ')}).")
        for code, count in sorted(refused.items())
    ]
    return images, notices


def _no_images(refused: Mapping[str, int]) -> UnusableInput:
    why = ", ".join(f"{count} {code.replace('_', ' ')}" for code, count in sorted(refused.items()))
    return UnusableInput(
        "no_images",
        f"No usable image was found{f' ({why})' if why else ''}; give DICOM, JPEG or PNG.",
    )


def _clips(
    images: list[_Image], volumes: Sequence[Volume], keys: Mapping[Path, str]
) -> Iterator[Clip]:
    taken = Counter(volume.series_key.partition("#")[0] for volume in volumes)
    for image in images:
        if is_clip(image.header):
            taken[image.series_key] += 1
            key = volume_key(image.series_key, taken[image.series_key])
            yield make_clip(image.path, image.header, keys.get(image.path, key))


def _volumes(
    images: list[_Image], phases: Phases | None
) -> tuple[tuple[Volume, ...], list[Notice]]:
    series: dict[str, list[_Image]] = {}
    for image in images:
        if not is_clip(image.header):
            series.setdefault(image.series_key, []).append(image)
    stacks: list[tuple[str, Stack, Dataset]] = []
    for key, members in series.items():
        headers = {image.path: image.header for image in members}
        planes = (plane for image in members for plane in frame_headers(image.header, image.path))
        for number, stack in enumerate(build_stacks(planes), start=1):
            first = stack.frames[0]
            assert first is not None and isinstance(first.source, Path)
            stacks.append((volume_key(key, number), stack, headers[first.source]))
    if phases is None:
        guesses = recognise_exam([SeriesHeaders.from_dataset(h, key) for key, _, h in stacks])
        phases = {
            key: guess.phase
            for (key, _, _), guess in zip(stacks, guesses, strict=True)
            if guess.phase is not None
        }
    notices = [notice for _, stack, _ in stacks for notice in stack.notices]
    return tuple(_volume(key, stack, header, phases) for key, stack, header in stacks), notices


def volume_key(series_key: str, number: int) -> str:
    """Return the key of the volume with a number, from 1, in its series: ``uid``, ``uid#2``."""
    return series_key if number == 1 else f"{series_key}#{number}"


def _volume(key: str, stack: Stack, header: Dataset, phases: Phases) -> Volume:
    calibrated = is_calibrated(header)
    return Volume(
        partial(load_volume, stack, calibrated),
        geometry=stack.geometry,
        phase=phases.get(key),
        calibrated=calibrated,
        series_key=key,
        modality=text(header, "Modality"),
        shape_zyx=stack.shape_zyx,
    )


def _age_years(header: Dataset) -> int | None:
    """Return PatientAge in years, else the years between birth and study."""
    match = re.fullmatch(r"(\d{3})([DWMY])", text(header, "PatientAge"))
    if match and match[0] != "000Y":  # what de-identification leaves where age was
        per_year = {"D": 365.25, "W": 52.18, "M": 12, "Y": 1}[match[2]]
        return int(int(match[1]) / per_year)
    birth, study = text(header, "PatientBirthDate"), text(header, "StudyDate")
    if re.fullmatch(r"\d{8}", birth) and re.fullmatch(r"\d{8}", study):
        years = (int(study) - int(birth)) // 10_000
        return years if 0 <= years < 130 else None
    return None


def _clinical(paths: list[Path], image: Path) -> dict[str, ClinicalValue]:
    """Return the clinical values of this case: the table's only case, or the one named alike."""
    tables = [path for path in paths if path.name == "clinical.csv"]
    if not tables:
        return {}
    cases = read_clinical(tables[0])
    if len(cases) == 1:
        return next(iter(cases.values()))
    names = {tables[0].parent.name, *(parent.name for parent in image.parents)}
    return next((values for case, values in cases.items() if case in names), {})


def _picture_exam(pictures: list[Path], phases: Phases, paths: list[Path]) -> Exam:
    if not pictures:
        raise _no_images({"other files": len(paths)} if paths else {})
    folders: dict[Path, list[Path]] = {}
    for path in sorted(pictures, key=lambda path: [natural_key(part) for part in path.parts]):
        folders.setdefault(path.parent, []).append(path)
    if len(folders) > 1:
        raise UnusableInput(
            "several_exams",
            f"The input holds pictures in {len(folders)} folders; give one folder at a time.",
        )
    folder, members = next(iter(folders.items()))
    shapes = [picture_shape(path) for path in members]
    usual, _ = Counter(shapes).most_common(1)[0]
    kept = [path for path, shape in zip(members, shapes, strict=True) if shape == usual]
    left_out = len(members) - len(kept)
    volume = Volume(
        partial(load_pictures, kept, usual),
        geometry=None,
        phase=phases.get(folder.name),
        calibrated=False,
        series_key=folder.name,
        shape_zyx=(len(kept), *usual),
    )
    notices = [Notice("uncalibrated", "Pictures have no Hounsfield units and no spacing.")]
    if left_out:
        notices.append(
            Notice("files_left_out", f"{left_out} pictures of another size were left out.")
        )
    clinical = _clinical(paths, members[0])
    return Exam(key=folder.name, volumes=(volume,), clinical=clinical, notices=tuple(notices))
