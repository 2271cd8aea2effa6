import type { Service } from '../../compose/reader/model.ts';
import { asList, asScalar, type Text, textOf, type Value, valueAt } from '../../compose/reader/value.ts';
import { readScript, type ShellScript } from './shell-script.ts';

/** What a container runs: as its own command, or as its health check. */
export interface ContainerCommand {
  /** A program run without a shell is a script of one command. */
  readonly script: ShellScript;
  /** The shell that reads the script: `sh` for the one that the image has; none without a shell. */
  readonly shell?: 'sh' | 'bash';
  readonly raw: string;
  /** The parts of the file it is written in. */
  readonly texts: readonly Text[];
  /** A program whose name holds white space: a whole command in one item of a list. */
  readonly isOneWord: boolean;
  /** What stands behind the script: the shell runs the script alone, and these are its arguments. */
  readonly leftOut: readonly Text[];
  /** What the shell is called by: `CMD-SHELL`, `sh -c`; '' without a shell. */
  readonly kind: string;
}

/** @returns undefined when there is no check in the file, or it depends on unknown variables */
export function healthcheckCommand({ whole, healthcheck }: Service): ContainerCommand | undefined {
  if (!healthcheck || healthcheck.disabled) return undefined;
  const test = valueAt(valueAt(whole, 'healthcheck'), 'test');
  const texts = textsOf(test);
  const [kind, ...words] = texts ?? [];
  if (!texts || !kind) return undefined;
  if (test?.kind === 'scalar') return shellCommand('CMD-SHELL', kind.text, 'sh', texts);
  const [first] = words;
  if (!first) return undefined;
  if (kind.text === 'CMD-SHELL') return shellCommand(kind.text, first.text, 'sh', words);
  return kind.text === 'CMD' ? directCommand(words) : undefined;
}

/**
 * `entrypoint` and `command`, as Docker puts them together.
 * @returns undefined when there is none, or it depends on unknown variables
 */
export function ownCommand({ whole }: Service): ContainerCommand | undefined {
  const parts = ['entrypoint', 'command'].map(key => valueAt(whole, key));
  if (parts.every(part => part === undefined)) return undefined;
  const words = parts.map(part => (part === undefined ? [] : wordsOf(part)));
  const all = words.every(each => each !== undefined) ? words.flat() : [];
  return all.length > 0 ? directCommand(all) : undefined;
}

const shellCommand = (
  kind: string,
  raw: string,
  shell: 'sh' | 'bash',
  [script, ...leftOut]: readonly Text[],
): ContainerCommand => ({
  script: readScript(raw),
  shell,
  raw,
  texts: script ? [script] : [],
  isOneWord: false,
  leftOut,
  kind,
});

function directCommand(words: readonly Text[]): ContainerCommand {
  const [program] = words;
  const shell = /^(?:\/usr)?(?:\/bin\/)?(sh|bash)$/.exec(program?.text ?? '')?.[1];
  const option = words.findIndex(({ text }) => /^-\w*c$/.test(text));
  const script = shell && option > 0 ? words[option + 1] : undefined;
  if (script) {
    const kind = `${shell} ${words[option]?.text}`;
    return shellCommand(kind, script.text, shell === 'bash' ? 'bash' : 'sh', words.slice(option + 1));
  }
  const all = words.map(({ text }) => text);
  return {
    script: { commands: [{ words: all, operator: '', mayFail: false }], isPlain: true },
    raw: all.join(' '),
    texts: words,
    isOneWord: words.length === 1 && /\S\s+\S/.test(program?.text ?? ''),
    leftOut: [],
    kind: '',
  };
}

/** A text alone is split as Compose does; quotes keep a word together. */
function wordsOf(value: Value): Text[] | undefined {
  const texts = textsOf(value);
  if (!texts || value.kind === 'list') return texts;
  return texts.flatMap(text =>
    (text.text.match(/(?:[^\s"']|"(?:\\.|[^"\\])*"|'[^']*')+/gs) ?? []).map(word => ({
      ...text,
      text: word.replaceAll(/"((?:\\.|[^"\\])*)"|'([^']*)'/gs, (_, double: string, single: string) =>
        double === undefined ? single : double.replaceAll(/\\(["\\$`])/g, '$1'),
      ),
    })),
  );
}

function textsOf(value: Value | undefined): Text[] | undefined {
  const scalars = asList(value)?.items.map(item => asScalar(item)) ?? [asScalar(value)];
  const texts = scalars.map(scalar => (scalar && scalar.value !== null ? textOf(scalar) : undefined));
  const known = texts.filter(text => text !== undefined);
  return known.length === texts.length && known.every(({ unresolved }) => unresolved.length === 0)
    ? known
    : undefined;
}
