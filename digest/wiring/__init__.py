"""The composition root: the only room that chooses concrete parts.

A part is built when it is first used, so that a command pays only for what it needs::

    Values      what the configuration says
     └ Parts    database, sources' web, templates, mail server, engine
        └ Outgoing   letters, from the edition to the mail server
           └ House    the jobs
"""

from digest.wiring.jobs import House
from digest.wiring.reading import kind_options, settings

__all__ = ["House", "kind_options", "settings"]
