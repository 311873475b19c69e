"""Resolving includes and parents in the source."""

from __future__ import annotations

import pytest
from jinja2 import DictLoader, Environment

from digest.errors import RenderError
from digest.renderers.flattening import flatten

PAIRS = {
    "include": {"a": "<{% include 'b' %}>", "b": "[{{ x }}]"},
    "nested include": {"a": "{% include 'b' %}!", "b": '({%- include "c" -%})', "c": "{{ x }}"},
    "extends": {
        "a": "{% extends 'p' %}{% block one %}mine {{ x }}{% endblock %}",
        "p": "<{% block one %}theirs{% endblock %}|{% block two %}kept{% endblock %}>",
    },
    "super": {
        "a": "{% extends 'p' %}{% block one %}mine, {{ super() }}{% endblock %}",
        "p": "<{% block one %}theirs {{ x }}{% endblock %}>",
    },
    "two parents": {
        "a": "{% extends 'p' %}{% block inner %}1{% endblock %}",
        "p": "{% extends 'q' %}{% block outer %}[{% block inner %}2{% endblock %}]{% endblock %}",
        "q": "<{% block outer %}3{% endblock %}>",
    },
    "include in a block": {
        "a": "{% extends 'p' %}{% block one %}{% include 'b' %}{% endblock %}",
        "b": "{{ x }}",
        "p": "<{% block one %}{% endblock %}>",
    },
    "comment": {"a": "{# {% include 'missing' %} #}{{ x }}"},
}


@pytest.mark.parametrize("case", PAIRS)
def test_a_flat_template_renders_as_the_whole_does(case: str) -> None:
    """One source gives what Jinja makes of the many."""
    files = PAIRS[case]
    whole = Environment(loader=DictLoader(files), autoescape=True)
    flat = flatten("a", lambda name: (files[name], lambda: True))
    assert whole.from_string(flat.text).render(x="X") == whole.get_template("a").render(x="X")


@pytest.mark.parametrize(
    "source", ["{% include name %}", "{% from 'm' import card %}", "{% import 'm' as m %}"]
)
def test_what_the_inliner_could_not_see_is_refused(source: str) -> None:
    """A computed name or an imported macro would come out without its styles."""
    with pytest.raises(RenderError, match="cannot be used in the HTML of an email"):
        flatten("a", lambda _: (source, lambda: True))


def test_templates_that_include_each_other_are_refused() -> None:
    """A circle ends with an error."""
    with pytest.raises(RenderError, match="includes or extends itself"):
        flatten("a", lambda _: ("{% include 'a' %}", lambda: True))


def test_a_flat_template_knows_when_it_is_old() -> None:
    """The question of freshness is asked of every file it was made from."""
    files = {"a": ("{% include 'b' %}", lambda: True), "b": ("x", lambda: False)}
    assert [fresh() for fresh in flatten("a", files.__getitem__).fresh] == [True, False]
