"""What a link in a mail opens for whoever reads the mail and knows no password."""

import json
import re
from collections.abc import Sequence
from typing import Any

from tests.attacks import flows
from tests.attacks.ground import Ground, enrolled
from tests.attacks.way import way
from tests.attacks.ways.set_up_page import register
from tests.attacks.window import Saw, Window
from tests.integration import windows
from tests.integration.realms import Realm
from tests.integration.windows import APP

from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.pages import Done, Other, SetUpTotp

GROUP = "A link in a mail, and the page behind it is skipped"
FINDING = "set-up-skippable"


def skipped(window: Window, link: str) -> Saw:
    """Open the link, and go on without what it asks for."""
    window.go("GET", link)
    go_on(window)
    window.skip_if_due()
    return window.saw()


def go_on(window: Window) -> None:
    """Confirm the page between a mail's link and the actions, where there is one."""
    onwards = [link for link in window.links() if "key=" in link or "action-token" in link]
    if isinstance(window.page, Other) and window.page.form is None and onwards:
        window.go("GET", onwards[0])


def mail_of_actions(ground: Ground, realm: Realm, username: str, actions: Sequence[str]) -> str:
    """The link in the mail that an administrator has Keycloak send."""
    query = f"client_id=app&redirect_uri={APP}"
    user_id = realm.user(username)["id"]
    response = realm.admin.connection.raw_put(
        f"admin/realms/{realm.name}/users/{user_id}/execute-actions-email?{query}",
        data=json.dumps(actions),
    )
    assert response.status_code == 204, response.text
    return ground.mailbox.link(f"{username}@example.org")


def actions_of_an_enrolled_user(ground: Ground, action: str) -> Saw:
    realm = ground.shared()
    name = f"enrolled-{action.lower().replace('_', '-')}"
    realm.import_users([enrolled(name).user])
    return skipped(ground.window(realm), mail_of_actions(ground, realm, name, [action]))


@way(GROUP, "an administrator's mail UPDATE_PASSWORD to an enrolled user", finding=FINDING)
def mail_update_password(ground: Ground) -> Saw:
    return actions_of_an_enrolled_user(ground, "UPDATE_PASSWORD")


@way(GROUP, "an administrator's mail UPDATE_PROFILE to an enrolled user", finding=FINDING)
def mail_update_profile(ground: Ground) -> Saw:
    return actions_of_an_enrolled_user(ground, "UPDATE_PROFILE")


@way(GROUP, "an administrator's mail CONFIGURE_TOTP to an enrolled user", finding=FINDING)
def mail_configure_totp(ground: Ground) -> Saw:
    return actions_of_an_enrolled_user(ground, "CONFIGURE_TOTP")


@way(GROUP, "an administrator's mail UPDATE_PASSWORD to a user without OTP", finding=FINDING)
def mail_to_a_marked_user(ground: Ground) -> Saw:
    realm, name = ground.shared(), ground.marked()
    return skipped(ground.window(realm), mail_of_actions(ground, realm, name, ["UPDATE_PASSWORD"]))


@way(GROUP, "the mail that verifies an address, by an imported user", finding=FINDING)
def mail_verify_address(ground: Ground) -> Saw:
    realm = ground.enforce(ground.realm(verifyEmail=True))
    user = windows.user("imported", emailVerified=False)
    realm.import_users([user])
    # The mail comes at a login; whoever opens its link elsewhere need not know the password.
    window = ground.window(realm)
    window.open()
    window.log_in("imported")
    return skipped(ground.window(realm), ground.mailbox.link("imported@example.org"))


@way(GROUP, "an invitation to an organization", finding=FINDING)
def organization_invitation(ground: Ground) -> Saw:
    realm = ground.enforce(ground.realm(organizationsEnabled=True, registrationAllowed=True))
    realm.post("organizations", {"name": "acme", "alias": "acme", "domains": [{"name": "example.org"}]})
    done = ground.command("invitations", "send", "invited@example.org", "--organization", "acme")
    assert done.exit == 0, done.stdout
    window = ground.window(realm)
    window.go("GET", ground.mailbox.link("invited@example.org"))
    register(window, "invited")
    window.skip_if_due()
    return window.saw()


@way(GROUP, "the mail of `kc2fa invitations send`", finding=FINDING)
def our_own_mail(ground: Ground) -> Saw:
    realm = ground.enforce(ground.realm())
    done = ground.command("invitations", "send", "own@example.org")
    assert done.exit == 0, done.stdout
    return skipped(ground.window(realm), ground.mailbox.link("own@example.org"))


RESET = "A forgotten password, by an attacker who reads the mail of an enrolled user"


def forgotten(ground: Ground, **settings: Any) -> Window:
    olga = enrolled("olga")
    realm = ground.enforce(ground.realm(olga.user, resetPasswordAllowed=True, **settings))
    window = ground.window(realm)
    window.open()
    window.follow("reset-credentials")
    window.submit(username="olga")
    other = ground.window(realm)
    other.go("GET", ground.mailbox.link("olga@example.org"))
    go_on(other)
    return other


@way(RESET, "the page behind the link is skipped", finding="reset-credentials")
def reset_skipped(ground: Ground) -> Saw:
    window = forgotten(ground)
    window.skip_if_due()
    return window.saw()


@way(RESET, "a phone of one's own is set up, and a new password", finding="reset-credentials")
def reset_with_a_new_phone(ground: Ground) -> Saw:
    return with_a_new_phone(forgotten(ground))


@way(RESET, "the same, where the reset removes the old phone", finding="reset-removes-otp")
def reset_removes_the_phone(ground: Ground) -> Saw:
    return with_a_new_phone(forgotten(ground, **flows.reset_that_removes("Remove all")))


@way(RESET, "the same, where the reset removes a phone of the user's choice", finding="reset-removes-otp")
def reset_removes_one_phone(ground: Ground) -> Saw:
    window = forgotten(ground, **flows.reset_that_removes("Remove one"))
    if "selectedCredentialId" in window.html:
        [olga] = re.findall(r'name="selectedCredentialId"[^>]*value="([^"]+)"', window.html)
        window.submit(selectedCredentialId=olga)
    return with_a_new_phone(window)


def with_a_new_phone(window: Window) -> Saw:
    """Set up what the reset asks for, and log in by it."""
    phone = None
    if isinstance(window.page, SetUpTotp):
        phone = Authenticator.typed(window.page.secret)
        window.set_up_totp(window.page, phone.code(), "Mine")
    if isinstance(window.page, Other) and window.page.form and "password-new" in window.page.form.fields:
        window.submit(**{"password-new": "a new one", "password-confirm": "a new one"})
    if phone and not isinstance(window.page, Done):
        window.open()
        window.log_in("olga", "a new one")
        # The page offers both devices; the new one is the last.
        window.submit(otp=phone.fresh_code())
    return window.saw()
