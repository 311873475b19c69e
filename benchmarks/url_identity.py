"""How well the canonical address tells same from different.

Yardstick: recall >= 0.97 with at most 1 % of the different pairs merged. Measured on pairs of
addresses judged by hand; exits 1 when missed, skips when the data is absent.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from digest.core.address import canonical

PAIRS = Path(__file__).parents[2] / "shared/data/themes/near_dup_urls.jsonl"


def main() -> int:
    """Print the figures."""
    if not PAIRS.exists():
        print(f"skipped: {PAIRS.name} is not here")
        return 0
    pairs = [json.loads(row) for row in PAIRS.read_text().splitlines()]
    started = time.perf_counter()
    answers = [(p, canonical(p["a"]) == canonical(p["b"])) for p in pairs]
    spent = (time.perf_counter() - started) / (2 * len(pairs))
    same = [merged for p, merged in answers if p["same"]]
    different = [merged for p, merged in answers if not p["same"]]
    recall, false = sum(same) / len(same), sum(different) / len(different)
    print(f"recall       {recall:.3f} of {len(same)} same pairs        (yardstick 0.97)")
    print(f"false merges {false:.3f} of {len(different)} different pairs  (yardstick 0.01)")
    print(f"time         {spent * 1e6:.0f} µs an address")
    for pair, merged in answers:
        if merged != bool(pair["same"]):
            print("  wrong:", pair["a"], pair["b"], "same" if pair["same"] else "different")
    return 0 if recall >= 0.97 and false <= 0.01 else 1


if __name__ == "__main__":
    sys.exit(main())
