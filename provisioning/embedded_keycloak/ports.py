"""TCP ports of this machine's loopback address."""

import socket
from contextlib import ExitStack

from embedded_keycloak.errors import PortTakenError

HOST = "127.0.0.1"
"""The only address that an embedded Keycloak listens on."""


def free_ports(count: int) -> list[int]:
    """As many different ports that nobody listens on at the moment."""
    with ExitStack() as held:  # all held at once, or the system could give the same one twice
        return [held.enter_context(_bound(0)).getsockname()[1] for _ in range(count)]


def check_free(port: int) -> None:
    """Check that a server could listen on the port.

    Raises:
        PortTakenError: another program listens there, or the system does not allow it.
    """
    try:
        _bound(port).close()
    except OSError as error:
        raise port_taken(port, error.strerror or "it cannot be opened") from error


def port_taken(port: int, why: str) -> PortTakenError:
    """The error that names the port."""
    return PortTakenError(
        f"Port {port} cannot be used for the embedded Keycloak: {why}.",
        "Choose another port, or end the program that listens there.",
    )


def _bound(port: int) -> socket.socket:
    sock = socket.socket()
    try:
        # As the server does: a port whose last connections are only waiting to be forgotten is free.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((HOST, port))
    except BaseException:
        sock.close()
        raise
    return sock
