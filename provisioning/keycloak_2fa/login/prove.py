"""Proof that 2FA is asked for: a throwaway user walks through the real login pages.

The apps are two that every realm has: the account console's client for the pages, `admin-cli` for the direct access
grant. What is proved is that a new user, made as an administrator makes one, cannot log in without a code. It says
nothing of other clients, flows and users: `verification` looks at those.

A check has one of three outcomes. It failed where the user was let in, or Keycloak answered wrongly. It was not tried
where something that has nothing to do with 2FA stood in the way: that proves neither.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import pyotp
from keycloak import KeycloakOpenID
from keycloak.exceptions import KeycloakConnectionError, KeycloakError

from keycloak_2fa import timestamps
from keycloak_2fa.api import caller, endpoints, responses
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.endpoints import segment
from keycloak_2fa.api.responses import NotFoundError
from keycloak_2fa.api.retry import TRANSIENT_STATUSES
from keycloak_2fa.errors import RefusedError, RoleMissingError, ServerFailingError, UnreachableError
from keycloak_2fa.login import throwaway
from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.pages import Done, LoginForm, Other, OtpForm, Page, SetUpTotp, UnexpectedPageError, expect
from keycloak_2fa.login.session import LoginSession
from keycloak_2fa.login.throwaway import Throwaway
from keycloak_2fa.realm import otp_policy, roles
from keycloak_2fa.realm.enforcement_state import Proved, keep_proof
from keycloak_2fa.realm.otp_policy import OtpPolicy
from keycloak_2fa.realm.settings import get_settings

_PAGES_CLIENT, _DIRECT_GRANT_CLIENT = "account-console", "admin-cli"
_DEVICE = "proof"
SET_UP_SKIPPED = "set-up-skipped"
"""Id of the check that fails on every server without the extension."""


class CouldNotTryError(RefusedError):
    """Something that has nothing to do with 2FA keeps the throwaway user from a page or from a grant."""

    code = "could-not-try"


class HotpError(RefusedError):
    """The realm's codes are counted, not timed."""

    code = "hotp"


@dataclass(frozen=True)
class Check:
    """One thing that was tried.

    Attributes:
        id: Its name for scripts; never changes.
        title: What has to be so, as a sentence.
        passed: Whether it was so; None where it could not be tried.
        detail: What Keycloak showed.
    """

    id: str
    title: str
    passed: bool | None
    detail: str


@dataclass(frozen=True)
class Proof:
    """What the walk came to.

    Attributes:
        realm: The realm's name.
        checks: In the order in which they were made. After one that blocks the rest there are no more.
    """

    realm: str
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool | None:
        """Whether everything was as it has to be; None where nothing failed but something could not be tried."""
        outcomes = {each.passed for each in self.checks}
        return False if False in outcomes else None if None in outcomes else True


def prove(api: AdminApi, attributes: Mapping[str, str] | None = None) -> Proof:
    """Walk the whole way with a user made for it, who is removed at the end.

    Args:
        api: The caller's connection; needs view-realm and manage-users.
        attributes: Values for attributes of the user profile that cannot be guessed.

    Raises:
        CouldNotTryError: No login page comes. Nobody was made.
        ThrowawayRefusedError: The realm does not take such a user.
        HotpError: The realm's codes are counted: enforcing sets it to timed ones.
        RoleMissingError: The message names the role.
        Error: The server fails.
    """
    with _roles_named(api):
        policy = get_settings(api).policy
    if policy.type != otp_policy.ENFORCED["type"]:
        raise HotpError("The realm's OTP policy is counter-based (HOTP).", "Run kc2fa enforce first: it sets TOTP.")
    # As users reach it, which need not be below our base URL.
    issuer = str(api.get(endpoints.discovery(api.settings.realm))["issuer"])
    with _window(api, issuer) as window:
        if not isinstance(page := window.open(), LoginForm):
            said = f": {page.error.rstrip('.')}" if page.error else ""
            raise CouldNotTryError(
                f"The client {_PAGES_CLIENT} leads to no login form in realm {api.settings.realm!r}, but to "
                f"{page.title!r}{said}.",
                f"Enable the client {_PAGES_CLIENT} with the standard flow while you prove; see the browser flow.",
            )
    with throwaway.person(api, attributes or {}) as who:
        proof = Proof(api.settings.realm, tuple(_Walk(api, who, policy, issuer).checks()))
    passed = sum(1 for each in proof.checks if each.passed)
    keep_proof(api, Proved(timestamps.now(), proof.holds, passed, len(proof.checks)))
    return proof


