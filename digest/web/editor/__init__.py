"""The editors' desk under ``/editor/``.

``routing`` says what a page is, ``guard`` who may open it, ``visit`` what a page is given and how
it answers. Each other file is a group of pages with ``PAGES``; ``desk`` puts them together.
"""
