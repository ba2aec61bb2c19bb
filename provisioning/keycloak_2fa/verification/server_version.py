"""Known holes of Keycloak that concern 2FA: data, and the rules that read it. Pure.

A release is compared within its branch only. A branch or a release that this table does not know is "not known", never
"fine".
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from keycloak_2fa.realm import flows

Branch = tuple[int, int]

NEWEST: Mapping[Branch, int] = {(26, 4): 15, (26, 5): 7, (26, 6): 8, (26, 7): 5, (26, 8): 1}
"""The newest release of each branch that this table was written for."""

_OLDEST = min(NEWEST)
"""Older branches get no fixes any longer."""


@dataclass(frozen=True)
class Usage:
    """What of a server and a realm decides whether a hole applies.

    Attributes:
        features: Names of the server's features that are on.
        realm: The RealmRepresentation's switches that are on, such as `resetPasswordAllowed`.
        clients: Kinds of clients that the realm has, as in `Client` below; None where they may not be read.
        enforces_flows: Whether a client policy in use has the executor `auth-flow-enforcer`.
        authenticators: Ids of the authenticators of the flows that a browser login can go through; None where they may
            not be read.
        links_by_saml: Whether a SAML identity provider is on for linking only; None where they may not be read.
    """

    features: frozenset[str] = frozenset()
    realm: frozenset[str] = frozenset()
    clients: frozenset["Client"] | None = frozenset()
    enforces_flows: bool = False
    authenticators: frozenset[str] | None = frozenset()
    links_by_saml: bool | None = False


class Client(StrEnum):
    """A kind of client that a hole needs."""

    CIBA = "a client with CIBA"
    DEVICE = "a client with the device authorization grant"
    JWT_GRANT = "a client with the JWT authorization grant"


@dataclass(frozen=True)
class Hole:
    """One known hole.

    Attributes:
        cve: Its number.
        opens: What an attacker can do.
        fixed: The first fixed release of each branch that has one.
        source: Where upstream tells of it.
        features: Features that must be on for it.
        realm: Switches of the realm that must be on for it.
        client: The kind of client that it needs.
        enforces_flows: Whether it needs a client policy with `auth-flow-enforcer`.
        authenticators: Authenticators of which a browser login must be able to meet one.
        links_by_saml: Whether it needs a SAML identity provider for linking only.
        unknown: Branches of `NEWEST` of which it is not known whether they have the fix.
    """

    cve: str
    opens: str
    fixed: Mapping[Branch, int]
    source: str
    features: frozenset[str] = frozenset()
    realm: frozenset[str] = frozenset()
    client: Client | None = None
    enforces_flows: bool = False
    authenticators: frozenset[str] = frozenset()
    links_by_saml: bool = False
    unknown: frozenset[Branch] = frozenset()

    @property
    def fix(self) -> str:
        """What to upgrade to."""
        if not self.fixed:
            return "Upgrade Keycloak as soon as a release with the fix is out"
        releases = [f"{major}.{minor}.{micro}" for (major, minor), micro in sorted(self.fixed.items(), reverse=True)]
        said = releases[0] if len(releases) == 1 else f"{', '.join(releases[:-1])} or {releases[-1]}"
        return f"Upgrade Keycloak to {said}, or a later release of the same branch"


_ISSUE = "https://github.com/keycloak/keycloak/issues/"

HOLES = (
    Hole(
        "CVE-2026-18963",
        "Anybody can reset the password of any user without the mail",
        {(26, 4): 15, (26, 6): 6, (26, 7): 2, (26, 8): 0},
        f"{_ISSUE}51833",
        realm=frozenset({"resetPasswordAllowed"}),
    ),
    Hole(
        "CVE-2026-94218",
        "A user without OTP can leave the flow that a client policy demands, and set nothing up",
        {(26, 8): 1},
        f"{_ISSUE}53070",
        enforces_flows=True,
    ),
    Hole(
        "CVE-2026-94001",
        "An administrator who may not reset passwords can remove the OTP of a user",
        {(26, 8): 1},
        f"{_ISSUE}53057",
        features=frozenset({"ADMIN_FINE_GRAINED_AUTHZ_V2"}),
        realm=frozenset({"adminPermissionsEnabled"}),
    ),
    Hole(
        "CVE-2026-16103",
        "CIBA issues tokens for a user who was locked by brute-force protection since the request",
        {(26, 6): 8, (26, 7): 5},
        f"{_ISSUE}50996",
        features=frozenset({"CIBA"}),
        realm=frozenset({"bruteForceProtected"}),
        client=Client.CIBA,
        unknown=frozenset({(26, 8)}),
    ),
    Hole(
        "CVE-2026-88770",
        "The device authorization grant issues tokens for a user who is locked by brute-force protection",
        {(26, 6): 8, (26, 7): 5},
        f"{_ISSUE}52783",
        features=frozenset({"DEVICE_FLOW"}),
        realm=frozenset({"bruteForceProtected"}),
        client=Client.DEVICE,
        unknown=frozenset({(26, 8)}),
    ),
    Hole(
        "CVE-2026-11800",
        "A client can forge the assertion of the JWT authorization grant for any linked user",
        {(26, 6): 4, (26, 7): 0, (26, 8): 0},
        f"{_ISSUE}50357",
        features=frozenset({"JWT_AUTHORIZATION_GRANT"}),
        client=Client.JWT_GRANT,
    ),
    Hole(
        "CVE-2026-3429",
        "A user who gave only the password can delete their OTP by the Account REST API, where a flow steps up",
        # That 26.6.0 has it was seen in its code (AuthenticationFlowResolver): upstream names the two others.
        {(26, 4): 11, (26, 5): 7, (26, 6): 0, (26, 7): 0, (26, 8): 0},
        f"{_ISSUE}47069",
        authenticators=frozenset({flows.LEVEL_OF_AUTHENTICATION}),
    ),
    Hole(
        "CVE-2026-37982",
        "The link of a set-up mail can be used again, to register a security key of the attacker's",
        {(26, 4): 12, (26, 6): 2, (26, 7): 0, (26, 8): 0},
        f"{_ISSUE}49112",
        authenticators=frozenset({flows.WEBAUTHN, flows.PASSKEY}),
    ),
    Hole(
        "CVE-2026-16442",
        "A SAML identity provider for linking only logs users in, without the realm's flows",
        {(26, 4): 14, (26, 6): 5, (26, 7): 1, (26, 8): 0},
        f"{_ISSUE}51470",
        links_by_saml=True,
    ),
)
"""Every hole that the checks know. A hole that nothing limits would apply to every server."""


class Verdict(StrEnum):
    """What the table says of a hole and a server."""

    FIXED = "fixed"
    OPEN = "open"
    UNKNOWN = "unknown"


def release(version: str) -> tuple[int, int, int] | None:
    """The numbers of a version as the server gives it, such as `26.7.3` or `26.4.10.redhat-00001`.

    Returns:
        None where it is not a version of numbers.
    """
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    if found is None:
        return None
    major, minor, micro = map(int, found.groups())
    return major, minor, micro


def is_known(version: tuple[int, int, int]) -> bool:
    """Whether the table was written with a version's branch in mind."""
    return version[:2] in NEWEST or version[:2] < _OLDEST


