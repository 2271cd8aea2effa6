import { type InputReader, shown } from './input-reader.ts';

/** Where images of Docker Hub come from instead. */
export interface ImageRegistry {
  /** Host, port and path, as they stand before an image's name: `mirror.example:5000/docker-hub`. */
  readonly address: string;
  /** None where the registry asks for no password, or the machine knows one. */
  readonly login?: RegistryLogin;
}

export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
}

const HOST = /^(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;
/** A part of a path in a registry: https://pkg.go.dev/github.com/distribution/reference#pkg-overview */
const PART = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const FORM =
  'a registry as it stands before the name of an image: its host, with a port or a path where it has one (mirror.example:5000/docker-hub)';

/**
 * The inputs that say where images of Docker Hub come from instead.
 * @returns undefined when they are not given
 */
export function parseImageRegistry(input: InputReader, mode: string): ImageRegistry | undefined {
  const login = parseLogin(input);
  const address = input.text('image-registry');
  if (address === '') {
    if (login)
      input.empty(
        ['image-registry', 'registry-username'],
        'the login is for the registry in image-registry, and there is none (docker.io is Docker Hub itself)',
      );
    return undefined;
  }
  if (!['deploy', 'plan'].includes(mode) && !input.hasProblem('mode'))
    input.problem(
      ['image-registry', 'mode'],
      `mode deploy takes images from there, and mode ${mode} takes none`,
    );
  const problem = problemOf(address);
  if (problem) input.problem(['image-registry'], problem);
  return { address, login };
}

function problemOf(address: string): string | undefined {
  const [host = '', ...path] = address.split('/');
  if (/^https?:\/\//.test(address))
    return address.includes('@')
      ? 'it is a URL; give the host, and the path where there is one'
      : `${shown(address)} is a URL; give ${address.replace(/^https?:\/\//, '').replace(/(?<!\/)\/+$/, '')}`;
  if (!HOST.test(host) || !path.every(part => PART.test(part)))
    return address.includes('@') ? `it is not ${FORM}` : `${shown(address)} is not ${FORM}`;
  if (!/[.:]/.test(host) && host !== 'localhost')
    return `${shown(address)}: Docker takes ${host} for an owner on Docker Hub, since a registry has a dot or a port in its name`;
  return undefined;
}

function parseLogin(input: InputReader): RegistryLogin | undefined {
  const username = input.text('registry-username');
  const password = input.text('registry-password');
  if (username === '' && password === '') return undefined;
  if (password === '')
    input.empty(['registry-password', 'registry-username'], 'the password of registry-username is missing');
  else if (username === '')
    input.empty(['registry-username', 'registry-password'], 'the user of registry-password is missing');
  else if (/[\s:]/.test(username))
    input.problem(
      ['registry-username'],
      `${shown(username)} is not a user name: it has no white space and no colon`,
    );
  return { username, password };
}
