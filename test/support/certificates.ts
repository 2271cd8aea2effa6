import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate with its key, in PEM; the key as PKCS#8. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

interface Wanted {
  readonly name: string;
  /** OpenSSL's form of subjectAltName: `DNS:localhost,IP:127.0.0.1`. */
  readonly names?: string;
  readonly hasExpired?: boolean;
}

/** A certificate authority of a test's own, made with openssl(1). */
export class Authority {
  private readonly folder = mkdtempSync(join(tmpdir(), 'kafka-action-ca-'));
  readonly certificate: string;

  constructor(name: string) {
    const { folder } = this;
    openssl(folder, ...NEW_KEY('ca'), '-x509', '-out', 'ca.crt', '-days', '2', '-subj', `/CN=${name}`);
    writeFileSync(join(folder, 'index'), '');
    writeFileSync(join(folder, 'serial'), '01\n');
    this.certificate = readFileSync(join(folder, 'ca.crt'), 'utf8');
  }

  issue({ name, names = `DNS:${name}`, hasExpired = false }: Wanted): Certificate {
    const { folder } = this;
    openssl(folder, ...NEW_KEY(name), '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    writeFileSync(join(folder, 'openssl.cnf'), `${CONFIG}[e]\nsubjectAltName=${names}\n`);
    const dates = hasExpired
      ? ['-startdate', '20200101000000Z', '-enddate', '20200201000000Z']
      : ['-days', '2'];
    const ca = ['ca', '-batch', '-config', 'openssl.cnf', '-cert', 'ca.crt', '-keyfile', 'ca.key', '-notext'];
    openssl(folder, ...ca, '-in', `${name}.csr`, '-out', `${name}.crt`, ...dates);
    return {
      certificate: readFileSync(join(folder, `${name}.crt`), 'utf8'),
      key: readFileSync(join(folder, `${name}.key`), 'utf8'),
    };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const NEW_KEY = (name: string) => [
  ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`],
];
const CONFIG = `[ca]
default_ca=d
[d]
new_certs_dir=.
database=index
serial=serial
default_md=sha256
policy=p
unique_subject=no
x509_extensions=e
[p]
commonName=supplied
`;

function openssl(cwd: string, ...args: string[]): void {
  execFileSync('openssl', args, { cwd, stdio: 'pipe' });
}

/** A value of several lines as a properties file has it: each but the last ends with `\n\`. */
export const continued = (text: string): string => text.trim().replaceAll('\n', '\\n\\\n  ');
