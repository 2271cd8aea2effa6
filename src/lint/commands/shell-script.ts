/** One command of a shell script: `nc -z localhost 2181`. */
export interface ShellCommand {
  /** Without quotes, assignments, redirections and the words of the shell's own grammar. */
  readonly words: readonly string[];
  /** What stands between it and the command before. */
  readonly operator: '' | '&&' | '||' | '|' | ';';
  /** Its failure ends nothing: a condition of `if`, or what has something else behind `||` than an end. */
  readonly mayFail: boolean;
}

export interface ShellScript {
  /** In the order of the text, those inside `$(…)` too. */
  readonly commands: readonly ShellCommand[];
  /** False where the commands alone do not tell how the script ends: conditions, loops, substitutions, functions. */
  readonly isPlain: boolean;
}

/** Words after which a command follows. */
const GRAMMAR = new Set(['if', 'then', 'elif', 'else', 'while', 'until', 'do', '!', '{', 'fi', 'done', '}']);
/** Programs that run the program named behind them. */
const RUNNERS = new Set(['exec', 'time', 'nohup', 'command', 'eval']);
const OPERATOR = /^(?:&&|\|\||\|&|[|;&\n()`])/;
const REDIRECTION = /^(?:\d*|&)[<>]/;

/** Takes a script of `sh` or `bash` apart, as far as is needed to see which programs it runs. Never throws. */
export function readScript(text: string): ShellScript {
  const reader = new ScriptReader();
  reader.read(text.replaceAll(/\\\r?\n/g, ' '));
  const commands = reader.commands.filter(({ words }) => words.length > 0);
  return {
    commands: commands.map((command, index) => ({
      ...command,
      mayFail: command.mayFail || hasSubstitute(commands[index + 1]),
    })),
    isPlain: reader.isPlain,
  };
}

const hasSubstitute = (next: Draft | undefined) =>
  next !== undefined && next.operator === '||' && !['exit', 'false', 'return'].includes(next.words[0] ?? '');

type Draft = { words: string[]; operator: ShellCommand['operator']; mayFail: boolean };

class ScriptReader {
  readonly commands: Draft[] = [];
  isPlain = true;
  private words: string[] = [];
  private mayFail = false;
  private operator: ShellCommand['operator'] = '';

  read(text: string): void {
    let at = 0;
    while (at < text.length) {
      const rest = text.slice(at);
      const space = /^[ \t\r]+/.exec(rest)?.[0].length ?? 0;
      const operator = OPERATOR.exec(rest)?.[0];
      if (space > 0) at += space;
      else if (rest.startsWith('#')) at += /^[^\n]*/.exec(rest)?.[0].length ?? 1;
      else if (operator) {
        this.end(operator);
        at += operator.length;
      } else at += this.word(rest);
    }
    this.end(';');
  }

  /** Reads one word. @returns its length in the text */
  private word(text: string): number {
    let [at, word] = [0, ''];
    for (;;) {
      const [piece, length] = this.piece(text.slice(at));
      if (length === 0) break;
      word += piece;
      at += length;
    }
    this.add(word);
    return Math.max(at, 1);
  }

  /** The next part of a word and its length in the text, 0 where the word ends. */
  private piece(rest: string): [string, number] {
    // `>&2` and `&>` are redirections, not the end of a command.
    const redirection = /^&?[<>]&?/.exec(rest)?.[0];
    if (redirection) return [redirection, redirection.length];
    if (rest === '' || /^[\s|;&()`]/.test(rest)) return ['', 0];
    if (rest.startsWith('$(')) return ['', this.substitution(rest)];
    const quote = rest[0];
    if (quote === "'" || quote === '"') {
      const close = closing(rest, quote);
      const inside = rest.slice(1, close);
      if (quote === '"' && /\$\(|`/.test(inside)) this.nested(inside);
      return [inside, close + 1];
    }
    return quote === '\\' ? [rest.slice(1, 2), 2] : [rest.slice(0, 1), 1];
  }

  private add(word: string): void {
    if (word === '') return;
    const isFirst = this.words.length === 0;
    if (isFirst && GRAMMAR.has(word)) {
      this.isPlain = false;
      this.mayFail = word === 'if' || word === 'elif';
    } else if (!(isFirst && (RUNNERS.has(word) || /^\w+=/.test(word)))) this.words.push(word);
  }

  private end(operator: string): void {
    if (/[()`]|^&$/.test(operator)) this.isPlain = false;
    const { operator: before, mayFail } = this;
    this.commands.push({ words: withoutRedirections(this.words), operator: before, mayFail });
    this.words = [];
    this.mayFail = false;
    this.operator = operator === '&&' || operator === '||' || operator === '|' ? operator : ';';
  }

  /** `$(…)` outside of quotes: its commands are read, what comes of them is not known. */
  private substitution(text: string): number {
    const close = closing(text, ')');
    this.nested(text.slice(2, close));
    return close + 1;
  }

  private nested(text: string): void {
    this.isPlain = false;
    const inner = readScript(text.slice(lastOpening(text)));
    for (const { words } of inner.commands)
      this.commands.push({ words: [...words], operator: ';', mayFail: true });
  }
}

/** Behind the last `$(` or backquote; 0 without any. */
const lastOpening = (text: string): number =>
  Math.max(text.lastIndexOf('$(') + (text.includes('$(') ? 2 : 1), text.lastIndexOf('`') + 1);

/** Where what opens with the first character closes; the end of the text when it does not. */
function closing(text: string, sign: string): number {
  for (let at = sign === ')' ? 2 : 1; at < text.length; at++) {
    if (text[at] === '\\' && sign === '"') at++;
    else if (text[at] === sign) return at;
  }
  return text.length;
}

/** `2>&1`, `>/dev/null`, `> /dev/null`; a connection through `/dev/tcp` stays. */
function withoutRedirections(words: readonly string[]): string[] {
  return words.filter((word, index) => {
    if (/\/dev\/tcp\//.test(word)) return true;
    const previous = words[index - 1] ?? '';
    return !REDIRECTION.test(word) && !/^(?:\d*|&)[<>]+$/.test(previous);
  });
}
