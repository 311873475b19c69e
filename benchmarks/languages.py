"""How well the filer learns in other languages: forty short titles each, under four themes.

Each title is filed by what was learnt from those before it. Yardsticks: chance is 0.25; beside it
the same filer when all it sees are whole words between spaces. Exits 1 when it is below 0.65 or
not better than those by 0.3.
"""

from __future__ import annotations

import sys

from tests.languages import TITLES, accuracy, enciphered


def main() -> int:
    """Print the figures."""
    print("        the filer  whole words (chance: 0.25)")
    reached = True
    for language in TITLES:
        whole, learnt = accuracy(language, enciphered), accuracy(language)
        print(f"  {language:6}{learnt:.2f}       {whole:.2f}")
        reached &= learnt >= 0.65 and learnt >= whole + 0.3
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
