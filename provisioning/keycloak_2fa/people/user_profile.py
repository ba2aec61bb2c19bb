"""What the realm's user profile will say to a stored user when an administrator writes them. Pure.

Keycloak validates the whole stored profile at every write, and refuses the write of a user who does not pass. An
import checks nothing, and a profile may have become stricter since. What is foreseen here is only what is sure:
Keycloak's validators `length`, `pattern` (as far as Java and Python read the expression alike), `email` and
`person-name-prohibited-characters`. The others are the server's to judge; they are named.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from keycloak_2fa.people.person import Person
from keycloak_2fa.warning_codes import CodedWarning, WarningCode

_NEVER_WRITTEN = "username"
"""Keycloak lets a username be as it is that nobody changes."""


Check = Callable[[str], bool | None]
"""Whether a value passes a validator; None where only the server can tell."""


@dataclass(frozen=True)
class Rule:
    """One validator of one attribute.

    Attributes:
        attribute: The attribute's name.
        validator: Keycloak's id of the validator.
        check: Judges a value.
    """

    attribute: str
    validator: str
    check: Check


@dataclass(frozen=True)
class UserProfile:
    """What an administrator's write of a user is held to.

    Attributes:
        required: Attributes that must have a value.
        rules: What values must pass, as far as it can be told here.
        unjudged: What only the server can judge: `attribute: validator`.
    """

    required: frozenset[str] = frozenset()
    rules: tuple[Rule, ...] = ()
    unjudged: tuple[str, ...] = ()

    def reasons(self, person: Person) -> list[str]:
        """Why the write of a user will be refused; empty where nothing is foreseen."""
        said = []
        if missing := sorted(self.required - set(person.attributes)):
            said.append(f"the user profile requires {', '.join(missing)}, and there is no value")
        for rule in self.rules:
            values = person.attributes.get(rule.attribute, ())
            if any(rule.check(value) is False for value in values if value):
                said.append(f"{rule.attribute} does not pass the user profile's validator {rule.validator}")
        return said


NOTHING_REQUIRED = UserProfile()


def read(profile: Mapping[str, Any]) -> UserProfile:
    """What a realm's UPConfig holds an administrator's write to."""
    rules: list[Rule] = []
    unjudged: list[str] = []
    for attribute in profile.get("attributes", ()):
        if not _written_by_an_administrator(attribute):
            continue
        for validator, config in (attribute.get("validations") or {}).items():
            if check := _check(validator, config or {}):
                rules.append(Rule(attribute["name"], validator, check))
            elif attribute["name"] != _NEVER_WRITTEN:
                unjudged.append(f"{attribute['name']}: {validator}")
    return UserProfile(required_attributes(profile), tuple(rules), tuple(unjudged))


def required_attributes(profile: Mapping[str, Any]) -> frozenset[str]:
    """Attributes that Keycloak wants whenever an administrator writes a user.

    Args:
        profile: The realm's UPConfig. An attribute without a `required` is optional; one that is required
            for other roles only, or for some client scopes only, does not concern an administrator. Nor does one
            that an administrator may not edit, or that has a default value.
    """
    return frozenset(
        attribute["name"]
        for attribute in profile.get("attributes", ())
        if (rule := attribute.get("required")) is not None
        and not rule.get("scopes")
        and (not rule.get("roles") or "admin" in rule["roles"])
        and not attribute.get("defaultValue")
        and _edited_by_an_administrator(attribute)
    )


def unjudged_warning(unjudged: Iterable[str]) -> list[CodedWarning]:
    """What to say of validators that only the server can judge."""
    named = ", ".join(unjudged)
    said = f"Users whose stored profile fails these validators are only found when they are written: {named}."
    return [WarningCode.PROFILE_NOT_JUDGED.says(said)] if named else []


def _edited_by_an_administrator(attribute: Mapping[str, Any]) -> bool:
    permissions = attribute.get("permissions")
    return not permissions or "admin" in permissions.get("edit", ())


def _written_by_an_administrator(attribute: Mapping[str, Any]) -> bool:
    # A value that an administrator cannot change may be wrong.
    return attribute["name"] != _NEVER_WRITTEN and _edited_by_an_administrator(attribute)


def _check(validator: str, config: Mapping[str, Any]) -> Check | None:
    try:
        match validator:
            case "length":
                return _length(config)
            case "pattern":
                return _pattern(config["pattern"])
            case "email":
                return partial(_email, longest=config.get("max-local-length"))
            case "person-name-prohibited-characters":
                return _person_name
            case _:
                return None
    except (KeyError, TypeError, ValueError, re.error):
        return None


_BLANKS = "".join(map(chr, range(0x21)))
"""What Java's `String.trim` takes away."""


def _length(config: Mapping[str, Any]) -> Check:
    shortest = int(config["min"]) if config.get("min") not in {None, ""} else 0
    longest = int(config["max"]) if config.get("max") not in {None, ""} else None
    trimmed = str(config.get("trim-disabled")).lower() != "true"

    def check(value: str) -> bool:
        text = value.strip(_BLANKS) if trimmed else value
        # Java counts UTF-16 code units.
        units = len(text.encode("utf-16-le", "surrogatepass")) // 2
        return units >= shortest and (longest is None or units <= longest)

    return check


_READ_OTHERWISE = re.compile(r"&&|\[\[|\\[ZzGQ]|\(\?[^:=!<i]|\[[^\]]*\[")
"""What Java and Python do not read alike, where both read it at all."""


def _pattern(expression: str) -> Check | None:
    if _READ_OTHERWISE.search(expression):
        return None
    # In Java \d, \w, \s and (?i) are ASCII's.
    compiled = re.compile(expression, re.ASCII)
    return lambda value: compiled.fullmatch(value) is not None


_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~\u0080-\uFFFF-]+"
_QUOTED = r"\"(?:[a-z0-9!#$%&'*.(),<>\[\]:;  @+/=?^_`{|}~\u0080-\uFFFF-]|\\\\|\\\")+\""
_LOCAL = re.compile(rf"(?:{_ATOM}|{_QUOTED})(?:\.(?:{_ATOM}|{_QUOTED}))*", re.IGNORECASE)
_LABEL_CHARACTER = r"[a-z\u0080-\uFFFF0-9!#$%&'*+/=?^`{|}~]"
_LABEL = re.compile(rf"{_LABEL_CHARACTER}(?:(?:{_LABEL_CHARACTER}|-)*{_LABEL_CHARACTER})?", re.IGNORECASE)
_USUAL_LONGEST_LOCAL_PART = 64
_LONGEST_DOMAIN, _LONGEST_LABEL = 255, 63


def _email(value: str, longest: Any) -> bool | None:
    local, _, domain = value.rpartition("@")
    if not _LOCAL.fullmatch(local):
        return False
    if len(local) > int(longest or _USUAL_LONGEST_LOCAL_PART):
        # Without a length in the profile a setting of the server's counts, which nobody can see.
        return False if longest else None
    if domain.startswith("["):
        return None
    labels = domain.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        return False
    if not domain.isascii():
        return True
    return len(domain) <= _LONGEST_DOMAIN and all(len(label) <= _LONGEST_LABEL for label in labels)


_PROHIBITED_IN_NAMES = re.compile(r"[<>&\"\n\x0b\x0c\r\x85\u2028\u2029$%!#?§;*~/\\|^=\[\]{}()\x00-\x1f\x7f]")


def _person_name(value: str) -> bool:
    return not _PROHIBITED_IN_NAMES.search(value)
