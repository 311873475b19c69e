"""What every renderer of public documents promises."""

from __future__ import annotations

import pytest

from digest import plugins
from digest.core.artifact import Artifact
from digest.core.catalogue import Catalogue
from digest.core.newsletter import Theme
from digest.ports import Renderer
from digest.renderers.templating import environment
from tests.builders import a_catalogue, a_site


@pytest.fixture(params=["feed", "page"])
def renderer(request: pytest.FixtureRequest) -> Renderer:
    made: Renderer = plugins.load("renderers", request.param)(environment(None, a_site()))
    return made


def an_empty_catalogue() -> Catalogue:
    return Catalogue(a_site(), (Theme("theme-1", "Theme 1"),), (), (), (), ())


def rendered(renderer: Renderer, catalogue: Catalogue) -> list[Artifact]:
    return list(renderer.render(catalogue))


def test_equal_catalogues_give_equal_bytes(renderer: Renderer) -> None:
    """Nothing but the catalogue goes into a document: no clock, no chance."""
    assert rendered(renderer, a_catalogue()) == rendered(renderer, a_catalogue())


def test_no_two_documents_share_a_path(renderer: Renderer) -> None:
    """Each path is written once."""
    paths = [artifact.path for artifact in rendered(renderer, a_catalogue())]
    assert len(paths) == len(set(paths)) > 0


def test_every_document_says_what_it_is(renderer: Renderer) -> None:
    """Each media type names UTF-8, and the bytes are UTF-8."""
    for artifact in rendered(renderer, a_catalogue()):
        assert artifact.media_type.endswith("; charset=utf-8")
        assert artifact.body.decode()


def test_paths_are_plain_names(renderer: Renderer) -> None:
    """No path could leave the published folder."""
    for artifact in rendered(renderer, a_catalogue()):
        assert not {"", ".", ".."} & set(artifact.path.split("/"))


def test_a_site_without_anything_yet_is_rendered(renderer: Renderer) -> None:
    """Before the first collection there are pages and feeds already."""
    assert rendered(renderer, an_empty_catalogue())
