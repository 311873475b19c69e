"""The steps of the conveyor.

Each job takes names or numbers, opens its own transactions, may run twice, late or die half-way,
and leaves the same result.
"""
