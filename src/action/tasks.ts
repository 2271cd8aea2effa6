import type { ComposeChoice } from '../config/deployment-inputs.ts';
import type { Task } from '../config/task.ts';
import { lint } from '../modes/lint.ts';
import type { Outcome } from '../modes/run.ts';
import { isOfPullRequest } from './pull-request.ts';
import type { Runner } from './runner.ts';
import { readComposeFiles, writeComposeFiles } from './workspace.ts';

/** Does what the inputs ask for. */
export async function perform(task: Task, runner: Runner): Promise<Outcome> {
  const { root } = runner;
  const workspace = process.env.GITHUB_WORKSPACE || process.cwd();
  const sourceOf = (choice: ComposeChoice) => {
    const texts = readComposeFiles(choice, root, workspace);
    return { ...texts, isOfPullRequest: texts.isOwn && isOfPullRequest(process.env) };
  };
  if (task.mode === 'lint')
    return lint(task.compose, {
      ...runner,
      source: sourceOf(task.compose),
      writeFiles: files => writeComposeFiles(files, workspace),
    });
  // A file is judged in half the time without what speaks SSH and Kafka.
  const { performOnMachine } = await import('./machine-tasks.ts');
  return performOnMachine(task, runner, workspace, sourceOf);
}
