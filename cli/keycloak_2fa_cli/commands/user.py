"""The argument of commands that are about one user."""

from typing import Annotated

import typer

User = Annotated[str, typer.Argument(metavar="USER", help="Username, email or id.", show_default=False)]
