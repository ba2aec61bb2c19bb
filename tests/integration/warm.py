"""Imports all that the command imports while it runs, so that whatever is forked from here has it."""

import importlib
import pkgutil

import keycloak_2fa
import keycloak_2fa_cli

for package in (keycloak_2fa, keycloak_2fa_cli):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
