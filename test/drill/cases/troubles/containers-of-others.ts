import type { DrillCase, Scene } from '../../support/drill-case.ts';

const PROJECT = 'docker_exp';
const IMAGE = 'confluentinc/cp-kafka:7.9.2';
const label = (project: string) =>
  `--label com.docker.compose.project=${project} --label com.docker.compose.service=web`;
const sleeper = (name: string, options: string) =>
  `docker run -d --name ${name} ${options} --entrypoint sleep ${IMAGE} 3600`;
const without = (name: string) => ({
  mend: ({ root }: Scene) => root(`docker rm -f ${name}`),
});

/** A compose file of somebody else with the project's name. @param more for its service, one line each */
const sidecar = (more = '') => `mkdir -p /opt/other && cat >/opt/other/compose.yml <<'FILE'
services:
  sidecar:
    image: ${IMAGE}
    entrypoint: [sleep, "3600"]
    ${more}
FILE
/usr/local/bin/docker-compose --project-name ${PROJECT} --file /opt/other/compose.yml up --detach 2>&1`;

const IDS = `docker ps -q --no-trunc --filter label=com.docker.compose.project=${PROJECT} | sort`;

/** That nothing was stopped or removed: the containers are the same ones, and have run since before. */
const untouched = async ({ root }: Scene) => {
  const [before, after] = [await root('cat /run/drill-containers'), await root(started)];
  if (before !== after) throw new Error(`containers before: ${before}; after: ${after}`);
};
const started = `${IDS} | xargs docker inspect -f '{{.Name}} {{.State.StartedAt}}'`;
const noted = `${started} >/run/drill-containers`;

const down = ({ action }: Scene) => action({ mode: 'down' });
const downWithVolumes = ({ action }: Scene) => action({ mode: 'down', volumes: 'true' });

export const CONTAINERS_OF_OTHERS: readonly DrillCase[] = [
  {
    name: 'port-of-other-project',
    situation: "A container of another Docker Compose project publishes a broker's port.",
    right: 'port-in-use with container and project, not docker-proxy and a process',
    make: ({ root }) =>
      root(
        `docker rm -f ${PROJECT}-kafka-broker-1-1; ${sleeper('shop-web-1', `${label('shop')} -p 127.0.0.1:19092:80`)}`,
      ),
    ...without('shop-web-1'),
    ends: {
      result: 'failed',
      code: 'port-in-use',
      says: [
        /port 19092 .*container shop-web-1 of the Docker Compose project shop/,
        /sudo docker stop shop-web-1/,
      ],
      neverSays: [/docker-proxy/],
    },
  },
  {
    name: 'port-of-process',
    situation: "A service of the machine listens at a broker's port.",
    right: 'port-in-use with process and unit, and the command that stops it',
    make: ({ root }) =>
      root(`docker rm -f ${PROJECT}-kafka-broker-1-1
        systemd-run --unit=drill-holder python3 -m http.server 19092 --bind 127.0.0.1; sleep 1`),
    mend: ({ root }) => root('systemctl stop drill-holder'),
    ends: {
      result: 'failed',
      code: 'port-in-use',
      says: [
        /port 19092 .*python3?.*, process \d+ of drill-holder\.service/,
        /sudo systemctl stop drill-holder\.service/,
      ],
    },
  },
  {
    name: 'down-volume-in-use',
    situation:
      "A container of somebody else has a broker's volume mounted, and the cluster is to go with its data.",
    right: 'still-in-use with that container; nothing is removed, not even half',
    make: ({ root }) =>
      root(
        `${sleeper('backup', `-v ${PROJECT}_kafka-broker-1-data:/data:ro`)}; docker stop -t 0 backup; ${noted}`,
      ),
    run: downWithVolumes,
    ...without('backup'),
    withinS: 30,
    ends: {
      result: 'failed',
      code: 'still-in-use',
      says: [/volume docker_exp_kafka-broker-1-data is used by container backup/],
    },
    also: untouched,
  },
  {
    name: 'down-network-in-use',
    situation:
      "A container of another project runs in the cluster's network, and the cluster is to be taken down.",
    right: 'still-in-use with container and project; nothing is removed, not even half',
    make: ({ root }) =>
      root(`${sleeper('shop-web-2', `${label('shop')} --network ${PROJECT}_default`)}; ${noted}`),
    run: down,
    ...without('shop-web-2'),
    withinS: 30,
    ends: {
      result: 'failed',
      code: 'still-in-use',
      says: [/network docker_exp_default is used by container shop-web-2 of the Docker Compose project shop/],
    },
    also: untouched,
  },
  {
    name: 'foreign-service-in-project',
    situation: 'Another compose file with the same project name has brought up a service of its own.',
    right: 'passes with a warning; neither the cluster is restarted nor that container removed',
    make: ({ root }) => root(`${sidecar()}; ${noted}`),
    withinS: 40,
    ends: {
      result: 'passed',
      says: [/::warning.*container docker_exp-sidecar-1 .*\/opt\/other\/compose\.yml/],
    },
    also: untouched,
    ...without(`${PROJECT}-sidecar-1`),
  },
  {
    name: 'foreign-service-while-replaced',
    situation: 'The same, and the cluster itself has to be replaced.',
    right: 'passes with a warning; that container is left alone',
    make: ({ root }) =>
      root(`${sidecar()}; docker ps -q --filter name=sidecar >/run/drill-sidecar
        docker rm -f ${PROJECT}-kafka-broker-1-1
        docker run -d --name ${PROJECT}-kafka-broker-1-1 ${label(PROJECT)} --label com.docker.compose.service=kafka-broker-1 --label com.docker.compose.config-hash=old --label com.docker.compose.oneoff=False --label com.docker.compose.container-number=1 --network ${PROJECT}_default --entrypoint sleep ${IMAGE} 3600`),
    withinS: 120,
    ends: { result: 'passed', says: [/::warning.*container docker_exp-sidecar-1/] },
    also: async ({ root }) => {
      const [before, after] = [
        await root('cat /run/drill-sidecar'),
        await root('docker ps -q --filter name=sidecar'),
      ];
      if (before !== after) throw new Error(`sidecar was "${before}", is "${after}"`);
    },
    ...without(`${PROJECT}-sidecar-1`),
  },
  {
    name: 'foreign-orphan-down',
    situation: 'The same service runs when the cluster is to be taken down.',
    right: 'still-in-use, which names its compose file; nothing is removed',
    make: ({ root }) => root(`${sidecar()}; ${noted}`),
    run: down,
    withinS: 30,
    ends: {
      result: 'failed',
      code: 'still-in-use',
      says: [/container docker_exp-sidecar-1.*\/opt\/other\/compose\.yml/],
    },
    also: untouched,
    ...without(`${PROJECT}-sidecar-1`),
  },
  {
    name: 'foreign-apart-down',
    situation:
      "A service of another compose file with the same project name, outside of the cluster's network, runs at down.",
    right: 'passes with a warning; that container runs on',
    make: ({ root }) => root(sidecar('network_mode: none')),
    run: down,
    withinS: 60,
    ends: { result: 'passed', says: [/::warning.*container docker_exp-sidecar-1/] },
    also: ({ root }) => root('docker ps --format "{{.Names}}" | grep -x docker_exp-sidecar-1'),
    ...without(`${PROJECT}-sidecar-1`),
  },
];
