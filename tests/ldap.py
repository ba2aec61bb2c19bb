"""A real LDAP server on this machine: UnboundID's in-memory directory, run by the Java that runs Keycloak."""

import os
import time
from types import TracebackType
from typing import Any, Self

from embedded_keycloak.artifact import Artifact, fetched
from embedded_keycloak.download import Checksum
from embedded_keycloak.java import java_home
from embedded_keycloak.ports import free_ports
from embedded_keycloak.server import default_cache
from embedded_keycloak.workspace import Workspace

LDAP_SDK = Artifact(
    group="com.unboundid",
    name="unboundid-ldapsdk",
    version="7.0.3",
    kind="jar",
    kept_as="unboundid-ldapsdk-7.0.3.jar",
    said="The LDAP SDK 7.0.3",
    megabytes=6,
    # Of the file that the Maven client brings, which checks it against the repository's own checksum.
    pinned=Checksum("sha256", "7f1b9141f2c955d3a03b3f5da2c450bd616826e921a87fc19264a3f22b35e2fb"),
)
PASSWORD = "correct horse"
"""Everybody's."""

_SECONDS_TO_START = 60
_BASE = "dc=example,dc=org"
_BIND_DN, _BIND_PASSWORD = "cn=admin", "made-for-a-test-only"


class Ldap:
    """A directory with some people in it, each with an address and `PASSWORD`.

    It listens on every address of this machine: the tool has no setting for one.

    Args:
        usernames: Who is in it from the start.
    """

    def __init__(self, *usernames: str) -> None:
        self._usernames = usernames
        self._port = free_ports(1)[0]
        cache = default_cache()
        cache.mkdir(parents=True, exist_ok=True)
        self._cache = cache

    def __enter__(self) -> Self:
        self._workspace = Workspace(self._cache)
        try:
            self._jar = fetched(LDAP_SDK, self._cache, self._workspace.path, space_needed=50_000_000)
            self.start()
        except BaseException:
            self._workspace.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._workspace.close()

    def start(self) -> None:
        """Start it, as it was at first."""
        ldif, log = self._workspace.path / "people.ldif", self._workspace.path / "ldap.log"
        ldif.write_text(_ldif(*self._usernames))
        log.write_text("")
        argv = [
            *(java_home() / "bin" / "java", "-Xmx64m", "-cp", self._jar),
            *("com.unboundid.ldap.listener.InMemoryDirectoryServerTool", "--port", str(self._port)),
            *("--baseDN", _BASE, "--ldifFile", ldif),
            *("--additionalBindDN", _BIND_DN, "--additionalBindPassword", _BIND_PASSWORD),
        ]
        self._workspace.run([os.fspath(each) for each in argv], os.environ, log)
        until = time.monotonic() + _SECONDS_TO_START
        while "Listening for client connections" not in log.read_text():
            assert self._workspace.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop it, as an outage would; `start` brings it back."""
        self._workspace.stop()

    def storage(self, *, imports: bool, name: str = "ldap") -> dict[str, Any]:
        """A user storage that brings these people into a realm, to be posted to its components.

        By a realm import it would not do: only by this way does Keycloak add the storage's mappers.

        Args:
            imports: Whether Keycloak keeps its own copy of each user.
            name: What the storage is called.
        """
        config = {
            "enabled": "true",
            "importEnabled": str(imports).lower(),
            "editMode": "READ_ONLY",
            "vendor": "other",
            "connectionUrl": f"ldap://127.0.0.1:{self._port}",
            "bindDn": _BIND_DN,
            "bindCredential": _BIND_PASSWORD,
            "authType": "simple",
            "usersDn": f"ou=people,{_BASE}",
            "userObjectClasses": "inetOrgPerson",
            "usernameLDAPAttribute": "uid",
            "rdnLDAPAttribute": "uid",
            "uuidLDAPAttribute": "entryUUID",
            "searchScope": "1",
        }
        return {
            "name": name,
            "providerId": "ldap",
            "providerType": "org.keycloak.storage.UserStorageProvider",
            "config": {key: [value] for key, value in config.items()},
        }


def _ldif(*usernames: str) -> str:
    people = [
        f"dn: uid={name},ou=people,{_BASE}\nobjectClass: inetOrgPerson\nuid: {name}\ncn: {name.title()}\n"
        f"sn: Directory\nmail: {name}@example.org\nuserPassword: {PASSWORD}\n"
        for name in usernames
    ]
    base = [
        f"dn: {_BASE}\nobjectClass: domain\ndc: example\n",
        f"dn: ou=people,{_BASE}\nobjectClass: organizationalUnit\nou: people\n",
    ]
    return "\n".join([*base, *people])
