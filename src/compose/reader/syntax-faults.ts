import type { YAMLError } from 'yaml';
import type { Fault } from './fault.ts';
import type { Place, SourceText } from './place.ts';

/** The first faults of a file are worth reading; what follows is mostly their echo. */
export const MAX_FAULTS = 20;
/** More lines than a compose file of hand has; a file made to be large has no end of them. */
const MAX_TABS = 500;
export const TOO_DEEP = 'The file is nested too deeply to be read.';

/** What the parser says where lines do not fit together: after one mistake of this kind the rest of the file does not either. */
const STRUCTURE: ReadonlySet<string> = new Set([
  'BAD_INDENT',
  'BLOCK_AS_IMPLICIT_KEY',
  'BLOCK_IN_FLOW',
  'MISSING_CHAR',
  'MULTILINE_IMPLICIT_KEY',
]);
const HINTS: Readonly<Record<string, string>> = {
  BAD_INDENT: 'Give the line the indentation of its neighbours.',
  MULTILINE_IMPLICIT_KEY:
    'Write a colon and a space behind the key, and give the line the indentation of its neighbours.',
};

/** The errors of the YAML parser without those that only follow from another one. */
export function syntaxFaults(errors: readonly YAMLError[], text: SourceText): Fault[] {
  const conflict = mergeConflict(text);
  if (conflict) return [conflict];
  if (errors.some(({ code }) => code === 'TAB_AS_INDENT')) return tabFaults(errors, text);
  const kept: { readonly fault: Fault; readonly isStructure: boolean }[] = [];
  for (const { code, message, pos } of errors) {
    const fault = faultOf(code, message, text.place(...pos));
    const isStructure = STRUCTURE.has(code);
    const isEcho = kept.some(
      other => (isStructure && other.isStructure) || other.fault.place.line === fault.place.line,
    );
    if (!isEcho) kept.push({ fault, isStructure });
    if (kept.length === MAX_FAULTS) break;
  }
  return kept.map(({ fault }) => fault);
}

function faultOf(code: string, message: string, place: Place): Fault {
  // The parser reports its own full call stack as an error of the text.
  if (/call stack/.test(message)) return { kind: 'yaml-limit', message: TOO_DEEP, place };
  const sentence = message.replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '');
  return { kind: 'yaml-syntax', message: `${sentence}.`, place, hint: HINTS[code] };
}

/** Every line that is indented by a tab: behind the first one the parser no longer sees which are. */
function tabFaults(errors: readonly YAMLError[], text: SourceText): Fault[] {
  const found = errors.filter(({ code }) => code === 'TAB_AS_INDENT').map(({ pos }) => text.place(...pos));
  const lines = new Set(found.map(({ line }) => line));
  const others = tabsAtLineStart(text).filter(({ line }) => !lines.has(line));
  return [...found, ...others]
    .sort((a, b) => a.start - b.start)
    .slice(0, MAX_TABS)
    .map(place => ({
      kind: 'yaml-syntax',
      message: 'Tabs are not allowed as indentation.',
      place,
      hint: 'Write spaces in place of the tab.',
    }));
}

/** Lines of a block (`key: |`) may hold tabs behind their indentation. */
function tabsAtLineStart(text: SourceText): Place[] {
  const places: Place[] = [];
  let start = 0;
  let block = Number.POSITIVE_INFINITY;
  for (const line of text.text.split('\n')) {
    const [, spaces = '', tabs = '', first = ''] = /^( *)(\t*)\s*(\S?)/.exec(line) ?? [];
    if (first !== '' && spaces.length <= block) {
      if (tabs !== '' && first !== '#')
        places.push(text.place(start + spaces.length, start + spaces.length + tabs.length));
      block = /[:-]\s+[|>][+-]?\d?[+-]?\s*$/.test(line) ? spaces.length : Number.POSITIVE_INFINITY;
    }
    start += line.length + 1;
  }
  return places;
}

/** Marks that Git leaves where two versions of a file do not fit together: https://git-scm.com/docs/git-merge#_how_conflicts_are_presented */
function mergeConflict(text: SourceText): Fault | undefined {
  const [ours, middle, theirs] = ['<', '=', '>'].map(sign =>
    text.text.search(new RegExp(`^${sign}{7}(?: |\\r?$)`, 'm')),
  );
  if (ours === undefined || middle === undefined || theirs === undefined) return undefined;
  if (ours < 0 || middle < ours || theirs < middle) return undefined;
  return {
    kind: 'yaml-syntax',
    message: 'The file holds the marks of a merge that was not finished.',
    place: text.place(ours, ours + 7),
    hint: 'Choose one of the two versions and take out the lines <<<<<<<, ======= and >>>>>>>.',
  };
}
