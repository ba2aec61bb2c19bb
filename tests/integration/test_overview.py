"""`kc2fa` without a command, and the profile that it is configured by."""

from pathlib import Path

import pytest
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import ENFORCER, ENFORCER_SECRET, MakeRealm, Realm, person
from tests.server import Keycloak


@pytest.fixture(scope="module")
def off(make_realm: MakeRealm) -> Realm:
    """A realm that is only looked at."""
    return make_realm(person("alice"))


@pytest.fixture(scope="module")
def on(make_realm: MakeRealm, kc2fa: Kc2fa) -> Realm:
    """A realm that is enforced."""
    realm = make_realm(person("alice"))
    assert kc2fa("enforce", *CONFIRM, realm=realm).exit == 0
    return realm


@pytest.fixture
def config(tmp_path: Path, keycloak: Keycloak, off: Realm) -> Path:
    """A folder of configuration with the profile `test`."""
    folder = tmp_path / "kc2fa"
    folder.mkdir()
    (folder / "secret").write_text(ENFORCER_SECRET)
    (folder / "config.toml").write_text(
        f'[profiles.test]\nserver_url = "{keycloak.url}"\nrealm = "{off.name}"\n'
        f'client_id = "{ENFORCER}"\nclient_secret_file = "secret"\n'
    )
    return tmp_path


class TestWithoutACommand:
    def test_a_realm_that_is_off_leads_to_the_preview(self, off: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa(realm=off)
        assert run.exit == 0
        assert "2FA is currently set to: OFF" in run.stdout
        assert "Next: kc2fa preview" in run.stdout

    def test_a_realm_that_is_on_leads_to_verify(self, on: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa(realm=on)
        assert (run.exit, "Next: kc2fa verify" in run.stdout) == (0, True)

    def test_json_holds_the_status_and_the_next_step(self, off: Realm, kc2fa: Kc2fa) -> None:
        data = kc2fa("--json", realm=off).data
        assert (data["state"], data["users"]["total"], data["next"]["command"]) == ("OFF", 1, "kc2fa preview")

    def test_what_it_says_next_is_a_command(self, on: Realm, kc2fa: Kc2fa) -> None:
        _, *command = kc2fa("--json", realm=on).data["next"]["command"].split()
        assert kc2fa(*command, "--help").exit == 0

    def test_nothing_is_written(self, off: Realm, kc2fa: Kc2fa) -> None:
        before = off.representation()
        kc2fa(realm=off)
        assert off.representation() == before

    def test_where_nothing_is_configured_it_shows_the_help_and_what_to_set(self, kc2fa: Kc2fa) -> None:
        run = kc2fa(KC2FA_SERVER_URL="")
        assert (run.exit, run.stdout) == (2, "")
        assert "Usage: kc2fa" in run.stderr
        assert "KC2FA_SERVER_URL" in run.stderr.partition("Hint:")[2]

    def test_the_same_as_json(self, kc2fa: Kc2fa) -> None:
        run = kc2fa("--json", KC2FA_SERVER_URL="")
        assert (run.exit, run.error["code"]) == (2, "missing-setting")

    def test_where_a_part_is_configured_it_says_what_is_missing_without_the_help(self, kc2fa: Kc2fa) -> None:
        run = kc2fa()
        assert (run.exit, "Usage" in run.stderr, "--realm" in run.stderr) == (2, False, True)


class TestAProfile:
    def test_is_used_by_name(self, config: Path, off: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("status", "--json", "--profile", "test", KC2FA_SERVER_URL="", XDG_CONFIG_HOME=str(config))
        assert (run.exit, run.data["realm"]) == (0, off.name)

    def test_is_used_by_the_environment(self, config: Path, off: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("--json", KC2FA_PROFILE="test", KC2FA_SERVER_URL="", XDG_CONFIG_HOME=str(config))
        assert (run.exit, run.data["realm"]) == (0, off.name)

    def test_with_a_secret_is_refused(self, config: Path, kc2fa: Kc2fa) -> None:
        file = config / "kc2fa" / "config.toml"
        file.write_text(file.read_text() + 'client_secret = "s3cr3t"\n')
        run = kc2fa("status", "--json", "--profile", "test", XDG_CONFIG_HOME=str(config))
        assert (run.exit, "s3cr3t" in run.stdout + run.stderr) == (2, False)

    def test_that_is_not_there_names_those_that_are(self, config: Path, kc2fa: Kc2fa) -> None:
        run = kc2fa("status", "--json", "--profile", "prod", XDG_CONFIG_HOME=str(config))
        assert (run.exit, "'test'" in run.error["hint"]) == (2, True)
