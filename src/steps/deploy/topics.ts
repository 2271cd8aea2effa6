import type { Context } from '../../context.ts';
import {
  compareTopics,
  makeTopics,
  type TopicsDifference,
  type WantedTopic,
  widenTopics,
} from '../../kafka/wanted-topics.ts';
import { until } from '../../waiting.ts';
import { notYet, type Step, satisfied } from '../step.ts';
import { asAdmin, untilKnown } from './topic.ts';

/** A busy machine needs a second or two. */
const WIDENED_TIMEOUT_MS = 15_000;

/** The topics of the input `topics`. What is there stays; a topic with too few partitions gets more. */
export function topicsStep(wanted: readonly WantedTopic[], servers: readonly string[]): Step {
  const compare = (context: Context) => asAdmin(context, servers, admin => compareTopics(admin, wanted));
  let change = '';
  return {
    name: 'topics',
    title: `Topics (${wanted.length})`,
    needs: ['kafka-ready'],
    reads: ['kafka-ready'],
    async check(context) {
      const difference = await compare(context);
      if (!isThere(difference)) return notYet(workOf(difference));
      for (const sentence of difference.kept) context.log.warning(sentence);
      const count = wanted.length === 1 ? '1 topic is' : `${wanted.length} topics are`;
      return satisfied(`${count} there${change}`);
    },
    async foresee(context) {
      const difference = await compare(context);
      await asAdmin(context, servers, admin => makeTopics(admin, difference.missing, { validateOnly: true }));
      return linesOf(difference);
    },
    async apply(context) {
      const difference = await compare(context);
      for (const line of linesOf(difference)) context.log.info(line);
      await asAdmin(context, servers, async admin => {
        await makeTopics(admin, difference.missing);
        await widenTopics(admin, difference);
      });
      const made = difference.missing.map(({ name }) => name);
      if (made.length > 0) await untilKnown(context, servers, made);
      // At the deadline the check that follows says what it finds.
      await until(context, async () => isThere(await compare(context)) || undefined, {
        ...{ everyMs: 200, timeoutMs: WIDENED_TIMEOUT_MS, late: () => true },
      });
      change = `: ${made.length} made, ${difference.narrow.length} given more partitions`;
    },
  };
}

const isThere = ({ missing, narrow }: TopicsDifference) => missing.length + narrow.length === 0;

function workOf({ missing, narrow }: TopicsDifference): string {
  const names = (topics: readonly { readonly name: string }[]) => topics.map(({ name }) => name).join(', ');
  const parts = [
    missing.length > 0 && `${names(missing)} to be made`,
    narrow.length > 0 && `${names(narrow.map(({ topic }) => topic))} to be given more partitions`,
  ];
  return parts.filter(Boolean).join('; ');
}

/** What is done, a line for each topic. */
function linesOf({ missing, narrow }: TopicsDifference): string[] {
  return [
    ...missing.map(({ name, partitions, replicas, settings }) => {
      const pairs = [...settings].map(([setting, value]) => ` ${setting}=${value}`).join('');
      return `create topic ${name}: partitions ${partitions}, replicas of each ${replicas}${pairs}`;
    }),
    ...narrow.map(
      ({ topic: { name, partitions }, partitions: now }) =>
        `topic ${name}: partitions ${now} -> ${partitions}`,
    ),
  ];
}
