import type { SourceText } from '../../compose/reader/place.ts';
import { closestName } from '../../compose/reader/similar-name.ts';
import type { Edit, Finding, Problem } from '../rule.ts';
import { type IgnoreComment, ignoreComments } from './comments.ts';

/**
 * Rules that no comment switches off: what they find Docker Compose refuses, or the action does not read, so that nothing can be
 * deployed, whatever a comment says.
 */
export const ALWAYS_TOLD: ReadonlySet<string> = new Set([
  'yaml-syntax',
  'yaml-limit',
  'compose-schema',
  'interpolation',
  'variable-required',
  'env-file-syntax',
  'file-missing',
  'dependency-cycle',
  'container-name-twice',
  'undefined-reference',
  'file-refused',
  'ignore-unused',
]);

interface Applied {
  readonly kept: readonly Finding[];
  readonly ignored: readonly Finding[];
  /** What is wrong with the comments themselves. */
  readonly problems: readonly Problem[];
}

/**
 * Leaves out what comments switch off.
 * @param findings every place for itself: a comment is about one line
 * @param sources with the files in which settings stand one a line in `envFiles`
 */
export function applyIgnores(findings: readonly Finding[], { sources, envFiles, rules }: Sources): Applied {
  const comments = [...sources].flatMap(([file, source]) => ignoreComments(source, !envFiles.has(file)));
  if (comments.length === 0) return { kept: findings, ignored: [], problems: [] };
  const used = new Set<string>();
  const isIgnored = (finding: Finding) => {
    if (ALWAYS_TOLD.has(finding.ruleId)) return false;
    const reasons = comments.filter(comment => isAbout(comment, finding));
    for (const comment of reasons) used.add(keyOf(comment, finding.ruleId));
    return reasons.length > 0;
  };
  const { kept = [], ignored = [] } = Object.groupBy(findings, finding =>
    isIgnored(finding) ? 'ignored' : 'kept',
  );
  const problems = comments.flatMap(comment => problemsOf(comment, rules, used));
  return { kept: kept.map(finding => withoutFixAt(finding, ignored)), ignored, problems };
}

/** A fix is made whole or not at all: not where a part of it would change what a comment leaves as it is. */
function withoutFixAt(finding: Finding, ignored: readonly Finding[]): Finding {
  const isLeft = ({ file, start }: Edit) =>
    ignored.some(({ place }) => place.file === file && place.start <= start && start <= place.end);
  return finding.edits?.some(isLeft) ? { ...finding, edits: undefined } : finding;
}

interface Sources {
  readonly sources: ReadonlyMap<string, SourceText>;
  readonly envFiles: ReadonlySet<string>;
  /** The ids of all rules. */
  readonly rules: readonly string[];
}

const isAbout = ({ word, rules, line, place }: IgnoreComment, finding: Finding): boolean =>
  word !== undefined &&
  place.file === finding.place.file &&
  rules.includes(finding.ruleId) &&
  (word === 'ignore-file' || line === finding.place.line);

const keyOf = ({ place: { file, start } }: IgnoreComment, rule: string) => `${file} ${start} ${rule}`;

const FORM = 'Write "# kafka-lint: ignore RULE reason", or "ignore-file" in place of "ignore".';

function problemsOf(comment: IgnoreComment, ids: readonly string[], used: ReadonlySet<string>): Problem[] {
  const { place, word, rules } = comment;
  if (word === undefined || rules.length === 0)
    return [{ place, message: 'This comment names no rule that it switches off.', hint: FORM }];
  return rules
    .filter(rule => !used.has(keyOf(comment, rule)))
    .map(rule => {
      if (!ids.includes(rule)) {
        const closest = closestName(rule, ids);
        const message = `There is no rule "${rule}": this comment does not switch it off.`;
        return {
          place,
          message,
          hint: closest ? `Write ${closest}.` : 'docs/rules.md has the names of all rules.',
        };
      }
      if (ALWAYS_TOLD.has(rule)) {
        const message = `The rule "${rule}" cannot be switched off: what it finds is refused, whatever a comment says.`;
        return { place, message, hint: 'Take the comment out, and correct what is found.' };
      }
      const where = word === 'ignore' ? `on line ${comment.line}` : 'in this file';
      const message = `The rule "${rule}" finds nothing ${where}: the comment switches nothing off.`;
      return {
        place,
        message,
        hint: 'Take the name out of the comment, or the comment to the line that the finding names.',
      };
    });
}
