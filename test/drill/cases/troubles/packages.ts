import type { DrillCase, Scene } from '../../support/drill-case.ts';

const THIRD = `printf '[third]\\nname=Third\\nbaseurl=http://depot.internal/third/\\nenabled=1\\ngpgcheck=0\\n' >/etc/yum.repos.d/third.repo`;
const OWN = '/etc/yum.repos.d/amazonlinux.repo';

/** Docker's package is not there, and its data stays. */
const WITHOUT_DOCKER =
  'if rpm -q docker >/dev/null; then systemctl stop docker.socket docker; rpm -e --nodeps docker; fi; yum clean all >/dev/null';

/** @returns a case on a machine where Docker is still to be installed */
const bare = (script: string, mend: string, rest: Omit<DrillCase, 'make' | 'mend'>): DrillCase => ({
  make: ({ root }: Scene) => root(`${WITHOUT_DOCKER}; ${script}`),
  mend: ({ root }: Scene) => root(mend),
  ...rest,
});

export const PACKAGES: readonly DrillCase[] = [
  bare(THIRD, 'rm -f /etc/yum.repos.d/third.repo', {
    name: 'broken-third-repository',
    situation: 'A repository that is none of Amazon Linux is not there any more (404).',
    right: 'package-manager-failed with its name, its file and a command that lets yum go on without it',
    withinS: 30,
    ends: {
      result: 'failed',
      code: 'package-manager-failed',
      says: [
        /repository "third" cannot be read: Status code: 404/,
        /sed -i '\/\^\\\[third\\\]\/a skip_if_unavailable=1' \/etc\/yum\.repos\.d\/third\.repo/,
      ],
      neverSays: [/NAT, proxy, endpoint policy/],
    },
  }),
  bare(`sed -i.drill 's,//[^/]*/,//no-such-host.internal/,' ${OWN}`, `mv -f ${OWN}.drill ${OWN}`, {
    name: 'repository-down',
    situation: "The name of Amazon's repository does not resolve.",
    right: 'package-manager-failed with the repository and the reason',
    withinS: 60,
    ends: {
      result: 'failed',
      code: 'package-manager-failed',
      says: [/repository "amazonlinux" cannot be read: Curl error \(6\)/, /sudo yum makecache/],
    },
  }),
  bare('iptables -I OUTPUT -p tcp --dport 80 -j DROP', 'iptables -D OUTPUT -p tcp --dport 80 -j DROP', {
    name: 'repository-silent',
    situation: "Amazon's repository does not answer at all.",
    right: 'package-manager-failed with the repository and the reason, within a minute',
    withinS: 75,
    ends: {
      result: 'failed',
      code: 'package-manager-failed',
      says: [/repository "amazonlinux" cannot be read: Curl error \(28\)/],
    },
  }),
  bare(`echo 'excludepkgs=docker' >>${OWN}; yum clean all >/dev/null`, `sed -i /excludepkgs/d ${OWN}`, {
    name: 'package-missing',
    situation: "The machine's repositories have no package docker.",
    right: 'package-manager-failed with the name of the package',
    withinS: 30,
    ends: {
      result: 'failed',
      code: 'package-manager-failed',
      says: [/no repository of the machine has a package docker/, /sudo yum repolist/],
    },
  }),
  bare(
    `cat >/run/hold.py <<'FILE'
import fcntl, time
lock = open("/var/lib/rpm/.rpm.lock", "r+")
fcntl.lockf(lock, fcntl.LOCK_EX)
time.sleep(25)
FILE
systemd-run --unit=drill-lock python3 /run/hold.py; sleep 1`,
    'systemctl stop drill-lock 2>/dev/null || true',
    {
      name: 'rpm-lock',
      situation: "Another process holds rpm's lock for 25 seconds.",
      right: 'passes: it waits, and names the process',
      withinS: 120,
      ends: {
        result: 'passed',
        says: [/process \d+ \(\S*python3 \/run\/hold\.py\) holds the lock.*trying again/],
      },
    },
  ),
  bare(
    `systemd-run --unit=drill-lock sleep 20; systemctl show -p MainPID --value drill-lock >/var/cache/dnf/metadata_lock.pid`,
    'systemctl stop drill-lock 2>/dev/null || true; rm -f /var/cache/dnf/metadata_lock.pid',
    {
      name: 'yum-lock',
      situation: 'Another yum is at work for 20 seconds.',
      right: 'passes: it waits, and names the process',
      withinS: 120,
      ends: { result: 'passed', says: [/process \d+ \(.*sleep 20\) holds the lock.*trying again/] },
    },
  ),
  bare(
    `mv /usr/bin/docker /usr/bin/docker.drill 2>/dev/null; printf '#!/bin/sh\\necho "Emulate Docker CLI using podman. Create /etc/containers/nodocker to quiet msg." >&2\\necho "podman version 4.9.4"\\n' >/usr/bin/docker; chmod 755 /usr/bin/docker`,
    'rm -f /usr/bin/docker; mv /usr/bin/docker.drill /usr/bin/docker 2>/dev/null || true',
    {
      name: 'podman-docker',
      situation: "The command docker is Podman's.",
      right: 'docker-foreign, which says so, and how to remove it',
      withinS: 30,
      ends: {
        result: 'failed',
        code: 'docker-foreign',
        says: [/docker is Podman's/, /sudo rm \/usr\/bin\/docker/],
      },
    },
  ),
  {
    name: 'docker-ce',
    situation: "The Docker Engine is there from another package than Amazon's.",
    right: 'passes with what is there; nothing is installed over it',
    make: ({ root }) => root('rpm -q docker && rpm -e --justdb --nodeps docker'),
    mend: ({ root }) => root('systemctl stop docker.socket docker; yum install -y docker >/dev/null'),
    ends: { result: 'passed', says: [/in place of Amazon's package docker/] },
    also: async ({ root }) => {
      const found = await root('rpm -q docker || true');
      if (!found.includes('not installed')) throw new Error(`it was installed: ${found}`);
    },
  },
];
