import type { DrillCase, DrillGroup, Scene } from '../support/drill-case.ts';
import { CONNECTION_CASES } from './waiting-connection.ts';

const PROJECT = 'docker_exp';
const container = (service: string) => `${PROJECT}-${service}-1`;
const BROKER = container('kafka-broker-2');
const ADDRESS = `"$(docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' ${BROKER})"`;
const ZOOKEEPER = container('zookeeper');
const REGISTRY = container('schema-registry');
const COMPOSE = `cd /home/ec2-user/${PROJECT} && docker-compose`;
/** Where a volume lies on the machine. */
const volume = (name: string) => `/var/lib/docker/volumes/${PROJECT}_${name}/_data`;

const smokeTest = (scene: Scene) => scene.action({ mode: 'smoke-test' });
const root =
  (script: string) =>
  ({ root }: Scene) =>
    root(script);
/** What was said before containers were looked at. */
const VAGUE = [/not so within/, /Broker not connected/, /port-in-use/];

const paused: readonly DrillCase[] = [
  {
    name: 'paused-broker-deploy',
    situation: 'A broker is paused, then a deployment runs.',
    right: 'It is unpaused, and the run passes.',
    make: root(`docker pause ${BROKER}`),
    ends: { result: 'passed', says: [new RegExp(`docker unpause ${BROKER}`)], neverSays: VAGUE },
    mend: root(`docker unpause ${BROKER} || true`),
  },
  {
    name: 'paused-broker-smoke-test',
    situation: 'A broker is paused, then mode smoke-test runs, which changes nothing.',
    right: 'broker-down names the paused container and the command that helps.',
    quick: true,
    make: root(`docker pause ${BROKER}`),
    run: smokeTest,
    withinS: 30,
    ends: {
      result: 'failed',
      code: 'broker-down',
      says: [/kafka-broker-2 is paused/, new RegExp(`sudo docker unpause ${BROKER}`)],
      neverSays: VAGUE,
    },
    mend: root(`docker unpause ${BROKER}`),
  },
  {
    name: 'paused-zookeeper',
    situation: 'ZooKeeper is paused, then mode smoke-test runs.',
    right: 'container-failed names the paused container and the command that helps.',
    make: root(`docker pause ${ZOOKEEPER}`),
    run: smokeTest,
    withinS: 30,
    ends: {
      result: 'failed',
      code: 'container-failed',
      says: [/zookeeper is paused/, new RegExp(`sudo docker unpause ${ZOOKEEPER}`)],
      neverSays: VAGUE,
    },
    mend: root(`docker unpause ${ZOOKEEPER}`),
  },
  {
    name: 'halted-broker',
    situation: 'The process of a broker is stopped by SIGSTOP, then mode smoke-test runs.',
    right: 'broker-down names the container, the signal and the command that helps.',
    make: root(`docker kill --signal STOP ${BROKER}`),
    run: smokeTest,
    withinS: 30,
    ends: {
      result: 'failed',
      code: 'broker-down',
      says: [/kafka-broker-2 hangs: a signal \(SIGSTOP\)/, new RegExp(`docker kill --signal CONT ${BROKER}`)],
      neverSays: VAGUE,
    },
    mend: root(`docker kill --signal CONT ${BROKER}`),
  },
  {
    name: 'silent-broker',
    situation: 'A broker runs and is healthy for Docker, but answers no client, then mode smoke-test runs.',
    right:
      'broker-down or kafka-not-ready names the broker, and the command that starts it anew, with all of it filled in.',
    make: root(`iptables -I OUTPUT -p tcp -d ${ADDRESS} -j DROP`),
    run: scene => scene.action({ mode: 'smoke-test', 'smoke-timeout': '30' }),
    withinS: 90,
    ends: {
      result: 'failed',
      code: 'kafka-not-ready',
      says: [
        /kafka-broker-2 runs and does not answer, and a second run leaves a container that runs as it is/,
        /cd \/home\/ec2-user\/docker_exp && sudo \/usr\/local\/bin\/docker-compose --project-name docker_exp restart kafka-broker-2/,
      ],
    },
    mend: root(`iptables -D OUTPUT -p tcp -d ${ADDRESS} -j DROP`),
  },
];

