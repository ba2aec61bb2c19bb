"""What to run next on a realm, by its status."""

from dataclasses import dataclass

from keycloak_2fa.enforcement.status import Status
from keycloak_2fa.realm import guard
from keycloak_2fa.realm.enforcement_state import State


@dataclass(frozen=True)
class NextStep:
    """A command, and the reason to run it.

    Attributes:
        command: As it is typed.
        why: One sentence.
    """

    command: str
    why: str


def next_step(status: Status) -> NextStep:
    """Decide what an administrator should run next.

    Args:
        status: The realm as it is now.
    """
    if status.enforcement.state is State.OFF:
        return NextStep("kc2fa preview", "It shows what kc2fa enforce would change, and writes nothing.")
    if status.enforcement.state is State.ENFORCING:
        return NextStep("kc2fa enforce", "The enforcement is not finished; this resumes it.")
    if any(each != guard.PROVIDER_GONE for each in status.drift):
        return NextStep("kc2fa enforce", "Settings have drifted since enforcement; this sets them back.")
    if status.counted and (uncovered := status.counted.population.uncovered):
        users = "1 user has" if uncovered == 1 else f"{uncovered:,} users have"
        return NextStep("kc2fa enforce", f"{users} neither OTP nor a pending set-up; this marks them.")
    if status.extension is None:
        return NextStep("kc2fa verify", "Users are asked to enroll; this lists the gaps that are still open.")
    return NextStep("kc2fa verify", "It checks that no gap is open.")
