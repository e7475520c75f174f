import pytest

from core.findings.finding import Level
from tests.bench import curve
from tests.bench.curve import Trial


def trials(*scores: tuple[str, bool, float], level: Level = Level.FINE) -> list[Trial]:
    return [Trial(name, "blur", is_bad, score, level) for name, is_bad, score in scores]


def test_an_area_is_the_share_of_pairs_in_which_the_bad_picture_scores_worse() -> None:
    scores = trials(
        ("owl", False, 0.1), ("owl", True, 0.4), ("cat", False, 0.5), ("cat", True, 0.9)
    )

    area = curve.area(scores)

    assert area.value == 3 / 4


def test_a_tie_counts_half() -> None:
    scores = trials(("owl", False, 0.5), ("owl", True, 0.5), ("cat", False, 0.5))

    area = curve.area(scores)

    assert area.value == 1 / 2


def test_photographs_may_have_any_number_of_good_and_bad_pictures() -> None:
    scores = trials(
        *(("owl", False, 0.1), ("owl", False, 0.2), ("owl", False, 0.6)),
        *(("cat", True, 0.5), ("fox", True, 0.7)),
    )

    area = curve.area(scores)

    assert area.value == pytest.approx(5 / 6)


def test_an_interval_holds_the_area_and_comes_out_the_same_again() -> None:
    scores = trials(
        *((f"photo {n}", False, n % 7 / 7) for n in range(40)),
        *((f"photo {n}", True, n % 5 / 5 + 0.2) for n in range(40)),
    )

    area = curve.area(scores)

    assert area.low < area.value < area.high
    assert area == curve.area(scores)


def test_copies_of_pictures_make_an_interval_no_narrower() -> None:
    once = trials(
        *((f"photo {n}", False, n % 7 / 7) for n in range(40)),
        *((f"photo {n}", True, n % 5 / 5 + 0.2) for n in range(40)),
    )

    area = curve.area(once * 10)

    assert area == curve.area(once)


def test_errors_are_counted_among_the_good_and_among_the_bad_apart() -> None:
    scores = [
        *trials(("owl", False, 0), ("cat", False, 0), ("fox", False, 0)),
        *trials(("elk", False, 0.8), ("owl", True, 0.6), level=Level.LOOK),
        *trials(("cat", True, 0.9), level=Level.POOR),
    ]

    look = curve.errors(scores, Level.LOOK, Level.POOR)
    poor = curve.errors(scores, Level.POOR)

    assert (look.false_alarms, look.misses) == (1 / 4, 0)
    assert (poor.false_alarms, poor.misses) == (0, 1 / 2)
