"""`python -m core.demo`: the demo shop alone."""

import argparse
from pathlib import Path

from core.demo.server import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m core.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 chooses one")
    parser.add_argument("--data-dir", type=Path, default=Path("data/demo-shop"))
    parser.add_argument("--seed", type=int, default=1, help="which orders it begins with")
    parser.add_argument("--faults", action="store_true", help="let tests make it misbehave")
    arguments = parser.parse_args()
    serve(arguments.port, arguments.data_dir, seed=arguments.seed, faults=arguments.faults)


if __name__ == "__main__":
    main()
