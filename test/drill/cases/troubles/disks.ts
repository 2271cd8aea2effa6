import type { DrillCase, Scene } from '../../support/drill-case.ts';

const DIRECTORY = '/home/ec2-user/docker_exp';
const VOLUME = '/var/lib/docker/volumes/docker_exp_kafka-broker-2-data/_data';
const BROKER = 'docker_exp-kafka-broker-2-1';

/** A small file system over a place: it hides what is there until it is taken away. */
const small = (place: string, options: string) =>
  `mkdir -p ${place} && mount -t tmpfs -o ${options} tmpfs ${place}`;

const fill = (place: string) => `dd if=/dev/zero of=${place}/filler bs=1k 2>/dev/null || true`;

/** @returns a case of a file system that is mounted over a place for as long as it lasts */
function mounted(
  place: string,
  make: string,
  rest: Omit<DrillCase, 'make' | 'mend'>,
  mendToo = ':',
): DrillCase {
  return {
    make: ({ root }: Scene) => root(make),
    mend: ({ root }: Scene) => root(`umount -l ${place}; ${mendToo}`),
    ...rest,
  };
}

const BIN = '/usr/local/bin';
const TMP_OF_DOCKER = '/var/lib/docker/tmp';
const STATE = '/home/ec2-user/.kafka-al2023';
// What they were taken for.
const ELSEWHERE = [/compose-checksum-mismatch/, /Check that the machine reaches/, /command-failed:/];

export const DISKS: readonly DrillCase[] = [
  mounted(BIN, small(BIN, 'size=64k'), {
    name: 'disk-full-usr-local-bin',
    situation:
      'The file system of /usr/local/bin has room for 64 KiB, and Docker Compose is to be installed.',
    right: 'disk-full, which names the place',
    quick: true,
    withinS: 30,
    ends: {
      result: 'failed',
      code: 'disk-full',
      says: [/no space is left for \/usr\/local\/bin/],
      neverSays: ELSEWHERE,
    },
  }),
  mounted(BIN, small(BIN, 'nr_inodes=1'), {
    name: 'inodes-used-up',
    situation: 'The file system of /usr/local/bin has no inode left.',
    right: 'disk-full, which names the place and the inodes',
    withinS: 30,
    ends: {
      result: 'failed',
      code: 'disk-full',
      says: [/\/usr\/local\/bin.*inodes are free/],
      neverSays: ELSEWHERE,
    },
  }),
  mounted(BIN, `rm -f ${BIN}/docker-compose; mount --bind ${BIN} ${BIN} && mount -o remount,ro,bind ${BIN}`, {
    name: 'read-only',
    situation: 'The file system of /usr/local/bin is read-only.',
    right: 'disk-read-only, which names the place',
    withinS: 30,
    ends: {
      result: 'failed',
      code: 'disk-read-only',
      says: [/\/usr\/local\/bin.*read-only/],
      neverSays: ELSEWHERE,
    },
  }),
  mounted(DIRECTORY, `${small(DIRECTORY, 'size=4k,uid=1000,gid=1000')} && ${fill(DIRECTORY)}`, {
    name: 'disk-full-directory',
    situation: "The file system of the deployment's directory is full.",
    right: 'disk-full, which names the place',
    withinS: 30,
    ends: {
      result: 'failed',
      code: 'disk-full',
      says: [/no space is left for \/home\/ec2-user\/docker_exp/],
      neverSays: ELSEWHERE,
    },
  }),
  mounted(DIRECTORY, small(DIRECTORY, 'size=2m,uid=1000,gid=1000'), {
    name: 'disk-full-virtual-environment',
    situation:
      "The file system of the deployment's directory has room for the files, not for the virtual environment.",
    right: 'disk-full, which names the place',
    withinS: 60,
    ends: {
      result: 'failed',
      code: 'disk-full',
      says: [/no space is left for \/home\/ec2-user\/docker_exp/],
      neverSays: ELSEWHERE,
    },
  }),
  mounted(STATE, `${small(STATE, 'size=4k,uid=1000,gid=1000')} && ${fill(STATE)}`, {
    name: 'disk-full-home',
    situation: 'The file system of ~/.kafka-al2023, where the lock lies, is full.',
    right: 'disk-full, which names the place',
    withinS: 30,
    ends: {
      result: 'failed',
      code: 'disk-full',
      says: [/no space is left for \/home\/ec2-user\/\.kafka-al2023/],
      neverSays: ELSEWHERE,
    },
  }),
  mounted(
    '/tmp',
    `yum -q clean all && rm -rf ${DIRECTORY}/kafka_env && ${small('/tmp', 'size=4k')} && ${fill('/tmp')}`,
    {
      name: 'disk-full-tmp',
      situation: '/tmp is full while yum fetches its lists anew and pip fills the virtual environment.',
      right: 'passes: nothing needs /tmp, Python takes /var/tmp instead',
      ends: { result: 'passed' },
    },
  ),
  mounted(
    TMP_OF_DOCKER,
    `docker ps -aq --filter label=com.docker.compose.service=schema-registry | xargs docker rm -f >/dev/null
    docker image ls -q "*/cp-schema-registry" | xargs docker image rm -f >/dev/null
    ${small(TMP_OF_DOCKER, 'size=1m')}`,
    {
      name: 'disk-full-docker',
      situation: 'The file system that Docker downloads images to has room for 1 MiB.',
      right: 'disk-full, which names the place',
      withinS: 60,
      ends: {
        result: 'failed',
        code: 'disk-full',
        says: [/no space is left for \/var\/lib\/docker/],
        neverSays: ELSEWHERE,
      },
    },
  ),
  mounted(
    VOLUME,
    `docker stop ${BROKER} && mount -t tmpfs -o size=64k,uid=1000,gid=1000 tmpfs ${VOLUME} && docker start ${BROKER}`,
    {
      name: 'disk-full-broker-volume',
      situation: "A broker's volume is on a file system that is full.",
      right: 'disk-full, which names the volume and the container',
      withinS: 60,
      ends: { result: 'failed', code: 'disk-full', says: [new RegExp(`of container ${BROKER}`)] },
    },
    `docker restart ${BROKER}`,
  ),
];
