import type { DrillCase, Scene } from '../../support/drill-case.ts';

const restart = ({ root }: Scene) =>
  root(
    'systemctl unmask docker.service docker.socket; rm -f /etc/docker/daemon.json; systemctl reset-failed docker; systemctl restart docker.socket docker.service',
  );

const NO_TIMEOUT = [/command-timeout/, /Raise command-timeout/];

/** @returns a case whose situation a restart of the engine takes away */
const engine = (script: string, rest: Omit<DrillCase, 'make' | 'mend'>): DrillCase => ({
  make: ({ root }) => root(script),
  mend: restart,
  ...rest,
});

export const ENGINE: readonly DrillCase[] = [
  engine('kill -STOP $(pidof dockerd)', {
    name: 'engine-hung',
    situation: 'dockerd has been stopped by a signal: it takes connections and never answers.',
    right: 'docker-not-running within half a minute, with the state of its process',
    withinS: 35,
    ends: {
      result: 'failed',
      code: 'docker-not-running',
      says: [/does not answer/, /T \(stopped\)/, /sudo systemctl restart docker/],
      neverSays: NO_TIMEOUT,
    },
  }),
  {
    name: 'engine-hung-down',
    situation: 'dockerd hangs, and the cluster is to be taken down.',
    right: 'docker-not-running within half a minute',
    make: ({ root }) => root('kill -STOP $(pidof dockerd)'),
    run: ({ action }) => action({ mode: 'down' }),
    mend: restart,
    withinS: 35,
    ends: { result: 'failed', code: 'docker-not-running', says: [/does not answer/], neverSays: NO_TIMEOUT },
  },
  {
    make: ({ root }) => root('kill -STOP $(pidof containerd)'),
    mend: ({ root }) => root('systemctl restart containerd'),
    name: 'engine-hung-containerd',
    situation: 'containerd, which the engine works with, has been stopped by a signal.',
    right: 'docker-not-running within half a minute, with the state of containerd',
    withinS: 60,
    ends: {
      result: 'failed',
      code: 'docker-not-running',
      says: [
        /containerd\.service is active, its process \d+ is in state T/,
        /systemctl restart containerd\./,
      ],
      neverSays: NO_TIMEOUT,
    },
  },
  engine('echo \'{ "log-level": 7 \' >/etc/docker/daemon.json; systemctl stop docker.socket docker', {
    name: 'engine-broken-config',
    situation: '/etc/docker/daemon.json cannot be read, so that dockerd does not start.',
    right: "docker-not-running with the engine's own reason, and the file",
    ends: {
      result: 'failed',
      code: 'docker-not-running',
      says: [/what to do: .*daemon\.json/, /docker-not-running: .*(configur|daemon\.json)/],
    },
  }),
  engine('systemctl stop docker.socket docker; systemctl mask docker.service', {
    name: 'engine-masked',
    situation: 'docker.service is masked.',
    right: 'docker-not-running, which says so, with the command that unmasks it',
    ends: { result: 'failed', code: 'docker-not-running', says: [/is masked/, /systemctl unmask/] },
  }),
  engine('rm -f /run/docker.sock', {
    name: 'engine-socket-missing',
    situation: "The engine's socket has been removed under it.",
    right: 'docker-not-running, which tells it from an engine that does not run',
    ends: {
      result: 'failed',
      code: 'docker-not-running',
      says: [/is active, but/, /restart docker\.socket/],
    },
  }),
  {
    name: 'address-pool-empty',
    situation:
      "All of Docker's ranges of addresses are taken by other networks, and the cluster's network is to be made.",
    right: "stack-failed with the engine's words and docker network prune",
    make: ({ root }) =>
      root(`docker ps -aq --filter label=com.docker.compose.project=docker_exp | xargs docker rm -f >/dev/null
        docker network rm docker_exp_default >/dev/null
        for i in $(seq 40); do docker network create drill-$i >/dev/null 2>&1 || break; done`),
    mend: ({ root }) =>
      root('docker network ls --format "{{.Name}}" | grep ^drill- | xargs docker network rm'),
    ends: {
      result: 'failed',
      code: 'stack-failed',
      says: [/no range of addresses left.*address pool/, /docker network prune/],
      neverSays: [/exit code 1$/m],
    },
  },
  {
    name: 'chains-flushed',
    situation:
      "Somebody has flushed the machine's firewall with all of Docker's chains, and a container is to be started.",
    right: "stack-failed with the engine's words and systemctl restart docker",
    make: ({ root }) =>
      root(
        'docker rm -f docker_exp-kafka-broker-3-1; iptables -t nat -F; iptables -t nat -X; iptables -F; iptables -X',
      ),
    mend: ({ root }) => root('systemctl restart docker'),
    ends: {
      result: 'failed',
      code: 'stack-failed',
      says: [/firewall.*No chain/, /sudo systemctl restart docker/],
    },
  },
];
