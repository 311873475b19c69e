"""Look at a finished letter for what its readers would stumble over, before it goes out.

Each file is one check: a pure question to a :class:`~digest.core.checks.proof.Proof`, answered
with findings that say what, where and how to mend it. What needs a tool from outside (a network, a
spam filter, a browser) is in :mod:`digest.inspectors`.
"""
