"""Filing that learns: four small members, and a mixture that learns whom to trust.

Pure and deterministic, of the standard library alone. See ``docs/themes.md`` for what it reaches.
Nothing is imported here: whoever reads the journal only need not load what follows it.
"""
