"""What MkDocs does not do by itself: the README as the first page, and links to what is not a page.

A link to a folder, or to a file beside docs/, becomes one to the web page of the repository. A link that leads nowhere
fails the build.
"""

import re
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"(\]\()([^)#\s]+)((?:#[^)\s]*)?\))")


def on_files(files: Files, *, config: Any) -> Files:
    """Add the README as the first page."""
    text = LINK.sub(lambda link: _from_docs(link, ROOT), (ROOT / "README.md").read_text(encoding="utf-8"))
    files.append(File.generated(config, "index.md", content=text))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Files) -> str:  # noqa: ARG001
    """Send links to files outside docs/ to the repository."""

    def outside(link: re.Match[str]) -> str:
        target = link[2]
        path = (ROOT / "docs" / page.file.src_uri).parent.joinpath(target).resolve()
        if ":" in target or not (target.startswith("../") or path.is_dir()):
            return link[0]
        if not path.exists():
            raise PluginError(f"{page.file.src_uri}: there is no {target}")
        kind = "tree" if path.is_dir() else "blob"
        return f"{link[1]}{config.repo_url}/{kind}/main/{path.relative_to(ROOT)}{link[3]}"

    return LINK.sub(outside, markdown)


def _from_docs(link: re.Match[str], folder: Path) -> str:
    """A link of a page of the root as a page of docs/ would write it."""
    target = link[2]
    if ":" in target or not (folder / target).exists():
        return link[0]
    inside = target.removeprefix("docs/")
    return f"{link[1]}{inside if inside != target else f'../{target}'}{link[3]}"
