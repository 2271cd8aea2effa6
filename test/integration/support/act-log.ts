/** One step of a job, in one of its stages. */
export interface StepRun {
  /** `id` in the workflow; without one, its number from 0. */
  readonly id: string;
  readonly stage: 'Pre' | 'Main' | 'Post';
  readonly job: string;
  readonly matrix: Readonly<Record<string, string>>;
  /** Empty while it runs. */
  readonly result: '' | 'success' | 'failure';
  readonly outputs: Readonly<Record<string, string>>;
  /** Markdown of the job summary. */
  readonly summary: string;
  readonly log: string;
}

/** The fields that matter here of a line of act's log with `--json` (nektos/act, pkg/runner: logger, command and step). */
interface Entry {
  readonly msg?: string;
  readonly jobID?: string;
  readonly matrix?: Readonly<Record<string, string>> | null;
  readonly stepID?: readonly string[];
  readonly stage?: StepRun['stage'];
  readonly stepResult?: StepRun['result'];
  readonly command?: string;
  readonly name?: string;
  readonly arg?: string;
  readonly content?: string;
  readonly level?: string;
}

type Mutable = { -readonly [Key in keyof StepRun]: StepRun[Key] } & { outputs: Record<string, string> };

/** Reads act's log. act masks the messages and no other field, so the text of a command is not kept. */
export class ActLog {
  text = '';
  private readonly found: Mutable[] = [];

  get steps(): readonly StepRun[] {
    return this.found;
  }

  take(line: string): void {
    const entry = parse(line);
    if (entry.command === 'add-mask' || /^unable to get git /.test(entry.msg ?? '')) return;
    const text = `${(entry.msg ?? '').replace(/\s+$/, '')}\n`;
    this.text += text;
    if (!entry.stage || !entry.stepID?.[0] || !entry.jobID) return;
    const step = this.stepOf(entry.stepID[0], entry.stage, entry.jobID, entry.matrix ?? {});
    step.log += text;
    if (entry.stepResult) step.result = entry.stepResult;
    if (entry.command === 'set-output' && entry.name) step.outputs[entry.name] = entry.arg ?? '';
    if (entry.command === 'summary') step.summary += entry.content ?? '';
  }

  private stepOf(id: string, stage: StepRun['stage'], job: string, matrix: StepRun['matrix']): Mutable {
    const isSame = (step: StepRun) =>
      step.id === id &&
      step.stage === stage &&
      step.job === job &&
      JSON.stringify(step.matrix) === JSON.stringify(matrix);
    const known = this.found.find(isSame);
    if (known) return known;
    const step: Mutable = { id, stage, job, matrix, result: '', outputs: {}, summary: '', log: '' };
    this.found.push(step);
    return step;
  }
}

/** act's last words, and its complaints before it has a job, are plain text. */
function parse(line: string): Entry {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return { msg: line };
  }
}
