"""``python -m backhaul.rules --index`` prints the table of all rules, which is ``rules/README.md``."""

from __future__ import annotations

import argparse
import sys

from backhaul.rules.catalogue import table_of
from backhaul.rules.errors import RuleError
from backhaul.rules.loading import load_rules


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m backhaul.rules", description=__doc__)
    parser.add_argument("--index", action="store_true", required=True, help="print rules/README.md anew")
    parser.parse_args()
    try:
        sys.stdout.write(table_of(load_rules(use_index=False)))
    except RuleError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
