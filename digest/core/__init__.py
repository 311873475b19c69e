"""The pure core: values in, values and reasons out.

No clock, disk, network, database or log here; ``now``, identities and randomness come in as
arguments. The files stand in the order of the flow: source, resource, newsletter, theme and
window, edition, decision, artifact, letter, outbox.
"""
