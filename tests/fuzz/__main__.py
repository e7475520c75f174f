"""Fuzz the opener of pictures and the reader of print sizes for some seconds.

Exit status 1 means that something of ours failed; what failed is kept, and named.
"""

import argparse
import random
import sys
from pathlib import Path

from tests.fuzz import opener, sizes

#: Most of the time goes to what strangers send us.
_FOR_OPENER = 0.75
_KEPT = Path(__file__).parents[2] / ".cache" / "fuzz"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    options = parser.parse_args()
    _say(f"Seed {options.seed}: the same inputs in the same order by --seed {options.seed}")
    _KEPT.mkdir(parents=True, exist_ok=True)
    failed = 0
    for fuzz, share in ((opener.fuzz, _FOR_OPENER), (sizes.fuzz, 1 - _FOR_OPENER)):
        report = fuzz(seconds=options.seconds * share, seed=options.seed, kept=_KEPT)
        _say(*report.lines)
        failed += report.failed
    return 1 if failed else 0


def _say(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
