"""A page of HTML as a tree, by the standard library's parser: as much as reading Keycloak's pages takes."""

from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import ClassVar


class Element:
    """One element of a page, with what is in it."""

    def __init__(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.content: list[Element | str] = []

    def attribute(self, name: str) -> str:
        """An attribute's value, empty where it has none."""
        return self.attributes.get(name) or ""

    def walk(self) -> "Iterator[Element]":
        """This element and all below it, in the page's order."""
        yield self
        for part in self.content:
            if isinstance(part, Element):
                yield from part.walk()

    def all(self, tag: str) -> "list[Element]":
        """Every element with this tag."""
        return [element for element in self.walk() if element.tag == tag]

    def by_id(self, name: str) -> "Element | None":
        """The element with this id."""
        return next((element for element in self.walk() if element.attribute("id") == name), None)

    def text(self) -> str:
        """What a reader sees in it, on one line."""
        parts = [part if isinstance(part, str) else part.text() for part in self.content]
        return " ".join("".join(parts).split())


class Document(Element):
    """A whole page; its elements need not be closed."""

    def __init__(self, html: str) -> None:
        super().__init__("", {})
        parser = _Parser(self)
        parser.feed(html)
        parser.close()

    def title(self) -> str:
        """What the browser's tab shows."""
        return next((element.text() for element in self.all("title")), "")

    def text_of(self, element_id: str) -> str | None:
        """The text of the element with this id."""
        element = self.by_id(element_id)
        return element.text() if element else None


class _Parser(HTMLParser):
    """Puts elements into one another; an element left open ends with the one around it."""

    _EMPTY: ClassVar = frozenset({"br", "hr", "img", "input", "link", "meta"})
    """Elements without an end tag that occur in such pages (HTML Standard, "void elements")."""

    def __init__(self, root: Element) -> None:
        super().__init__()
        self._open = [root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self._open[-1].content.append(element)
        if tag not in self._EMPTY:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # "<i/>" opens an "i" in HTML; but what is written so in a theme is meant to be empty.
        self._open[-1].content.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == tag:
                del self._open[depth:]
                return

    def handle_data(self, data: str) -> None:
        self._open[-1].content.append(data)
