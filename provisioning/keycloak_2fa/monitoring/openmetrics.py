"""Figures in the OpenMetrics text format, version 1.0 (https://prometheus.io/docs/specs/om/open_metrics_spec/).

Only gauges: then it is Prometheus' older text format too, which the node exporter's textfile collector and the
Pushgateway read. No metric names a user.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from keycloak_2fa import timestamps
from keycloak_2fa.monitoring.figures import Figures
from keycloak_2fa.realm.enforcement_state import State
from keycloak_2fa.verification.findings import FindingId


@dataclass(frozen=True)
class Metric:
    """One metric family.

    Attributes:
        name: Its name.
        help: What it is, in a sentence.
        samples: Values by labels.
    """

    name: str
    help: str
    samples: Sequence[tuple[Mapping[str, str], int]]

    def lines(self) -> Iterator[str]:
        """As the format has it."""
        yield f"# TYPE {self.name} gauge\n"
        if self.name.endswith("_seconds"):
            yield f"# UNIT {self.name} seconds\n"
        yield f"# HELP {self.name} {self.help}\n"
        for labels, value in self.samples:
            told = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items())
            yield f"{self.name}{{{told}}} {value}\n"


def render(looks: Sequence[Figures]) -> str:
    """The document with the figures of some realms."""
    return "".join(line for metric in _metrics(looks) for line in metric.lines()) + "# EOF\n"


def _metrics(looks: Sequence[Figures]) -> Iterator[Metric]:
    yield Metric(
        "kc2fa_state",
        "1 for what 2FA is currently set to, 0 for the other states.",
        [
            ({"realm": _realm(each), "state": state.value}, int(each.status.enforcement.state is state))
            for each in looks
            for state in State
        ],
    )
    yield Metric(
        "kc2fa_users",
        "Users by where they stand, as last counted.",
        [sample for each in looks for sample in _users(each)],
    )
    yield Metric(
        "kc2fa_users_counted_timestamp_seconds",
        "When the users were counted.",
        [({"realm": _realm(each)}, at) for each in looks if (at := _counted_at(each)) is not None],
    )
    yield Metric(
        "kc2fa_findings",
        "What kc2fa verify finds; of uncovered-users each user.",
        [sample for each in looks for sample in _findings(each)],
    )
    yield Metric(
        "kc2fa_exemptions",
        "Exemptions, by whether they have expired.",
        [sample for each in looks for sample in _exemptions(each)],
    )
    yield Metric(
        "kc2fa_last_run_timestamp_seconds",
        "When the realm was looked at.",
        [({"realm": _realm(each)}, each.at) for each in looks],
    )


def _users(look: Figures) -> Iterable[tuple[Mapping[str, str], int]]:
    if look.status.counted is None:
        return
    people = look.status.counted.population
    standings = {
        "enrolled": people.enrolled,
        "pending": people.pending,
        "uncovered": people.uncovered,
        "exempt": people.exempt,
    }
    for standing, count in standings.items():
        yield {"realm": _realm(look), "standing": standing}, count


def _counted_at(look: Figures) -> int | None:
    moment = timestamps.parse(look.status.counted.at) if look.status.counted else None
    return int(moment.timestamp()) if moment else None


def _findings(look: Figures) -> Iterable[tuple[Mapping[str, str], int]]:
    found = Counter((each.id, each.severity) for each in look.findings)
    for (kind, severity), count in sorted(found.items()):
        counted = look.status.counted
        users = counted.population.uncovered if counted and kind is FindingId.UNCOVERED_USERS else count
        yield {"realm": _realm(look), "id": kind.value, "severity": severity.value}, users


def _exemptions(look: Figures) -> Iterable[tuple[Mapping[str, str], int]]:
    today = timestamps.today()
    expired = Counter(each.expired(today) for each in look.status.exemptions)
    for over in (False, True):
        yield {"realm": _realm(look), "expired": str(over).lower()}, expired[over]


def _realm(look: Figures) -> str:
    return look.status.realm.name


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
