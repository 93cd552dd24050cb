"""``make bench``: the numbers of the design, measured on this machine, as text and ``bench.json``."""

import argparse
import json
import os
import sys
from pathlib import Path

from bench.report import Row, as_text


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument(
        "--small", action="store_true", help="shorter runs: at most three minutes in all"
    )
    parser.add_argument("--out", type=Path, default=Path("bench.json"))
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from bench import (
        arithmetic,
        decisions,
        end_of_day,
        ledger,
        lists,
        monitoring,
        products,
        relations,
        scorecards,
        strategies,
        system,
        what_if,
    )

    rows: list[Row] = [
        *arithmetic.rows(),
        *scorecards.rows(small=options.small),
        *products.rows(),
        *strategies.rows(small=options.small),
        *what_if.rows(small=options.small),
        *decisions.rows(small=options.small),
        *lists.rows(options.small),
        *relations.rows(options.small),
        *monitoring.rows(small=options.small),
        *ledger.rows(small=options.small),
        *end_of_day.rows(small=options.small),
        *system.rows(small=options.small),
    ]
    print(as_text(rows))
    options.out.write_text(
        json.dumps({row.job: row.as_dict() for row in rows}, indent=2, ensure_ascii=False) + "\n"
    )
    return 0 if all(row.holds for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
