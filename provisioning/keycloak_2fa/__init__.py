"""Enforce two-factor authentication on a Keycloak realm, once and for good.

What `__all__` names is public, and `keycloak_2fa.aio` has its calls for asynchronous code; docs/library.md shows how to
use both. Every other module may change in any release: ARCHITECTURE.md draws how they fit. The library knows Keycloak
and no terminal.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from keycloak_2fa.accounts.exempt import add_exemption, end_exemption, list_exemptions
    from keycloak_2fa.accounts.reset import Reset, apply_reset, plan_reset
    from keycloak_2fa.api.realm import Realm
    from keycloak_2fa.enforcement.enforce import Outcome, enforce
    from keycloak_2fa.enforcement.preflight import CONSENT, Risk
    from keycloak_2fa.enforcement.preview import Preview
    from keycloak_2fa.enforcement.preview import plan_enforcement as preview
    from keycloak_2fa.enforcement.status import Status
    from keycloak_2fa.enforcement.status import get_status as status
    from keycloak_2fa.errors import (
        AccessError,
        Error,
        NotHoldingError,
        PartlyDoneError,
        RefusedError,
        ServerError,
        UsageError,
    )
    from keycloak_2fa.hardening.harden import HardeningPlan, HardeningRisk, apply_hardening, plan_hardening
    from keycloak_2fa.login.prove import Proof, prove
    from keycloak_2fa.people.exemptions import Exemption
    from keycloak_2fa.realm.enforcement_state import State
    from keycloak_2fa.settings import AdminUser, EngineChoice, ServiceAccount
    from keycloak_2fa.verification.findings import Finding, FindingId, Severity
    from keycloak_2fa.verification.verify import Verification, verify
    from keycloak_2fa.warning_codes import CodedWarning, WarningCode

__version__ = "0.1.0"

__all__ = [
    "CONSENT",
    "AccessError",
    "AdminUser",
    "CodedWarning",
    "EngineChoice",
    "Error",
    "Exemption",
    "Finding",
    "FindingId",
    "HardeningPlan",
    "HardeningRisk",
    "NotHoldingError",
    "Outcome",
    "PartlyDoneError",
    "Preview",
    "Proof",
    "Realm",
    "RefusedError",
    "Reset",
    "Risk",
    "ServerError",
    "ServiceAccount",
    "Severity",
    "State",
    "Status",
    "UsageError",
    "Verification",
    "WarningCode",
    "add_exemption",
    "apply_hardening",
    "apply_reset",
    "end_exemption",
    "enforce",
    "list_exemptions",
    "plan_hardening",
    "plan_reset",
    "preview",
    "prove",
    "status",
    "verify",
]

_HOMES = {
    "accounts.exempt": ("add_exemption", "end_exemption", "list_exemptions"),
    "accounts.reset": ("Reset", "apply_reset", "plan_reset"),
    "api.realm": ("Realm",),
    "enforcement.enforce": ("Outcome", "enforce"),
    "enforcement.preflight": ("CONSENT", "Risk"),
    "enforcement.preview": ("Preview", "preview=plan_enforcement"),
    "enforcement.status": ("Status", "status=get_status"),
    "errors": (
        "AccessError",
        "Error",
        "NotHoldingError",
        "PartlyDoneError",
        "RefusedError",
        "ServerError",
        "UsageError",
    ),
    "hardening.harden": ("HardeningPlan", "HardeningRisk", "apply_hardening", "plan_hardening"),
    "login.prove": ("Proof", "prove"),
    "people.exemptions": ("Exemption",),
    "realm.enforcement_state": ("State",),
    "settings": ("AdminUser", "EngineChoice", "ServiceAccount"),
    "verification.findings": ("Finding", "FindingId", "Severity"),
    "verification.verify": ("Verification", "verify"),
    "warning_codes": ("CodedWarning", "WarningCode"),
}
"""Where each public name lives, and what it is called there: it is imported when it is first used."""


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        for each in names:
            public, _, private = each.partition("=")
            if public == name:
                value = getattr(import_module(f"{__name__}.{module}"), private or public)
                globals()[name] = value
                return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
