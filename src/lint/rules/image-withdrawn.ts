import type { Withdrawal } from '../../compose/kafka/image-table.ts';
import { type Image, isLatest, readImage, withdrawalOf } from '../../compose/kafka/images.ts';
import type { Service } from '../../compose/reader/model.ts';
import { type Text, textAt } from '../../compose/reader/value.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';

export const imageWithdrawn: Rule = {
  id: 'image-withdrawn',
  title: 'An image that its registry no longer has',
  severity: 'error',
  why: "On 28 August 2025 Bitnami moved its images from `bitnami/…` on Docker Hub to `bitnamilegacy/…`. Since then `bitnami/kafka` and `bitnami/zookeeper` have no tags at all, and Bitnami's other images none with a version: a machine that does not have the image already cannot get it. Announced in [bitnami/containers#83267](https://github.com/bitnami/containers/issues/83267).",
  fix: 'Take the image from `bitnamilegacy`, which reads the same variables but gets no updates, or change to an image that is maintained, such as `apache/kafka`. Images for systems that were out of support by then (`debian-10` and before) were not moved.',
  example: {
    bad: `services:
  kafka:
    image: bitnami/kafka:3.9.0
    environment:
      KAFKA_CFG_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_CFG_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      ALLOW_PLAINTEXT_LISTENER: 'yes'
`,
    good: `services:
  kafka:
    image: bitnamilegacy/kafka:3.9.0
    environment:
      KAFKA_CFG_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_CFG_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      ALLOW_PLAINTEXT_LISTENER: 'yes'
`,
  },
  check: context => {
    const services = context.model.services.filter(service => isPulled(service, context));
    const groups = Map.groupBy(services, ({ image }) => image?.text ?? '');
    return [...groups.values()].flatMap(same => problemsOf(same, context));
  },
};

/** False for an image that is made or brought here: then no registry is asked. */
function isPulled({ whole, builds, image }: Service, { model }: LintContext): boolean {
  if (builds || ['never', 'build'].includes(textAt(whole, 'pull_policy')?.text ?? '')) return false;
  return !model.services.some(other => other.builds && other.image?.text === image?.text);
}

/** One cause, the name of the image, and what to take instead for all services that have it. */
function problemsOf(services: readonly Service[], context: LintContext): Problem[] {
  const text = services[0]?.image;
  const image = text && readImage(text);
  if (!text || !image || !isWhole(text, context)) return [];
  const withdrawal = withdrawalOf(image);
  if (!withdrawal) return [];
  const { replacement, since } = withdrawal;
  const message = `Docker Hub has no ${image.name}${image.tag?.text ? `:${image.tag.text}` : ''} since ${since}: it cannot be pulled.`;
  const isMoved = !WITHOUT_SUPPORT.test(image.tag?.text ?? '');
  const tag = isMoved ? (tagFor(image, services, context) ?? withdrawal.lastTag) : undefined;
  const hint = hintFor(image, withdrawal, tag);
  const proposal = tag === undefined ? undefined : `${replacement}:${tag}`;
  return services.flatMap(({ image: named }) =>
    named ? [{ place: named.place, cause: text.text, message, hint, proposal }] : [],
  );
}

function hintFor(image: Image, { replacement, lastTag }: Withdrawal, tag: string | undefined): string {
  const isMoved = !WITHOUT_SUPPORT.test(image.tag?.text ?? '');
  if (!isMoved)
    return `${replacement} has no images of this system: name a version there that is of a newer one, or an image that is maintained.`;
  if (tag !== image.tag?.text && tag !== lastTag)
    return `Write ${replacement}:${tag}, the last version with ZooKeeper: it reads the same variables and gets no updates.`;
  return `${replacement} has the images that were moved, which read the same variables and get no updates.`;
}

/** Systems that were out of support when the images were moved, which those for them were not. */
const WITHOUT_SUPPORT = /-(?:debian-(?:[89]|10)|ol-7|rhel-7|photon-[123])(?![\d])/;

/** The tag to look for at the new place; undefined where the last one will do, or none can be named. */
function tagFor(image: Image, services: readonly Service[], { kafka }: LintContext): string | undefined {
  const tag = image.tag?.text;
  if (tag && !isLatest(image)) return tag;
  const asksZooKeeper = kafka.nodes.some(
    ({ service, mode }) => services.includes(service) && mode === 'zookeeper',
  );
  return asksZooKeeper ? '3.9.0' : undefined;
}

/** False when a variable without a value may stand for the address of another registry. */
function isWhole({ unresolved, place }: Text, { sources }: LintContext): boolean {
  if (unresolved.length === 0) return true;
  const written = sources.get(place.file)?.text.slice(place.start, place.end) ?? '$';
  return !written.replace(/^["']/, '').startsWith('$');
}
