import { ActionError } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import { loopback } from '../../host/loopback.ts';
import type { Credentials, RegistrySecurity } from '../security/client-security.ts';
import { explainTls } from '../security/tls-errors.ts';
import { exchange } from './exchange.ts';

/** As the schema registry names them (Schema Registry API, `schemaType`). */
export type SchemaType = 'AVRO' | 'JSON' | 'PROTOBUF';

const TIMEOUT_MS = 10_000;
/**
 * What changes something the registry writes into Kafka: where a broker has just gone without a word, its producer waits for an answer for
 * thirty seconds (`request.timeout.ms`) before it looks for the new leader. Apicurio Registry has two, and the second one begins when
 * the first one is through.
 */
const WRITE_TIMEOUT_MS = 75_000;
const CONTENT_TYPE = 'application/vnd.schemaregistry.v1+json';

/** The schema registry said no. */
export class RegistryRefusal extends Error {
  override readonly name = 'RegistryRefusal';
  readonly status: number;

  constructor(request: string, status: number, body: string) {
    super(`${request} answered ${status}: ${body.slice(0, 200)}`);
    this.status = status;
  }
}

/**
 * A schema registry, asked by way of the machine (Schema Registry API, version 1). Every call throws an Error when the registry does not
 * answer within ten seconds, thirty where it writes; a RegistryRefusal when it says no, and an Error when it answers nonsense.
 */
export class SchemaRegistry {
  private readonly host: Host;
  private readonly url: string;
  private readonly security: RegistrySecurity;

  /**
   * @param url its address as seen from the machine
   * @param security what it asks for: by default nothing
   */
  constructor(host: Host, url: string, security: RegistrySecurity = {}) {
    this.host = host;
    this.url = url;
    this.security = security;
  }

  /** @returns the names of the subjects */
  async subjects(): Promise<string[]> {
    const subjects = await this.request('GET', '/subjects');
    if (!Array.isArray(subjects)) throw new Error(`${this.url}/subjects answered something else than a list`);
    return subjects.map(String);
  }

  /** Adds a schema to a subject. @returns its id, the same for the same schema */
  async register(subject: string, schema: string, type: SchemaType = 'AVRO'): Promise<number> {
    const path = `${subjectPath(subject)}/versions`;
    return integerIn(await this.write('POST', path, bodyOf(schema, type)), 'id');
  }

  /** @returns the id under which the subject has this schema; undefined when it has not */
  async find(subject: string, schema: string, type: SchemaType): Promise<number | undefined> {
    const found = this.request('POST', subjectPath(subject), bodyOf(schema, type));
    return found.then(answer => integerIn(answer, 'id')).catch(unlessThere);
  }

  /** @returns why a schema could not follow those of the subject; nothing when it could, or there are none */
  async problemsOf(subject: string, schema: string, type: SchemaType): Promise<string[]> {
    const path = `/compatibility${subjectPath(subject)}/versions?verbose=true`;
    const answer = await this.request('POST', path, bodyOf(schema, type)).catch(unlessThere);
    if (answer === undefined) return [];
    const { is_compatible: isCompatible, messages } = recordOf(answer);
    if (isCompatible === true) return [];
    return Array.isArray(messages) && messages.length > 0
      ? messages.map(String)
      : ['the registry does not say why'];
  }

  /** @returns the schema with this id, as a JSON text */
  async schemaById(id: number): Promise<string> {
    const { schema } = recordOf(await this.request('GET', `/schemas/ids/${id}`));
    if (typeof schema !== 'string') throw new Error(`the registry's answer for schema ${id} holds no schema`);
    return schema;
  }

  /** Sets which changes of a subject's schema are allowed. */
  async setCompatibility(subject: string, compatibility: string): Promise<void> {
    await this.write('PUT', configPath(subject), { compatibility });
  }

  /** @returns whether a schema could follow the subject's latest one */
  async isCompatible(subject: string, schema: string): Promise<boolean> {
    const path = `/compatibility${subjectPath(subject)}/versions/latest`;
    return recordOf(await this.request('POST', path, { schema })).is_compatible === true;
  }

  /** Removes a subject with its settings, for good: the first call only hides it. A subject that is not there is no error. */
  async deleteSubject(subject: string): Promise<void> {
    const path = subjectPath(subject);
    for (const target of [configPath(subject), path, `${path}?permanent=true`]) {
      await this.write('DELETE', target).catch(unlessThere);
    }
  }

  private write(method: string, path: string, body?: object): Promise<unknown> {
    return this.request(method, path, body, WRITE_TIMEOUT_MS);
  }

  private async request(
    method: string,
    path: string,
    body?: object,
    timeoutMs = TIMEOUT_MS,
  ): Promise<unknown> {
    const { user, tls = { checksName: true } } = this.security;
    const url = new URL(`${this.url}${path}`);
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
    const connection = await this.host.dial(loopback(url.hostname), port);
    const signal = AbortSignal.timeout(timeoutMs);
    const headers = {
      ...(body ? { 'Content-Type': CONTENT_TYPE } : {}),
      ...(user ? authorization(user) : {}),
    };
    const asked = exchange(url, {
      ...{ method, connection, signal, headers, tls },
      body: body && JSON.stringify(body),
    });
    const answer = await asked.catch(cause => {
      if (!signal.aborted)
        throw explainTls(cause, { peer: `schema registry ${url.host}`, tls, prefix: 'schema.registry.' });
      throw new Error(`${this.url}${path} did not answer in ${timeoutMs / 1000} s`, { cause });
    });
    if (answer.status === 401 || answer.status === 403)
      throw unauthorized(`${this.url}${path}`, answer.status, user);
    if (answer.status !== 200)
      throw new RegistryRefusal(`${this.url}${path}`, answer.status ?? 0, answer.body);
    return JSON.parse(answer.body);
  }
}

/** HTTP's basic authentication (RFC 7617). */
const authorization = ({ username, password }: Credentials) => ({
  Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
});

function unauthorized(what: string, status: number, user: Credentials | undefined): ActionError {
  const why = {
    401: user ? 'it does not take the user name or the password' : 'it asks for a user name and a password',
    403: user ? 'its user may not do this' : 'it lets nobody do this without a user name',
  }[status];
  return new ActionError('schema-registry-unauthorized', `${what} answered ${status}: ${why}`);
}

/** Avro is what a registry takes that is not told a type: old ones know no other. */
const bodyOf = (schema: string, type: SchemaType) =>
  type === 'AVRO' ? { schema } : { schema, schemaType: type };

function unlessThere(error: unknown): undefined {
  if (!(error instanceof RegistryRefusal && error.status === 404)) throw error;
}

const subjectPath = (subject: string) => `/subjects/${encodeURIComponent(subject)}`;
const configPath = (subject: string) => `/config/${encodeURIComponent(subject)}`;

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function integerIn(value: unknown, name: string): number {
  const number = recordOf(value)[name];
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
  throw new Error(`the registry's answer holds no ${name}`);
}
