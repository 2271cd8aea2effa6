import { rm, writeFile } from 'node:fs/promises';
import { ERRORS } from '../error-codes.ts';
import { reasonOf } from '../errors.ts';
import * as core from './workflow-commands.ts';

/** Whether later steps of the job go wrong without it. */
type Importance = 'needed' | 'useful';

/** Writes what the runner asks for. Whatever cannot be written is told at the end, and keeps nothing else from being written. */
export class RunnerFiles {
  private readonly unwritten: { readonly words: string; readonly importance: Importance }[] = [];

  /** @param what for the message, after which it "could not be written" */
  async attempt(what: string, importance: Importance, write: () => Promise<void> | void): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      this.unwritten.push({ words: `${what} could not be written: ${reasonOf(error)}`, importance });
      return false;
    }
  }

  /**
   * Writes a value as a JSON file.
   * @returns the path, empty when there is no such file
   */
  async keep(path: string, content: () => unknown): Promise<string> {
    const write = () => writeFile(path, `${JSON.stringify(content(), undefined, 2)}\n`);
    if (await this.attempt('a file of the report', 'useful', write)) return path;
    // A part of a file would be taken for the whole.
    await rm(path, { force: true }).catch(() => {});
    return '';
  }

  /** Tells what could not be written. A job must not go on without the outputs that its later steps read. */
  complain(): void {
    if (this.unwritten.length === 0) return;
    const text = this.unwritten.map(({ words }) => words).join('; ');
    const message = `${text}\nWhat to do: ${ERRORS['runner-not-writable'].hint}`;
    const title = { title: 'Kafka: runner-not-writable' };
    if (this.unwritten.every(({ importance }) => importance === 'useful')) {
      core.warning(message, title);
      return;
    }
    core.error(message, title);
    process.exitCode = 1;
  }
}
