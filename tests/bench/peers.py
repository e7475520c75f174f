"""Findings beside CleanVision's, on the same files: `findings_blur`, `_dark`, `_duplicates`.

Of a picture, CleanVision tells blur by the spread of edges at 64 pixels, and darkness by its
brightest hundredth; of a pair, whether their 64-bit perceptual hashes or all pixels are equal.
"""

import io
import math
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PIL import Image

from core.findings import exposure, fingerprint, sharpness
from core.findings.fingerprint import Known
from core.findings.view import LONGEST
from tests.bench import curve
from tests.bench.cases_exposure import changed, stops, times
from tests.bench.cases_fingerprint import pairs, print_of
from tests.bench.cases_sharpness import blurred_around, disc, gauss, jpeg, movement, noise, scaled
from tests.bench.corpus import Part, Photograph, photographs
from tests.bench.curve import Trial
from tests.bench.opening import picture_of, view_of
from tests.bench.result import Result
from tests.bench.workers import for_each

os.environ["TQDM_DISABLE"] = "1"  # read as it is imported

from cleanvision import Imagelab

Change = Callable[[Image.Image], Image.Image]
Scores = tuple[Sequence[Trial], Sequence[Trial]]  #: Ours and CleanVision's

_UNTOUCHED: Mapping[str, Change] = {"untouched": lambda picture: picture}
_SHARP: Mapping[str, Change] = {
    **_UNTOUCHED,
    "noise 6": noise(6),
    "jpeg 60": jpeg(60),
    "half the size": scaled(0.5),
    "blurred around": blurred_around(6),
}
_BLURRED: Mapping[str, Change] = {
    **{f"blur {radius} px": gauss(radius) for radius in (2, 4, 8, 16)},
    **{f"disc {radius} px": disc(radius) for radius in (5, 10, 20)},
    **{f"moved {length} px": movement(length, 25) for length in (12, 24, 48)},
}
#: Of a picture of this size brightness is the same as of a larger one.
_DARK_LONGEST = 1024
_DARKENED: Mapping[str, Change] = {
    name: partial(changed, change=change)
    for name, change in {
        "a third of the light": stops(-1.585),
        "a fifth of the light": stops(-2.322),
        "a tenth of the light": stops(-3.322),
        "a third of the levels": times(1 / 3),
    }.items()
}


def blur() -> Iterator[Result]:
    yield _result("findings_blur", _blur_of)


def dark() -> Iterator[Result]:
    yield _result("findings_dark", _dark_of)


def duplicates() -> Iterator[Result]:
    yield _result("findings_duplicates", _duplicates_of)


BENCHES = {"findings_blur": blur, "findings_dark": dark, "findings_duplicates": duplicates}


def _result(name: str, work: Callable[[Photograph], Scores]) -> Result:
    by_photograph = for_each(photographs(Part.MEASURE), work, label=name)
    ours = curve.area([trial for own, _ in by_photograph for trial in own])
    theirs = curve.area([trial for _, other in by_photograph for trial in other])
    return Result(
        name,
        ours=ours.value,
        other=theirs.value,
        ratio=ours.value / theirs.value,
        unit="auc",
        runs=1,
        more={
            "peer": "cleanvision",
            "low": ours.low,
            "high": ours.high,
            "other_low": theirs.low,
            "other_high": theirs.high,
            "photographs": len(by_photograph),
            "pictures": sum(len(own) for own, _ in by_photograph),
        },
    )


def _blur_of(photograph: Photograph) -> Scores:
    # Both look at luma alone.
    picture = picture_of(photograph).convert("L")
    picture.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    with tempfile.TemporaryDirectory() as folder:
        trials = _written(photograph, picture, _SHARP, _BLURRED, Path(folder))
        issues = _look(list(trials), "blurry").issues
        return (
            _scored(trials, _blur_score),
            # CleanVision's are the lower, the worse.
            _scored(trials, lambda file: -issues.loc[str(file), "blurry_score"]),
        )


def _dark_of(photograph: Photograph) -> Scores:
    picture = picture_of(photograph)
    picture.thumbnail((_DARK_LONGEST, _DARK_LONGEST))
    with tempfile.TemporaryDirectory() as folder:
        trials = _written(photograph, picture, _UNTOUCHED, _DARKENED, Path(folder))
        issues = _look(list(trials), "dark").issues
        return (
            _scored(trials, _dark_score),
            _scored(trials, lambda file: -issues.loc[str(file), "dark_score"]),
        )


def _written(
    photograph: Photograph,
    picture: Image.Image,
    good: Mapping[str, Change],
    bad: Mapping[str, Change],
    folder: Path,
) -> Mapping[Path, Trial]:
    """Files with pictures made from one, and what is known of each but its score."""
    trials: dict[Path, Trial] = {}
    for changes, is_bad in ((good, False), (bad, True)):
        for name, change in changes.items():
            file = folder / f"{len(trials)}.jpg"
            file.write_bytes(_as_jpeg(change(picture)))
            trials[file] = Trial(photograph.name, name, is_bad, math.nan)
    return trials


def _scored(trials: Mapping[Path, Trial], score: Callable[[Path], float]) -> Sequence[Trial]:
    return [replace(trial, score=score(file)) for file, trial in trials.items()]


def _duplicates_of(photograph: Photograph) -> Scores:
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        for number, pair in enumerate(pairs(picture_of(photograph))):
            files = [Path(folder) / f"{number}-{side}.jpg" for side in ("one", "other")]
            for file, picture in zip(files, (pair.one, pair.other), strict=True):
                file.write_bytes(_as_jpeg(picture))
            lab = _look(files, "near_duplicates", "exact_duplicates")
            are_alike = any(
                lab.info[issue]["sets"] for issue in ("near_duplicates", "exact_duplicates")
            )
            trial = (photograph.name, pair.degradation, pair.is_same)
            ours.append(Trial(*trial, _duplicate_score(*files)))
            theirs.append(Trial(*trial, float(are_alike)))
    return ours, theirs


def _look(files: Sequence[Path], *issues: str) -> Imagelab:
    lab = Imagelab(filepaths=[str(file) for file in files], verbose=False)
    lab.find_issues({issue: {} for issue in issues}, n_jobs=1, verbose=False)
    return lab


def _blur_score(file: Path) -> float:
    found = sharpness.judge(sharpness.measure(view_of(file.read_bytes())))
    return max(finding.score for finding in found)


def _dark_score(file: Path) -> float:
    return exposure.judge(exposure.measure(view_of(file.read_bytes())))[0].score


def _duplicate_score(one: Path, other: Path) -> float:
    # Not by the app's opening: it refuses the smallest of them.
    with Image.open(one) as own_picture, Image.open(other) as other_picture:
        own, known = print_of(own_picture), print_of(other_picture)
    known_upload = Known(known, sha256_equal=False, is_rejected=False, name="", id=1)
    return fingerprint.judge(own, [known_upload])[0].score


def _as_jpeg(picture: Image.Image) -> bytes:
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=95)
    return content.getvalue()
