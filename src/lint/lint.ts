import { readKafka } from '../compose/kafka/kafka-model.ts';
import { type ComposeFile, type LoadOptions, loadCompose } from '../compose/reader/load.ts';
import type { ComposeModel } from '../compose/reader/model.ts';
import { applyIgnores } from './ignore/apply.ts';
import { onceEachCause } from './one-cause.ts';
import type { Finding, LintContext, Problem, Rule } from './rule.ts';
import { ignoreUnused } from './rules/ignore-unused.ts';
import { RULES } from './rules.ts';

export interface LintOptions extends LoadOptions {
  /** The files are deployed as one of several clusters on the machine (the input `environment`). */
  readonly sideBySide?: boolean;
}

interface Linted {
  /** In the order of files, lines and columns. */
  readonly findings: readonly Finding[];
  /** How many findings comments switched off, every place counted. */
  readonly ignored: number;
}

/**
 * Judges compose files, several as one project, by the Compose specification and by every rule, but for what their comments switch
 * off. Never throws for what a file says.
 */
export function lintProject(files: readonly ComposeFile[], options: LintOptions = {}): Linted {
  const { model, faults, sources } = loadCompose(files, options);
  const kafka = readKafka(model);
  const context: LintContext = { model, kafka, faults, sources, sideBySide: options.sideBySide ?? false };
  const order = new Map([...sources.keys()].map((file, index) => [file, index]));
  const position = ({ place: { file, start } }: Finding) => (order.get(file) ?? 0) * 2 ** 32 + start;
  const found = RULES.flatMap(rule => [...rule.check(context)].map(problem => findingOf(rule, problem)));
  const { kept, ignored, problems } = applyIgnores(onceEach(found), {
    sources,
    envFiles: envFilesOf(model),
    rules: RULES.map(({ id }) => id),
  });
  const all = [...kept, ...problems.map(problem => findingOf(ignoreUnused, problem))];
  return {
    findings: onceEachCause(all.sort((a, b) => position(a) - position(b))),
    ignored: ignored.length,
  };
}

/** @returns what {@link lintProject} finds */
export function lintCompose(files: readonly ComposeFile[], options: LintOptions = {}): readonly Finding[] {
  return lintProject(files, options).findings;
}

const findingOf = ({ id: ruleId, severity }: Rule, problem: Problem): Finding => ({
  ruleId,
  severity,
  ...problem,
});

/** Files whose lines are `NAME=VALUE`. */
const envFilesOf = ({ services }: ComposeModel) =>
  new Set(
    services.flatMap(({ environment }) =>
      [...environment.values()].flatMap(({ form, namePlace }) => (form === 'file' ? namePlace.file : [])),
    ),
  );

/** Every service that uses an anchor reads the same text: a finding in it is told once. One text can have two causes of a rule. */
function onceEach(findings: readonly Finding[]): Finding[] {
  const first = new Map<string, Finding>();
  for (const finding of findings) {
    const { ruleId, cause = '', place } = finding;
    const key = `${ruleId} ${place.file} ${place.start} ${place.end} ${cause}`;
    if (!first.has(key)) first.set(key, finding);
  }
  return [...first.values()];
}
