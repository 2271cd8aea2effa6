import type { Connection } from '../connection.ts';
import { quote } from '../quote.ts';
import { nameOf } from './target.ts';

/**
 * The command by which a person gets to the machine. A proxy command may hold what is nobody's business: a word stands for it.
 * @returns undefined where the machine is the runner itself
 */
export function sshCommand(connection: Connection): string | undefined {
  if (connection.kind === 'local') return undefined;
  const { target } = connection;
  const { via } = target;
  return quote([
    'ssh',
    ...(via?.kind === 'jump-host' ? ['-J', nameOf(via.target)] : []),
    ...(via?.kind === 'proxy-command' ? ['-o', 'ProxyCommand=PROXY_COMMAND'] : []),
    ...(target.port === 22 ? [] : ['-p', `${target.port}`]),
    `${target.username}@${target.host}`,
  ]);
}
