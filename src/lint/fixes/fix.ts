import type { ComposeFile } from '../../compose/reader/load.ts';
import { unifiedDiff } from '../../unified-diff.ts';
import { type LintOptions, lintProject } from '../lint.ts';
import type { Edit, Finding } from '../rule.ts';

interface FixedFile {
  readonly path: string;
  readonly text: string;
  /** Unified; '' when the file stays as it is. */
  readonly diff: string;
}

export interface FixResult {
  /** The files given, in their order. */
  readonly files: readonly FixedFile[];
  /** What is fixed, with the places it had in the text in which it was found. */
  readonly fixed: readonly Finding[];
  /** What is left to be done by hand, with places in the fixed text. */
  readonly remaining: readonly Finding[];
  /** How many findings comments switched off: these are not fixed either. */
  readonly ignored: number;
}

/** One fix can make room for another, which is found in the next round; the rules need two. */
const MAX_ROUNDS = 5;

/**
 * Makes the safe fixes in the text of compose files and proposes the others. Only what is wrong changes: comments, order and
 * formatting stay. A second run changes nothing. Files that others name (`extends`, `env_file`) are never changed.
 */
export function fixCompose(files: readonly ComposeFile[], options: LintOptions = {}): FixResult {
  const fixed: Finding[] = [];
  let current = files;
  let { findings, ignored } = lintProject(current, options);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const { texts, applied } = applyFixes(current, findings);
    if (applied.length === 0) break;
    fixed.push(...applied);
    current = texts;
    ({ findings, ignored } = lintProject(current, options));
  }
  return {
    files: current.map(({ path, text }, index) => ({
      path,
      text,
      diff: unifiedDiff(path, files[index]?.text ?? '', text),
    })),
    fixed,
    remaining: findings,
    ignored,
  };
}

function applyFixes(
  files: readonly ComposeFile[],
  findings: readonly Finding[],
): { texts: ComposeFile[]; applied: Finding[] } {
  const chosen = new Map<string, Edit>();
  const applied: Finding[] = [];
  const isGiven = ({ file }: Edit) => files.some(({ path }) => path === file);
  for (const finding of findings) {
    const edits = finding.edits ?? [];
    if (edits.length === 0 || !edits.every(isGiven) || isDisputed(finding, findings)) continue;
    const fresh = edits.filter(edit => !chosen.has(keyOf(edit)));
    // Of two fixes that change the same text the first is made; the other waits for the next round.
    if (fresh.some(edit => [...chosen.values()].some(other => overlap(edit, other)))) continue;
    for (const edit of fresh) chosen.set(keyOf(edit), edit);
    applied.push(finding);
  }
  const texts = files.map(({ path, text }) => ({
    path,
    text: applyEdits(
      text,
      [...chosen.values()].filter(({ file }) => file === path),
    ),
  }));
  return { texts, applied };
}

/** Another error on the same line that no fix puts right: what had no effect so far would have a wrong one. */
function isDisputed({ place }: Finding, findings: readonly Finding[]): boolean {
  return findings.some(
    ({ severity, edits, place: other }) =>
      severity === 'error' && !edits && other.file === place.file && other.line === place.line,
  );
}

/** Several findings may need the same edit: a health check for which two services wait. */
const keyOf = ({ file, start, end, text }: Edit) => JSON.stringify([file, start, end, text]);

function overlap(a: Edit, b: Edit): boolean {
  if (a.file !== b.file) return false;
  // Two texts put in at one place: which comes first is not said.
  if (a.start === b.start && (a.start === a.end) === (b.start === b.end)) return true;
  return a.start < b.end && b.start < a.end;
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  const backwards = edits.toSorted((a, b) => b.start - a.start || b.end - a.end);
  return backwards.reduce((result, { start, end, text: replacement }) => {
    return result.slice(0, start) + replacement + result.slice(end);
  }, text);
}
