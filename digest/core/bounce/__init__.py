"""What comes back from other mail servers, read and judged.

:func:`read` says what a message is, :func:`severity` how much it says against an address, and
:mod:`~digest.core.bounce.tracing` whose letter it is about. Bytes are untrusted from first to last.
"""

from digest.core.bounce.opened import MOST
from digest.core.bounce.reading import read
from digest.core.bounce.report import Evidence, Failure, Permanence, Report, Sort
from digest.core.bounce.severity import Severity, of_reply, says_nobody, severity

__all__ = [
    "MOST",
    "Evidence",
    "Failure",
    "Permanence",
    "Report",
    "Severity",
    "Sort",
    "of_reply",
    "read",
    "says_nobody",
    "severity",
]