def verdict(hole: Hole, version: tuple[int, int, int]) -> Verdict:
    """Whether a server of a version has a hole."""
    branch, micro = version[:2], version[2]
    if not is_known(version) or branch in hole.unknown:
        return Verdict.UNKNOWN
    if branch in hole.fixed:
        return Verdict.FIXED if micro >= hole.fixed[branch] else Verdict.OPEN
    # A release newer than the table may have the fix. A branch that ended without it, such as 26.5, has not.
    return Verdict.UNKNOWN if micro > NEWEST.get(branch, micro) else Verdict.OPEN


def applies(hole: Hole, usage: Usage) -> bool:
    """Whether what a hole needs is in use here. What may not be read counts as if it were there."""
    return (
        hole.features <= usage.features
        and hole.realm <= usage.realm
        and (hole.client is None or usage.clients is None or hole.client in usage.clients)
        and (usage.enforces_flows or not hole.enforces_flows)
        and (
            not hole.authenticators or usage.authenticators is None or bool(hole.authenticators & usage.authenticators)
        )
        and (usage.links_by_saml is not False or not hole.links_by_saml)
    )


def holes(version: tuple[int, int, int], usage: Usage, among: Iterable[Hole] = HOLES) -> Iterator[tuple[Hole, Verdict]]:
    """The holes that apply here and are not known to be fixed."""
    for hole in among:
        if applies(hole, usage) and (said := verdict(hole, version)) is not Verdict.FIXED:
            yield hole, said


def switches(realm: Mapping[str, object], among: Collection[Hole] = HOLES) -> frozenset[str]:
    """The switches that the holes ask of, as far as they are on in a RealmRepresentation."""
    return frozenset(key for hole in among for key in hole.realm if realm.get(key) is True)
