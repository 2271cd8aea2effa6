import { type InputName, SECRET_INPUTS } from './inputs.ts';

/** Why GitHub gives a run no secrets: a pull request from a fork started it, or Dependabot did. */
export type Withheld = 'fork' | 'dependabot';

const WITHHELD: Readonly<Record<Withheld, string>> = {
  fork: 'A pull request from a fork started this run, and GitHub gives such runs no secrets. Leave them out: if: github.event.pull_request.head.repo.full_name == github.repository',
  dependabot:
    "Dependabot started this run, and GitHub gives such runs no Actions secrets. Leave them out (if: github.actor != 'dependabot[bot]'), or store the secret for Dependabot, too: gh secret set NAME --app dependabot",
};

/**
 * What to do about an input that is empty although the workflow gives it: an expression without a value is empty for the runner.
 * @param withheld why this run has no secrets, if that is known
 */
export function emptyHint(name: InputName, withheld?: Withheld): string {
  const isSecret = (SECRET_INPUTS as readonly InputName[]).includes(name);
  if (isSecret && withheld) return WITHHELD[withheld];
  const [kind, list] = isSecret ? ['secret', 'gh secret list'] : ['variable', 'gh variable list'];
  const expression = `\${{ ${isSecret ? 'secrets' : 'vars'}.NAME }}`;
  return `If the workflow says ${name}: ${expression}, no ${kind} is set under this name, or it belongs to a GitHub environment that the job does not name (environment: NAME). What is set shows: ${list}`;
}
