"""The authenticator gives the codes that RFC 6238 says, and none that Keycloak has seen already."""

from collections.abc import Callable

import pyotp
import pytest

from keycloak_2fa.login.authenticator import Authenticator

# The ASCII secret "12345678901234567890" of RFC 6238, appendix B.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


class Clock:
    """Stands still, but for those who sleep."""

    def __init__(self, now: float) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def device_at() -> Callable[[float], tuple[Authenticator, Clock]]:
    def make(now: float) -> tuple[Authenticator, Clock]:
        clock = Clock(now)
        return Authenticator(pyotp.TOTP(SECRET), clock=clock, sleep=clock.sleep), clock

    return make


DeviceAt = Callable[[float], tuple[Authenticator, Clock]]


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_rfc_6238(device_at: DeviceAt, now: float, code: str) -> None:
    device, _ = device_at(now)
    assert device.code() == code


def test_the_code_stays_for_a_period(device_at: DeviceAt) -> None:
    device, clock = device_at(60)
    first = device.code()
    clock.now = 89.9
    assert device.code() == first


def test_a_typed_key_may_have_blanks_and_small_letters() -> None:
    typed = Authenticator.typed("gezd gnbv gy3t qojq gezd gnbv gy3t qojq")
    assert typed.key.secret == SECRET


def test_a_scanned_key_brings_its_parameters() -> None:
    key = Authenticator.scanned(
        f"otpauth://totp/Acme%20%26%20Co:ann?secret={SECRET}&digits=8&algorithm=SHA256&issuer=Acme%20%26%20Co&period=60"
    ).key
    found = (key.secret, key.digits, key.interval, key.digest().name, key.issuer, key.name)
    assert found == (SECRET, 8, 60, "sha256", "Acme & Co", "ann")


@pytest.mark.parametrize("uri", [f"otpauth://hotp/ann?secret={SECRET}&counter=0", "https://example.org"])
def test_what_is_no_clock_key_is_not_scanned(uri: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # pyotp's own words
        Authenticator.scanned(uri)


def test_the_first_fresh_code_is_the_current_one(device_at: DeviceAt) -> None:
    device, clock = device_at(59)
    assert (device.fresh_code(), clock.slept) == ("287082", [])


def test_after_a_used_code_comes_the_next_period_s_without_waiting(device_at: DeviceAt) -> None:
    device, clock = device_at(1111111109 - 30)
    device.code()
    assert (device.fresh_code(), clock.slept) == ("081804", [])


def test_a_third_code_waits_until_the_server_would_take_it(device_at: DeviceAt) -> None:
    # given a device at second 10 of a period, whose codes of this and the next period are used
    device, clock = device_at(40)
    used = {device.fresh_code(), device.fresh_code()}
    # when another is wanted, then it comes when the next period begins
    assert device.fresh_code() not in used
    assert clock.slept == [20]


def test_without_look_ahead_it_waits_as_a_person_does(device_at: DeviceAt) -> None:
    device, clock = device_at(40)
    device.code()
    device.fresh_code(look_ahead=0)
    assert clock.slept == [20]


def test_a_wrong_code_has_the_right_length_and_is_good_in_no_period_around(device_at: DeviceAt) -> None:
    device, clock = device_at(1234567890)
    wrong = device.wrong_code()
    assert len(wrong) == 6
    assert not device.key.verify(wrong, for_time=clock.now, valid_window=10)
