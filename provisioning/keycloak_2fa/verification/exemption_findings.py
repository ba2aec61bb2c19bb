"""What `verify` says of exemptions: those that hold no longer, and those that nobody answers for. Pure."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from keycloak_2fa.people.exemptions import Exemption
from keycloak_2fa.verification.findings import Found


def expired(given: Iterable[Exemption], today: date, uncovered: Callable[[str], bool]) -> Iterator[Found]:
    """Exemptions that no longer hold and have left a user uncovered.

    Args:
        given: The exemptions.
        today: The day to measure them by.
        uncovered: Whether the user of that id has neither OTP nor the set-up due; false where the user is gone.
    """
    for each in given:
        if each.expired(today) and uncovered(each.user_id):
            yield Found(
                each.username or each.user_id,
                title=f"The exemption ({each.reason}; approved by {each.approver}) expired on {each.expires}",
            )


def unaccounted(given: Iterable[Exemption], today: date) -> Iterator[Found]:
    """Exemptions that lack what `kc2fa exempt add` always writes, or hold longer than it lets them.

    Args:
        given: The exemptions.
        today: The day to measure them by.
    """
    for each in given:
        if each.expired(today) or each.accounted(today):
            continue
        told = {
            "reason": each.reason,
            "approver": each.approver,
            "author": each.created_by,
            "date": each.created_at,
        }
        missing = [name for name, value in told.items() if not value]
        said = f"it has no {' and no '.join(missing)}" if missing else f"it holds until {each.expires}"
        yield Found(each.username or each.user_id, title=f"The exemption was not given by kc2fa: {said}")


def asked(exempt: Iterable[Exemption], asking: Iterable[str]) -> Iterator[Found]:
    """Exempt users without OTP that flows ask anyway.

    Args:
        exempt: Their exemptions.
        asking: Aliases of the flows.
    """
    names = " and ".join(map(repr, asking))
    for each in exempt:
        title = f"The user is exempt, and the flow {names} asks for a second factor anyway"
        yield Found(each.username, title=title)
