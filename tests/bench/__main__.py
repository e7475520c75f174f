"""Print one JSON line for each measure: `python -m tests.bench [--only NAME,NAME]`."""

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatch

import tests.bench
from tests.bench import corpus, findings, levels, report
from tests.bench.result import Result

Bench = Callable[[], Iterator[Result]]


def main(arguments: Sequence[str]) -> int:
    options = _options().parse_args(arguments)
    try:
        if options.choose:
            levels.write(_wanted(findings.names(), options.only))
        elif options.write_docs:
            report.write()
        else:
            return bench(options.only)
    except corpus.Unreachable as error:
        sys.stderr.write(f"Photographs are missing: {error}\n")
        return 1
    return 0


def bench(only: Sequence[str]) -> int:
    others = benches()
    wanted = _wanted([*others, *findings.names()], only)
    if not wanted:
        sys.stderr.write(f"No bench is named {', '.join(only)}.\n")
        return 2
    for name, run in others.items():
        if name in wanted:
            _print(run())
    _print(findings.results([name for name in wanted if name not in others]))
    return 0


def benches() -> Mapping[str, Bench]:
    """Beside the findings: what a module here has in `BENCHES`, or else its `run`."""
    found: dict[str, Bench] = {}
    for info in pkgutil.iter_modules(tests.bench.__path__):
        if not info.name.startswith(("__", "test_")):
            module = importlib.import_module(f"tests.bench.{info.name}")
            if hasattr(module, "BENCHES"):
                found |= module.BENCHES
            elif hasattr(module, "run"):
                found[info.name] = module.run
    return found


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--only",
        type=lambda names: names.split(","),
        default=["*"],
        help="names, * for any letters",
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--choose", action="store_true", help="show scores to choose levels by")
    how.add_argument("--write-docs", action="store_true", help="write docs/findings.md anew")
    return parser


def _wanted(names: Sequence[str], only: Sequence[str]) -> list[str]:
    return [name for name in names if any(fnmatch(name, pattern) for pattern in only)]


def _print(results: Iterator[Result]) -> None:
    for result in results:
        sys.stdout.write(result.line() + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
