"""The published files over HTTP."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from digest.web.public import PublishedFiles


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    weekly = tmp_path / "public" / "weekly"
    weekly.mkdir(parents=True)
    (weekly / "index.html").write_text("<h1>The weekly</h1>")
    (weekly / "atom.xml").write_text("<feed/>")
    (weekly / "rss.xml").write_text("<rss/>")
    (weekly / "feed.json").write_text("{}")
    (tmp_path / "public" / "404.html").write_text("<h1>Nothing here</h1>")
    (tmp_path / "secret.txt").write_text("secret")
    app = Starlette(routes=[Mount("/", PublishedFiles(tmp_path / "public"))])
    return TestClient(app, follow_redirects=False)


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/weekly/", "text/html; charset=utf-8"),
        ("/weekly/atom.xml", "application/atom+xml; charset=utf-8"),
        ("/weekly/rss.xml", "application/rss+xml; charset=utf-8"),
        ("/weekly/feed.json", "application/feed+json; charset=utf-8"),
    ],
)
def test_media_types(client: TestClient, path: str, media_type: str) -> None:
    """Pages and feeds are announced as what they are."""
    response = client.get(path)

    assert response.status_code == 200
    assert response.headers["content-type"] == media_type


def test_conditional_get(client: TestClient) -> None:
    """A reader that has the present bytes is told so instead of getting them again."""
    first = client.get("/weekly/atom.xml")

    again = client.get("/weekly/atom.xml", headers={"if-none-match": first.headers["etag"]})

    assert again.status_code == 304
    assert not again.content


def test_head(client: TestClient) -> None:
    """HEAD answers with the headers of GET and no body."""
    response = client.head("/weekly/rss.xml")

    assert response.status_code == 200
    assert not response.content
    assert response.headers["cache-control"] == "public, max-age=900"


def test_missing_page(client: TestClient) -> None:
    """What is not there gets the site's own page, and is not kept by caches."""
    response = client.get("/weekly/1999-01-01/")

    assert response.status_code == 404
    assert "Nothing here" in response.text
    assert response.headers["cache-control"] == "no-store"


def test_folder_without_slash(client: TestClient) -> None:
    """A folder's address without its slash leads to the one with it."""
    assert client.get("/weekly").headers["location"].endswith("/weekly/")


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/weekly/..%2f..%2fsecret.txt"]
)
def test_nothing_outside(client: TestClient, path: str) -> None:
    """No path leads out of the published folder."""
    assert client.get(path).status_code == 404
