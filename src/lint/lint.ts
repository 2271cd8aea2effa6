import { readKafka } from '../compose/kafka/kafka-model.ts';
import { type ComposeFile, type LoadOptions, loadCompose } from '../compose/reader/load.ts';
import type { Finding, LintContext } from './rule.ts';
import { RULES } from './rules.ts';

/**
 * Judges compose files, several as one project, by the Compose specification and by every rule.
 * Never throws for what a file says.
 * @returns what is found, in the order of files, lines and columns
 */
export function lintCompose(files: readonly ComposeFile[], options: LoadOptions = {}): Finding[] {
  const { model, faults, sources } = loadCompose(files, options);
  const kafka = readKafka(model);
  const context: LintContext = { model, kafka, faults, sources };
  const order = new Map([...sources.keys()].map((file, index) => [file, index]));
  const position = ({ place: { file, start } }: Finding) => (order.get(file) ?? 0) * 2 ** 32 + start;
  const findings = RULES.flatMap(rule =>
    [...rule.check(context)].map(
      (problem): Finding => ({ ruleId: rule.id, severity: rule.severity, ...problem }),
    ),
  );
  return onceEach(findings).sort((a, b) => position(a) - position(b));
}

/** Every service that uses an anchor reads the same text: a finding in it is told once. */
function onceEach(findings: readonly Finding[]): Finding[] {
  const first = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.ruleId} ${finding.place.file} ${finding.place.start} ${finding.place.end}`;
    if (!first.has(key)) first.set(key, finding);
  }
  return [...first.values()];
}
