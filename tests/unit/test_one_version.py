"""The Python package and the extension's jar carry one version."""

import xml.etree.ElementTree as ET
from pathlib import Path

from keycloak_2fa import __version__

POM = Path(__file__).parents[2] / "extension" / "pom.xml"
MAVEN = {"m": "http://maven.apache.org/POM/4.0.0"}


def test_the_extension_has_the_version_of_the_package() -> None:
    project = ET.parse(POM).getroot()
    assert project.findtext("m:version", namespaces=MAVEN) == __version__
