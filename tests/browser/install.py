"""Sees to it that there is a browser for the end user's tests. Does nothing where there is one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def installed() -> str | None:
    """The path of a browser: of KC2FA_CHROMIUM, on the PATH, or one that Playwright fetched."""
    if chosen := os.environ.get("KC2FA_CHROMIUM"):
        return chosen
    if found := next((path for name in NAMES if (path := shutil.which(name))), None):
        return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def main() -> None:
    if installed():
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        wait = ["-o", "DPkg::Lock::Timeout=300"]
        subprocess.run(["apt-get", *wait, "update", "-qq"], check=True)
        subprocess.run(["apt-get", *wait, "install", "-y", "-qq", "--no-install-recommends", "chromium"], check=True)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)
    if not installed():
        sys.exit("No Chromium: install one, or name it by KC2FA_CHROMIUM.")


if __name__ == "__main__":
    main()
