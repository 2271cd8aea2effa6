import { ALWAYS_TOLD } from '../src/lint/ignore/apply.ts';
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

A **safe fix** changes the file by itself, and only where nothing that works today can break. Everything else is proposed.

One cause is one finding: where it shows at several places, the finding stands at the first and names the others.

## Switching a rule off

A comment in the compose file switches a rule off, and so does one on a line of its own in an \`env_file\`:

\`\`\`yaml
# kafka-lint: ignore-file obsolete-version an old Docker Compose reads this file, too
services:
  kafka:
    image: apache/kafka:latest # kafka-lint: ignore image-not-pinned the newest is what is tested here
    # kafka-lint: ignore open-port the proxy in front asks for a password
    ports: ["9092:9092"]
\`\`\`

- \`ignore\` is about **one line**: its own, or the next one that is no comment when it stands on a line of its own. It is the
  line that the finding names: a comment behind a key is not about what stands below the key.
- \`ignore-file\` is about the file in which it stands, wherever it stands there.
- Several rules are separated by commas (\`ignore open-port, host-access\`); what follows is the reason, for whoever reads the file.
- What is switched off counts nowhere and is not fixed. The log, the summary and the report say how many findings it is.
- A comment that switches nothing off is a finding itself: [ignore-unused](#ignore-unused).
- What Docker Compose refuses, or the action does not read, cannot be switched off: ${always()}.`;

function always(): string {
  return [...ALWAYS_TOLD].map(id => `[${id}](#${id})`).join(', ');
}

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
