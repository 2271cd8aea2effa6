import { knownImage, readImage } from '../../compose/kafka/images.ts';
import { runsOwnProgram } from '../../compose/kafka/own-program.ts';
import type { Mount, Service } from '../../compose/reader/model.ts';
import { covers, dataFolders, OWNED } from '../images/data-folders.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';
import { inWords } from '../settings/settings-places.ts';

export const dataWithoutVolume: Rule = {
  id: 'data-without-volume',
  title: 'Data that does not outlive its container',
  severity: 'warning',
  why: 'Without a volume of its own the data of a broker, a controller or ZooKeeper is in the container, or in a volume without a name: `docker compose down` and the next `up` begin with nothing. Half of it is worse: when ZooKeeper keeps its data and the brokers do not, or the other way round, they refuse to work together. A volume at a folder where the image keeps nothing stays empty. Judged are projects that keep something of Kafka or ZooKeeper, and those with a named volume of another program beside a broker that Docker starts again by itself. A stack that keeps nothing is made to be thrown away.',
  fix: 'Mount a named volume at the folder that the message names. It is not added by itself: a cluster that runs would lose sight of the data it has.',
  example: {
    bad: `services:
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 }
    volumes:
      - zookeeper-data:/var/lib/zookeeper/data
volumes:
  zookeeper-data:
`,
    good: `services:
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 }
    volumes:
      - zookeeper-data:/var/lib/zookeeper/data
      - zookeeper-log:/var/lib/zookeeper/log
volumes:
  zookeeper-data:
  zookeeper-log:
`,
  },
  check: context =>
    isKept(context) ? context.model.services.flatMap(service => problemOf(service, context)) : [],
};

function problemOf(service: Service, context: LintContext): Problem[] {
  if (service.builds || !runsOwnProgram(service)) return [];
  const bare = dataFolders(service, context).filter(folder => !isMounted(service, folder));
  const [folder] = bare;
  if (folder === undefined) return [];
  const spare = spareMount(service, context);
  if (spare) return [misplaced(service, folder, spare)];
  const message = `The data of "${service.name}" in ${folder} is gone with its container.`;
  return [{ place: service.place, cause: 'no volume', message, ...remedyFor(service, bare) }];
}

/** A mount that was meant for the data. */
function misplaced(service: Service, folder: string, { target, place }: Mount): Problem {
  const message = `"${service.name}" keeps its data in ${folder}, where nothing is mounted: ${target} gets none of it, and it is gone with the container.`;
  const problem = { place, cause: `${target} for ${folder}`, message };
  const isOwned = !keepsWhereItMay(service) && covers(target, OWNED);
  return isOwned
    ? { ...problem, hint: `Set KAFKA_LOG_DIRS to ${OWNED}.`, proposal: `KAFKA_LOG_DIRS: ${OWNED}` }
    : { ...problem, hint: `Mount it at ${folder}.` };
}

/** What folders for data are called, in these images and in general. */
const DATA =
  /(?:^|\/)(?:datalog|kafka-data|kafka-logs)\/?$|^\/(?:bitnami|kafka)\/?$|^\/var\/lib\/(?:kafka|zookeeper)\b/;

/** A folder called "data" is for anything; what is mounted there says whose data it is. */
function isForData({ type, source = '', target }: Mount): boolean {
  if (DATA.test(target)) return true;
  const isItsOwn = /kafka|broker|zoo|zk/i.test(source) || (type === 'volume' && /data/i.test(source));
  return /^\/data\/?$/.test(target) && isItsOwn;
}

/** A mount of one's own that is called as a folder for data is, and that the image does not write to. */
function spareMount(service: Service, context: LintContext): Mount | undefined {
  const folders = dataFolders(service, context);
  const spare = service.mounts.filter(mount => {
    const isLasting = (mount.type === 'volume' && mount.source !== undefined) || mount.type === 'bind';
    return isLasting && isForData(mount) && !folders.some(folder => covers(mount.target, folder));
  });
  return folders.length === 1 || spare.length === 0 ? spare[0] : undefined;
}

/** Something of Kafka outlives its containers, or something else does and the brokers are meant to run on by themselves. */
function isKept(context: LintContext): boolean {
  const { model, kafka } = context;
  const runOn = kafka.nodes.some(({ service: { restart = 'no' } }) =>
    ['always', 'unless-stopped'].includes(restart),
  );
  const named = model.services.some(({ mounts }) =>
    mounts.some(({ type, source }) => type === 'volume' && source !== undefined),
  );
  return (runOn && named) || model.services.some(service => keepsData(service, context));
}

function keepsData(service: Service, context: LintContext): boolean {
  const folders = dataFolders(service, context);
  if (folders.length === 0) return false;
  const isLasting = ({ type }: Mount) => type !== 'tmpfs';
  return (
    service.mounts.filter(isLasting).some(({ target }) => folders.some(folder => covers(target, folder))) ||
    spareMount(service, context) !== undefined
  );
}

/** True for images that may write to a named volume wherever it is mounted. */
function keepsWhereItMay({ image: text }: Service): boolean {
  const image = text && readImage(text);
  const known = image && knownImage(image);
  return known?.role !== 'kafka' || !['confluent', 'apache'].includes(known.family);
}

function remedyFor(service: Service, folders: readonly string[]): Pick<Problem, 'hint' | 'proposal'> {
  if (keepsWhereItMay(service) || folders.every(folder => folder === OWNED))
    return { hint: `Mount a named volume at ${inWords(folders)}.`, proposal: volumes(service, folders) };
  return {
    hint: `Set KAFKA_LOG_DIRS to ${OWNED}, and mount a named volume there.`,
    proposal: `environment:\n  KAFKA_LOG_DIRS: ${OWNED}\n${volumes(service, [OWNED])}`,
  };
}

function volumes({ name }: Service, folders: readonly string[]): string {
  const named = folders.map(folder => ({ folder, volume: `${name}-${folder.split('/').at(-1)}` }));
  return [
    'volumes:',
    ...named.map(({ volume, folder }) => `  - ${volume}:${folder}`),
    '# and beside "services":',
    'volumes:',
    ...named.map(({ volume }) => `  ${volume}:`),
  ].join('\n');
}

const isMounted = ({ mounts }: Service, folder: string) =>
  mounts.some(({ target }) => covers(target, folder));
