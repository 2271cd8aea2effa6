import type { Rule } from '../src/lint/rule.ts';
import { code, table, words } from '../src/report/markdown.ts';

const HEADER = `# Rules for compose files

<!-- Generated from src/lint/rules/ by script/generate-docs.ts: change the rules, not this page. -->

What the action looks for in a compose file. An **error** means that Docker Compose refuses it, that something in it does not
start, or that it cannot do what it is written for; a **warning** that it works, at a price. Every finding names file, line and
column.

Rules about Kafka know the images \`confluentinc/cp-kafka\`, \`cp-server\`, \`cp-zookeeper\`, \`cp-schema-registry\`,
\`confluent-local\` and \`apache/kafka\`; of those of Bitnami and wurstmeister, and of the official \`zookeeper\`, they judge what
is written out. Of any other image nothing is said that depends on how it reads its variables.

A **safe fix** changes the file by itself, and only where nothing that works today can break. Everything else is proposed.`;

/** docs/rules.md: a table of all rules, then a section for each. */
export function rulesPage(rules: readonly Rule[]): string {
  const rows = rules.map(({ id, severity, title, safeFix }) => [
    `[${code(id)}](#${id})`,
    severity,
    title,
    safeFix ? 'yes' : '',
  ]);
  const header = ['Rule', 'Severity', 'What it finds', 'Safe fix'].map(words);
  return `${[HEADER, table(header, rows).join('\n'), ...rules.map(section)].join('\n\n')}\n`;
}

function section({ id, title, severity, why, fix, safeFix, example }: Rule): string {
  return [
    `## ${id}`,
    `**${title}** (${severity})`,
    why,
    `**What to do.** ${fix}`,
    ...(safeFix ? [`**Safe fix.** ${safeFix}`] : []),
    `Instead of\n\n\`\`\`yaml\n${example.bad}\`\`\``,
    `write\n\n\`\`\`yaml\n${example.good}\`\`\``,
  ].join('\n\n');
}
