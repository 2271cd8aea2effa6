import type { Host } from '../../host/host.ts';
import { ENTER, GONE, MAKE_AND_ENTER } from '../../host/real-folder.ts';
import { notYet, type Step, satisfied } from '../step.ts';
import { MAKE_KEY, type ProjectPlace, runOpenssl, SAME_KEY, script } from './openssl.ts';

/** Prints the authority's certificate, if there is one whose key is there as well. `HOME FOLDER` */
const LOOK = `${ENTER}${SAME_KEY}
enter "$1" "$2" || exit $?
[ -f ca.key ] && [ -f ca.crt ] || exit ${GONE}
same_key ca.key ca.crt || exit ${GONE}
openssl x509 -in ca.crt`;

/**
 * Prints the certificates of every authority that the cluster has or had, as far as this machine knows: nodes may still run with one of
 * them. `HOME FOLDER`
 */
const LOOK_BACK = `${ENTER}
enter "$1" "\${2%/*}" || exit $?
for file in authority/ca.crt authority/before.crt tls/ca.crt; do
  [ ! -f "./$file" ] || cat "./$file"
done`;

/** The longest that an authority is for. */
const AUTHORITY_DAYS = 3650;

/**
 * Makes the authority, and keeps the certificate of the one before: its own certificate is there last, and with it the authority.
 * Nobody but root comes as far as its folder. `HOME FOLDER SUBJECT`
 */
const MAKE = `umask 077
${MAKE_AND_ENTER}
enter "$1" "\${2%/*}" || exit $?
chown 0:0 . && chmod 700 .
enter "$1" "$2" || exit $?
for file in ca.crt ../tls/ca.crt; do [ ! -f "$file" ] || cat "$file" >>before.crt; done
rm -f ca.crt
${MAKE_KEY} ca.key
openssl req -x509 -new -key ca.key -sha256 -days ${AUTHORITY_DAYS} -subj "$3" \\
  -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign,cRLSign -out ca.crt.new
mv -f ca.crt.new ca.crt`;

/** What Apple and the browsers accept at most; a machine that is deployed to once a year still gets a new one in time. */
const CERTIFICATE_DAYS = 825;

/**
 * Signs what a machine asks for with the standard input, and prints the certificate, then the authority's own. What it is for is said
 * here, never by the machine: of its request nothing but the public key and the name is taken. `HOME FOLDER EXTENSION…`
 */
const SIGN = `umask 077
${ENTER}
enter "$1" "$2" || exit $?
shift 2
request=$(cat)
printf '%s\\n' "$request" | openssl req -noout -verify
extensions=$(mktemp ./extensions.XXXXXX)
trap 'rm -f "$extensions"' EXIT
printf '%s\\n' "$@" basicConstraints=critical,CA:FALSE keyUsage=critical,digitalSignature \\
  subjectKeyIdentifier=hash authorityKeyIdentifier=keyid >"$extensions"
printf '%s\\n' "$request" | openssl x509 -req -CA ca.crt -CAkey ca.key -set_serial "0x$(openssl rand -hex 16)" \\
  -sha256 -days ${CERTIFICATE_DAYS} -extfile "$extensions"
openssl x509 -in ca.crt`;

/** Whom a certificate is for. */
export interface Subject {
  /** For messages: `node 2`, `the clients`. */
  readonly name: string;
  /** The address at which others find it; none for a client. */
  readonly address?: string;
}

/**
 * What the cluster trusts: an authority of its own on one of its machines. Its key never leaves that machine and belongs to root.
 */
export class Authority {
  private readonly host: Host;
  private readonly place: ProjectPlace;
  private known: string | undefined;

  /** @param host the machine that keeps it: that of node 1 */
  constructor(host: Host, place: ProjectPlace) {
    this.host = host;
    this.place = place;
  }

  /** Its certificate in PEM; undefined when there is no authority yet. */
  async certificate(): Promise<string | undefined> {
    if (this.known !== undefined) return this.known;
    const argv = script(LOOK, ...this.words());
    const result = await runOpenssl(this.host, { argv, sudo: true }, 'the authority cannot be read', [GONE]);
    this.known = result.exitCode === GONE ? undefined : result.stdout.trim();
    return this.known;
  }

  /** In PEM, its certificate and those of the authorities before it: undefined when there has been none. */
  async everTrusted(): Promise<string | undefined> {
    const argv = script(LOOK_BACK, ...this.words());
    const result = await runOpenssl(this.host, { argv, sudo: true }, 'the authority cannot be read', [GONE]);
    return result.stdout.trim() || undefined;
  }

  /** @param cluster its name in the certificate */
  async make(cluster: string): Promise<void> {
    const subject = `/O=kafka-al2023/CN=${cluster.replaceAll(/[^\w.-]/g, '_').slice(0, 64)}`;
    const argv = script(MAKE, ...this.words(), subject);
    await runOpenssl(this.host, { argv, sudo: true }, 'the authority cannot be made');
  }

  /**
   * @param request PKCS#10 in PEM
   * @returns the certificate and the authority's own in PEM, one after the other
   */
  async sign(request: string, { name, address }: Subject): Promise<string> {
    const usage = `extendedKeyUsage=${address === undefined ? '' : 'serverAuth,'}clientAuth`;
    const names = address === undefined ? [] : [`subjectAltName=IP:${address}`];
    const argv = script(SIGN, ...this.words(), usage, ...names);
    const command = { argv, sudo: true, stdin: request };
    const { stdout } = await runOpenssl(this.host, command, `the certificate of ${name} cannot be signed`);
    return stdout;
  }

  private words(): [string, string] {
    return [this.place.home, `${this.place.directory}/private/authority`];
  }
}

/** @param cluster its name in the authority's certificate */
export function authorityStep(authority: Authority, cluster: string): Step {
  return {
    name: 'authority',
    title: 'Authority of the cluster',
    needs: ['directory', 'openssl-package'],
    reads: ['openssl-package'],
    async check() {
      return (await authority.certificate()) === undefined
        ? notYet('the cluster has none yet')
        : satisfied('it is there, its key with root alone');
    },
    async apply({ log }) {
      log.info('openssl req -x509: a key that stays on this machine');
      await authority.make(cluster);
    },
  };
}