const ended: readonly DrillCase[] = [
  {
    name: 'killed-zookeeper',
    situation: 'ZooKeeper is killed and stays down, then mode smoke-test runs.',
    right: 'container-failed names it with its exit code.',
    make: root(`docker kill ${ZOOKEEPER}`),
    run: smokeTest,
    withinS: 30,
    ends: {
      result: 'failed',
      code: 'container-failed',
      says: [/zookeeper has stopped: exit code 137 \(killed by SIGKILL\)/, /sudo docker start /],
      neverSays: VAGUE,
    },
  },
  {
    name: 'killed-broker-no-restart',
    situation: 'A broker without a restart policy is killed, then mode smoke-test runs.',
    right: 'container-failed names it with its exit code.',
    make: root(`docker update --restart no ${BROKER} && docker kill ${BROKER}`),
    run: smokeTest,
    withinS: 30,
    ends: {
      result: 'failed',
      code: 'container-failed',
      says: [/kafka-broker-2 has stopped: exit code 137/, new RegExp(`sudo docker start ${BROKER}`)],
      neverSays: VAGUE,
    },
    mend: root(`docker update --restart unless-stopped ${BROKER}`),
  },
  {
    name: 'memory-limit-kills-broker',
    situation: 'A broker may use less memory than its heap, so that the kernel kills it again and again.',
    right: 'container-failed says who killed it and what the limit is.',
    make: root(
      `docker stop -t 5 ${BROKER} && docker update --memory 150m --memory-swap 150m ${BROKER} && docker start ${BROKER}`,
    ),
    withinS: 60,
    ends: {
      result: 'failed',
      code: 'container-failed',
      says: [/kafka-broker-2 .*killed by the kernel, it used up its limit of 150 MiB/, /memory limit/],
      neverSays: VAGUE,
    },
    mend: root(`docker rm -f ${BROKER}`),
  },
  {
    name: 'unhealthy-registry',
    situation:
      "Nobody reaches the registry's port any more, not even its health check; then mode smoke-test runs.",
    right: 'container-failed says that it is unhealthy.',
    make: root(
      `nsenter -t $(docker inspect -f '{{.State.Pid}}' ${REGISTRY}) -n iptables -I INPUT -p tcp --dport 8081 -j REJECT --reject-with tcp-reset
      for i in $(seq 90); do docker ps | grep -q unhealthy && exit; sleep 1; done; exit 1`,
    ),
    run: smokeTest,
    withinS: 30,
    ends: {
      result: 'failed',
      code: 'container-failed',
      says: [/schema-registry is unhealthy/],
      neverSays: VAGUE,
    },
    mend: root(`docker restart ${REGISTRY}`),
  },
];

const data: readonly DrillCase[] = [
  {
    name: 'broker-volume-lost',
    situation: "A broker's container and volume are gone.",
    right: 'It gets new ones, copies what the others have, and the run passes.',
    make: root(`docker rm -f ${BROKER} && docker volume rm ${PROJECT}_kafka-broker-2-data`),
    withinS: 90,
    ends: { result: 'passed' },
  },
  {
    name: 'zookeeper-volume-lost',
    situation: "ZooKeeper's container and volumes are gone, an hour after the brokers' were made.",
    right: 'container-failed says what was lost and what was kept.',
    make: root(
      `${COMPOSE} stop -t 5 && docker rm -f ${ZOOKEEPER} && docker volume rm ${PROJECT}_zookeeper-data ${PROJECT}_zookeeper-log`,
    ),
    withinS: 60,
    ends: {
      result: 'failed',
      code: 'container-failed',
      says: [
        /the data of cluster \S+, but the cluster is \S+: zookeeper began anew/,
        /Kept: docker_exp_kafka-broker-\d-data, with the messages/,
      ],
      neverSays: VAGUE,
    },
    mend: root(`${COMPOSE} down --volumes`),
  },
  {
    name: 'broker-volume-of-another-cluster',
    situation: 'The volume of a broker was used in another cluster.',
    right: 'container-failed says so, and how to give the broker a new one.',
    make: root(
      `docker stop -t 5 ${BROKER} && sed -i 's/^cluster.id=.*/cluster.id=aaaaaaaaaaaaaaaaaaaaaa/' ${volume('kafka-broker-2-data')}/meta.properties`,
    ),
    withinS: 60,
    ends: {
      result: 'failed',
      code: 'container-failed',
      says: [/kafka-broker-2 .*holds the data of cluster aaaaaaaaaaaaaaaaaaaaaa, .*used by another one/],
      neverSays: VAGUE,
    },
    // As the hint says.
    mend: root(`docker rm -f ${BROKER} && docker volume rm ${PROJECT}_kafka-broker-2-data`),
  },
  {
    name: 'broker-restarts-in-a-loop',
    situation: 'A broker ends at each start, since its volume is of a broker with another number.',
    right: 'container-failed says how often, and with what last words.',
    make: root(
      `docker stop -t 5 ${BROKER} && sed -i 's/^broker.id=.*/broker.id=9/' ${volume('kafka-broker-2-data')}/meta.properties`,
    ),
    withinS: 60,
    ends: {
      result: 'failed',
      code: 'container-failed',
      says: [/kafka-broker-2 .*: .*Stored node id 9 doesn't match previous node id 2/],
      neverSays: VAGUE,
    },
    mend: root(
      `sed -i 's/^broker.id=.*/broker.id=2/' ${volume('kafka-broker-2-data')}/meta.properties; docker restart ${BROKER}`,
    ),
  },
];

/** What is waited for and cannot come any more: a container that is not as it should be. */
export const WAITING: DrillGroup = {
  name: 'waiting',
  machine: 'deployed',
  cases: [...paused, ...ended, ...data, ...CONNECTION_CASES],
};
