"""What every finding says of every degradation, so that cross-talk shows."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PIL import Image
from PIL.Image import Resampling

from core.findings.finding import Kind, Level
from core.findings.judgement import judge
from core.findings.measures import Measures
from core.findings.resolution import Quality
from tests.bench.cases_colours import cast, grey, saturated, sepia
from tests.bench.cases_compression import blurred, decoded, fitted, jpeg, scaled
from tests.bench.cases_exposure import against_the_light, between, changed, stops
from tests.bench.cases_overlays import framed, stamped
from tests.bench.cases_screens import Shot, photographed, post
from tests.bench.cases_sharpness import movement, noise
from tests.bench.corpus import Part, Photograph, photographs
from tests.bench.opening import picture_of, view_of
from tests.bench.workers import for_each

#: What pixels alone tell; the others need a print's size or another picture.
COLUMNS = tuple(
    kind
    for kind in Kind
    if kind not in {Kind.RESOLUTION, Kind.SHAPE, Kind.DUPLICATE, Kind.REJECTED_BEFORE}
)

Change = Callable[[Image.Image], Image.Image]
Shares = Mapping[Kind, float]


def shares(part: Part = Part.MEASURE) -> Mapping[str, Shares]:
    """By degradation: the share of the photographs in which a kind is named, at any level."""
    named = for_each(photographs(part), _named, label="Confusion table")
    return {
        row: {kind: sum(kind in of_one[row] for of_one in named) / len(named) for kind in COLUMNS}
        for row in _ROWS
    }


def expected(row: str) -> Sequence[Kind]:
    return _ROWS[row][1]


def _named(photograph: Photograph) -> Mapping[str, Sequence[Kind]]:
    picture = fitted(picture_of(photograph))
    return {row: _kinds_in(jpeg(change(picture), 92)) for row, (change, _) in _ROWS.items()}


def _kinds_in(content: bytes) -> Sequence[Kind]:
    """As on a tile: what another finding explains is left out."""
    view = view_of(content)
    findings = judge(
        Measures.of(view),
        width=view.source.width,
        height=view.source.height,
        area=None,
        quality=Quality(minimum_dpi=150, hard_minimum_dpi=100, drawn_pixels=800),
    )
    return [finding.kind for finding in findings if finding.level is not Level.FINE]


def _by_channel(change: Change, picture: Image.Image) -> Image.Image:
    return Image.merge("RGB", [change(channel) for channel in picture.split()])


def _saved_at(quality: int, picture: Image.Image) -> Image.Image:
    return decoded(jpeg(picture, quality))


def _from_a_messenger(picture: Image.Image) -> Image.Image:
    return _saved_at(40, fitted(picture, 1280))


def _enlarged(picture: Image.Image) -> Image.Image:
    return scaled(scaled(picture, 1 / 4), 4, Resampling.BICUBIC)


def _on_a_screen(picture: Image.Image) -> Image.Image:
    return photographed(picture, Shot(pitch=3, angle=1.5, blur=0.6))


#: The change, and what it should be named.
_ROWS: Mapping[str, tuple[Change, tuple[Kind, ...]]] = {
    "untouched": (lambda picture: picture, ()),
    "noise of 8 levels": (partial(_by_channel, noise(8)), ()),
    "half the size": (partial(scaled, factor=1 / 2), ()),
    "JPEG quality 60": (partial(_saved_at, 60), ()),
    "JPEG quality 20": (partial(_saved_at, 20), (Kind.COMPRESSED,)),
    "sent by a messenger": (_from_a_messenger, (Kind.COMPRESSED,)),
    "out of focus by 5 px": (partial(blurred, radius=5), (Kind.SOFT,)),
    "moved by 30 px": (partial(_by_channel, movement(30, 20)), (Kind.MOVED,)),
    "enlarged 4 times": (_enlarged, (Kind.ENLARGED,)),
    "a fifth of the light": (partial(changed, change=stops(-2.322)), (Kind.DARK,)),
    "3 stops brighter": (partial(changed, change=stops(3)), (Kind.WASHED_OUT,)),
    "faded": (partial(changed, change=between(110, 200)), (Kind.WASHED_OUT,)),
    "against the light": (partial(changed, change=against_the_light(4, 1)), (Kind.BACKLIT,)),
    "screenshot": (post, (Kind.SCREENSHOT,)),
    "photo of a screen": (_on_a_screen, (Kind.SCREEN_PHOTO,)),
    "white frame": (partial(framed, share=0.05, colour="white"), (Kind.BORDER,)),
    "film date": (stamped, (Kind.OVERLAY,)),
    "black and white": (grey, (Kind.MONOCHROME,)),
    "sepia": (sepia, (Kind.MONOCHROME,)),
    "orange": (partial(cast, factors=(1.0, 0.75, 0.5)), (Kind.FILTER,)),
    "3 times as saturated": (partial(saturated, factor=3), (Kind.FILTER,)),
}