@contextmanager
def _roles_named(api: AdminApi) -> Iterator[None]:
    """Whatever is read within, name the roles that the caller lacks for a proof.

    Raises:
        RoleMissingError: It names the roles.
    """
    try:
        yield
    except RoleMissingError:
        _check_roles(api)
        raise
    _check_roles(api)


def _check_roles(api: AdminApi) -> None:
    who = caller.identify(api)
    missing = [*roles.lacking(api, who, ["view-realm"]), *caller.missing_roles(api, who, ["manage-users"])]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        names = " and ".join(missing)
        raise RoleMissingError(
            f"{who.username} cannot prove 2FA in realm {api.settings.realm!r}: {names} {verb} missing.",
            f"Give it {names} of the realm (client realm-management).",
        )


def _window(api: AdminApi, issuer: str) -> LoginSession:
    return LoginSession(
        api.settings.server_url,
        api.settings.realm,
        client_id=_PAGES_CLIENT,
        redirect_uri=f"{issuer}/account/",
        ca_file=api.ca_file,
    )


class _Walk:
    def __init__(self, api: AdminApi, who: Throwaway, policy: OtpPolicy, issuer: str) -> None:
        self._api, self._who, self._policy, self._issuer = api, who, policy, issuer
        self._realm = api.settings.realm

    def checks(self) -> Iterator[Check]:
        """Each check as it is made. One that bars the way is the last."""
        with self._window() as window:
            page = self._password(window)
            yield self._asked(page)
            yield self._direct_grant("direct-grant-before-set-up", "A direct access grant without set-up is refused.")
            yield _came(page, SetUpTotp, "set-up-asked", "The password alone leads to the set-up page.")
            if not isinstance(page, SetUpTotp):
                return
            yield self._skipped()
            wanted = set(otp_policy.APPS.values())
            apps = ", ".join(page.apps)
            yield Check("apps", "The page lists the three apps.", set(page.apps) == wanted, apps)
            phone = self._phone(page.secret)
            page = window.set_up_totp(page, phone.wrong_code(), _DEVICE)
            yield _came(page, SetUpTotp, "set-up-wrong-code", "A wrong code is refused at the set-up.")
            if not isinstance(page, SetUpTotp):
                return
            page = window.set_up_totp(page, self._fresh(phone), _DEVICE)
            yield _came(page, Done, "set-up-accepted", "The right code is accepted at the set-up.")
            if not isinstance(page, Done):
                return
        yield self._direct_grant("direct-grant-alone", "A direct access grant by password alone is refused.")
        yield from self._later_logins(phone)

    def _asked(self, page: Page) -> Check:
        """Whether a new user is asked, by the default action, or by the login itself: the extension, or the flow."""
        due = self._who.set_up_pending
        by_login = isinstance(page, SetUpTotp)
        said = "CONFIGURE_TOTP is pending" if due else "CONFIGURE_TOTP is not pending: it is not a default action"
        if by_login and not due:
            said += "; the login asks anyway"
        return Check("new-user-asked", "Keycloak requires set-up of a new user.", due or by_login, said)

    def _later_logins(self, phone: Authenticator) -> Iterator[Check]:
        with self._window() as window:
            page = self._password(window)
            yield _came(page, OtpForm, "password-alone", "At the next login the password alone is not enough.")
            if not isinstance(page, OtpForm):
                return
            page = window.enter_code(page, phone.wrong_code())
            self._forgive()
            yield _came(page, OtpForm, "wrong-code", "A wrong code is refused.")
            if not isinstance(page, OtpForm):
                return
            code = self._fresh(phone)
            page = window.enter_code(page, code)
            if isinstance(page, OtpForm):
                # A busy server may count the wrong code after it was forgiven, or take the right one too late.
                self._forgive()
                code = self._fresh(phone)
                page = window.enter_code(page, code)
            yield _came(page, Done, "code-accepted", "The right code logs in.")
            if not isinstance(page, Done):
                return
        with self._window() as window:
            page = self._password(window)
            if isinstance(page, OtpForm):
                page = window.enter_code(page, code)
                self._forgive()
            yield _came(page, OtpForm, "used-code", "A code that was used is refused.")

    def _skipped(self) -> Check:
        """Another window goes on at the set-up page without a set-up, and the app exchanges what it gets."""
        title = "The set-up page cannot be skipped."
        with self._window() as window:
            page = self._password(window)
            if not isinstance(page, SetUpTotp):
                return Check(SET_UP_SKIPPED, title, passed=None, detail=f"not tried: {page.title}")
            page = window.skip(page)
            if not isinstance(page, Done):
                return Check(SET_UP_SKIPPED, title, passed=True, detail=_said(page))
            try:
                window.tokens(page)
            except UnexpectedPageError as error:
                return Check(SET_UP_SKIPPED, title, passed=True, detail=error.message)
        return Check(SET_UP_SKIPPED, title, passed=False, detail="Keycloak gave tokens")

    def _direct_grant(self, id_: str, title: str) -> Check:
        client = KeycloakOpenID(
            self._api.settings.server_url + "/",
            realm_name=segment(self._realm),
            client_id=_DIRECT_GRANT_CLIENT,
            verify=self._api.ca_file,
        )
        try:
            client.token(self._who.username, self._who.password)
        except KeycloakConnectionError as error:
            raise UnreachableError(
                f"{self._api.settings.server_url} no longer answers.", "Run again when it does."
            ) from error
        except KeycloakError as error:
            return _refused(id_, title, error.response_code or 0, error.response_body or b"")
        finally:
            self._forgive()
        return Check(id_, title, passed=False, detail="Keycloak gave tokens")

    def _password(self, window: LoginSession) -> Page:
        return window.submit_password(expect(window.open(), LoginForm), self._who.username, self._who.password)

    def _window(self) -> LoginSession:
        return _window(self._api, self._issuer)

    def _phone(self, secret: str) -> Authenticator:
        policy = self._policy
        digest = getattr(hashlib, policy.algorithm.removeprefix("Hmac").lower())
        return Authenticator(pyotp.TOTP(secret, digits=policy.digits, digest=digest, interval=policy.period))

    def _fresh(self, phone: Authenticator) -> str:
        return phone.fresh_code(look_ahead=min(self._policy.look_ahead_window, 1))

    def _forgive(self) -> None:
        """What was wrong on purpose shall not lock the user: two failures in a second would, for a minute."""
        with suppress(NotFoundError):
            self._api.delete(endpoints.brute_force_status(self._realm, self._who.id))


