"""What Amazon's plug-in of this name does, as far as it is used: `check-release-update`, and its warning of a newer release.

The list of releases lies beside the repositories of the releases. As Amazon's does, it says nothing when it cannot be
read, warns on the standard error, and ends with a code other than 0 when there is a newer release.
"""

import sys
import xml.etree.ElementTree as xml

import dnf
import dnf.cli

LIST = "http://depot.internal/rpm/releasemd.xml"


def newer_releases(base):
    installed = [package.version for package in base.sack.query().installed().filter(name="system-release")]
    with base.urlopen(LIST) as answer:
        versions = [release.get("version") for release in xml.parse(answer).iter("release")]
    number = lambda version: [int(part) for part in version.split(".")]
    return [version for version in versions if installed and number(version) > number(installed[0])]


def told(base):
    try:
        versions = newer_releases(base)
    except (OSError, dnf.exceptions.Error):
        return ""
    lines = ["", "  Available Versions:", ""]
    for version in versions:
        lines += [f"  Version {version}:", f"    Run the following command to upgrade to {version}:", ""]
        lines += [f"      dnf upgrade --releasever={version}", ""]
    return 'WARNING:\n  A newer release of "Amazon Linux" is available.\n' + "\n".join(lines) if versions else ""


@dnf.plugin.register_command
class CheckReleaseUpdate(dnf.cli.Command):
    aliases = ["check-release-update"]
    summary = "says which newer releases there are"

    def configure(self):
        self.cli.demands.sack_activation = True
        self.cli.demands.load_system_repo = True

    def run(self):
        text = told(self.base)
        print(text, end="")
        if text:
            self.cli.demands.success_exit_status = 100


class ReleaseNotification(dnf.Plugin):
    name = "release-notification"

    def __init__(self, base, cli):
        super().__init__(base, cli)
        self.base, self.cli = base, cli

    def sack(self):
        if self.cli and isinstance(self.cli.command, CheckReleaseUpdate):
            return
        print(told(self.base), end="", file=sys.stderr)
