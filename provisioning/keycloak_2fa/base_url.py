"""The server's base URL, and what users give in its place: the admin console's address, a realm's, `/auth`. Pure."""

from urllib.parse import urlsplit

_AUTH = "auth"
"""The path that Keycloak had before version 17, and still has where the server sets it."""


def trimmed(url: str) -> str:
    """A URL without what only a page of Keycloak has behind the base URL.

    Args:
        url: Such as `https://id.example.org/auth/admin/master/console/`.

    Returns:
        Such as `https://id.example.org/auth`; the URL itself, without trailing slashes, where it is a base URL.
    """
    parts = urlsplit(url)
    path = parts.path.rstrip("/").split("/")
    pages = [number for number, word in enumerate(path) if word in {"realms", "admin"}]
    # Up to the first: `realms` may stand again in the console's path.
    return f"{parts.scheme}://{parts.netloc}{'/'.join(path[: pages[0]] if pages else path)}"


def candidates(url: str) -> tuple[str, ...]:
    """Base URLs that may be meant by one at which Keycloak is not found, the likeliest first."""
    base = trimmed(url)
    parts = urlsplit(base)
    host = f"{parts.scheme}://{parts.netloc}"
    other = base.removesuffix(f"/{_AUTH}") if base.endswith(f"/{_AUTH}") else f"{base}/{_AUTH}"
    return tuple(each for each in dict.fromkeys((base, other, host, f"{host}/{_AUTH}")) if each != url)