def _refused(id_: str, title: str, status: int, body: bytes) -> Check:
    """What an answer other than tokens proves (RFC 6749, 5.2).

    Raises:
        ServerFailingError: Nothing: the server fails.
    """
    if status in TRANSIENT_STATUSES or status >= 500:  # noqa: PLR2004
        raise ServerFailingError(
            f"The server answers {status} to a direct access grant.", "Run it again when the server works."
        )
    reason = responses.detail(body)
    match status, responses.oauth_error(body):
        # The person is refused; older servers say so with 401.
        case 400 | 401, "invalid_grant":
            return Check(id_, title, passed=True, detail=reason)
        # The client may log nobody in by password, which is what verify advises, and bars the way too.
        case 400, "unauthorized_client":
            return Check(id_, title, passed=True, detail=reason)
        # The person was never looked at, as where the client is switched off: other clients may let them in.
        case _:
            return Check(id_, title, passed=None, detail=f"not tried: {_DIRECT_GRANT_CLIENT} got {status}, {reason}")


def _came(page: Page, kind: type[Page], id_: str, title: str) -> Check:
    """Whether the page is the one that must come. One that is not about 2FA at all proves nothing."""
    if isinstance(page, Other):
        return Check(id_, title, passed=None, detail=f"not tried: {_said(page)}")
    return Check(id_, title, isinstance(page, kind), _said(page))


def _said(page: Page) -> str:
    return f"{page.title}: {page.error}" if page.error else page.title
