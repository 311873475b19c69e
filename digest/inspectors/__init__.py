"""Checks of a letter that need a tool from outside: one file per kind, found by its entry point."""
