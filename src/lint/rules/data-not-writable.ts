import { posix } from 'node:path';
import { kafkaVersion } from '../../compose/kafka/images.ts';
import type { ComposeModel, Mount, Service } from '../../compose/reader/model.ts';
import { valueAt } from '../../compose/reader/value.ts';
import { dataFolders, OWNED } from '../images/data-folders.ts';
import { nearest } from '../images/data-storage.ts';
import { imageOf, runsStartScript, type ServiceImage } from '../images/service-image.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';

export const dataNotWritable: Rule = {
  id: 'data-not-writable',
  title: 'A volume that the broker may not write to',
  severity: 'error',
  why: 'Docker fills a new named volume with what the image has at that folder, its owner too. Where the image has no such folder the volume belongs to root. The images of Apache and Confluent do not run as root: the broker stops at its first start with `AccessDeniedException`. Nothing is told of a volume that another service mounts, since that may have given it away.',
  fix: 'Mount the volume at `/var/lib/kafka/data`, which these images have made for it, and set `KAFKA_LOG_DIRS` to that folder.',
  example: {
    bad: `services:
  kafka:
    image: apache/kafka:4.1.0
    environment:
      KAFKA_NODE_ID: 1
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_LISTENERS: PLAINTEXT://:9092,CONTROLLER://:9093
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@kafka:9093
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
      KAFKA_LOG_DIRS: /tmp/kraft-combined-logs
    volumes: ['data:/tmp/kraft-combined-logs']
volumes: { data: }
`,
    good: `services:
  kafka:
    image: apache/kafka:4.1.0
    environment:
      KAFKA_NODE_ID: 1
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_LISTENERS: PLAINTEXT://:9092,CONTROLLER://:9093
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@kafka:9093
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
      KAFKA_LOG_DIRS: /var/lib/kafka/data
    volumes: ['data:/var/lib/kafka/data']
volumes: { data: }
`,
  },
  check: context => context.model.services.flatMap(service => problemsOf(service, context)),
};

function problemsOf(service: Service, context: LintContext): Problem[] {
  const image = imageOf(service);
  if (!image || !runsAsUser(image) || !runsStartScript(service) || valueAt(service.whole, 'user')) return [];
  return dataFolders(service, context).flatMap(folder => {
    const mount = nearest(folder, service.mounts);
    if (!mount || isInImage(mount.target) || !isNewVolume(mount, service, context.model)) return [];
    const message = `"${service.name}" cannot write to ${folder}: the image has no folder ${mount.target}, so the volume "${mount.source}" belongs to root, and the broker runs as appuser.`;
    const hint = `Mount it at ${OWNED}, and set KAFKA_LOG_DIRS to that.`;
    return [{ place: mount.place, message, hint, proposal: `KAFKA_LOG_DIRS: ${OWNED}` }];
  });
}

/** Confluent's run as appuser since 6.0; before that the images based on Debian ran as root. */
function runsAsUser({ image, family, role }: ServiceImage): boolean {
  if (role !== 'kafka') return false;
  if (family === 'apache') return true;
  const version = family === 'confluent' ? kafkaVersion(image, family) : undefined;
  return version !== undefined && (version.major > 2 || (version.major === 2 && version.minor >= 6));
}

/**
 * Folders that these images have, as far as anybody would mount something there, with all that is below some of them: the data's own,
 * those of every Linux, Kafka's.
 * Source: the Dockerfiles in docker/jvm of apache/kafka and in confluentinc/kafka-images.
 */
const IN_IMAGE =
  /^\/(?:var\/lib\/kafka(?:\/data)?|var(?:\/(?:lib|cache|spool|tmp|opt))?|var\/log(?:\/.*)?|opt(?:\/kafka(?:\/(?:bin|config|libs|licenses|site-docs)(?:\/.*)?)?)?|mnt(?:\/shared(?:\/config)?)?|(?:etc|usr|lib|lib64|bin|sbin|dev|proc|sys|run|boot)(?:\/.*)?|home(?:\/appuser(?:\/.*)?)?|tmp|srv|root|media)?$/;

const isInImage = (target: string) => IN_IMAGE.test(posix.normalize(target).replace(/(?<=.)\/$/, ''));

/** A named volume that Docker makes, and that no other service of the project mounts. */
function isNewVolume(mount: Mount, service: Service, { volumes, services, top }: ComposeModel): boolean {
  const { type, source, unresolved = [] } = mount;
  const declared = source === undefined ? undefined : volumes.get(source);
  if (type !== 'volume' || source === undefined || unresolved.length > 0 || !declared) return false;
  if (declared.external || declared.fixedName !== undefined) return false;
  const settings = valueAt(valueAt(top, 'volumes'), source);
  if (['driver', 'driver_opts'].some(key => valueAt(settings, key) !== undefined)) return false;
  return services.every(other => other === service || other.mounts.every(each => each.source !== source));
}
