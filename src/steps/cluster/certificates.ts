import type { Host } from '../../host/host.ts';
import { ENTER, GONE, MAKE_AND_ENTER } from '../../host/real-folder.ts';
import { type CheckResult, notYet, type Step, satisfied } from '../step.ts';
import type { Authority, Subject } from './authority.ts';
import { MAKE_KEY, type ProjectPlace, runOpenssl, SAME_KEY, script } from './openssl.ts';

/** A certificate that ends sooner is made anew. */
const LEAST_DAYS = 30;

/** The user as whom the images of Kafka and of the schema registry run: `appuser`. */
const IMAGE_USER = '1000:1000';

/** What Kafka's own tools take in a container: `--command-config /etc/kafka/tls/client.properties`. */
const TOOL_PROPERTIES = `security.protocol=SSL
ssl.keystore.type=PEM
ssl.keystore.location=/etc/kafka/tls/node.pem
ssl.truststore.type=PEM
ssl.truststore.location=/etc/kafka/tls/ca.crt
`;

/** Where a certificate lies on its machine, with its key. */
interface Identity extends Subject {
  readonly home: string;
  readonly folder: string;
  /** Key, certificate and authority, one after the other. */
  readonly file: string;
  /** Whose it is, as `USER:GROUP`; '' for the user's own. Then root has nothing to do with it. */
  readonly owner: string;
  /** Text of client.properties beside it; '' for none. */
  readonly properties: string;
}

/** Beside a node's certificate, and as old as it: the one before is believed by nobody who trusts the new one. */
export const UNBELIEVED = 'unbelieved';

/** Shell functions for what a certificate must be: that of `SAME_KEY`, and `verify FILE AUTHORITY ADDRESS`. */
const VERIFY = `${SAME_KEY}
verify() {
  openssl verify -CAfile "$2" -purpose sslclient "$1" || return
  [ -z "$3" ] || openssl verify -CAfile "$2" -purpose sslserver -verify_ip "$3" "$1"
}`;

/**
 * Says `wrong=WHY`, or until when the certificate is good. The authority's own comes with the standard input.
 * `HOME FOLDER FILE OWNER ADDRESS PROPERTIES`
 */
const LOOK = `${ENTER}${VERIFY}
enter "$1" "$2" || exit $?
file=./$3
wrong() { printf '%s\\n' "wrong=$1"; exit 0; }
authority=$(cat)
[ -f "$file" ] && [ -f ca.crt ] || exit ${GONE}
until=$(openssl x509 -in "$file" -noout -enddate) || wrong 'it cannot be read'
until=\${until#*=}
[ "$(openssl x509 -in ca.crt)" = "$authority" ] || wrong 'it is of another authority'
openssl x509 -in "$file" -noout -checkend ${LEAST_DAYS * 86_400} >/dev/null || wrong "it ends on $until"
said=$(verify "$file" ca.crt "$5" 2>&1) || wrong "openssl verify: $(printf '%s\\n' "$said" | grep -m 1 '^error' || printf '%s\\n' "$said" | tail -n 1)"
same_key "$file" "$file" || wrong 'it does not fit its key'
[ "$(stat -c %a "$file")" = 600 ] || wrong 'others may read its key'
[ -z "$4" ] || [ "$(stat -c %u:%g . "$file" | uniq)" = "$4" ] || wrong 'the container may not read it'
[ -z "$6" ] || [ "$(cat client.properties 2>/dev/null && echo .)" = "$6." ] || wrong 'client.properties beside it is another one'
printf '%s\\n' "until=$until"`;

/** Makes a key, and prints the request for its certificate. `HOME FOLDER FILE SUBJECT` */
const REQUEST = `umask 077
${MAKE_AND_ENTER}
enter "$1" "$2" || exit $?
key=./$3.key.new
rm -f "$key"
${MAKE_KEY} "$key"
openssl req -new -key "$key" -subj "$4"`;

/**
 * Puts a new key with its certificate into place, which come with the standard input: the certificate, then the authority's own.
 * Nothing that would not be believed takes the place of what was. `HOME FOLDER FILE OWNER ADDRESS PROPERTIES`
 */
const INSTALL = `umask 077
${ENTER}${VERIFY}
enter "$1" "$2" || exit $?
file=./$3
trap 'rm -f "$file.key.new" "$file.crt.new" "$file.new" ca.crt.new client.properties.new' EXIT
awk -v own="$file.crt.new" '/^-----BEGIN/ { count++ } { print > (count < 2 ? own : "ca.crt.new") }'
verify "$file.crt.new" ca.crt.new "$5"
same_key "$file.key.new" "$file.crt.new" || { echo 'the certificate is of another key'; exit 1; }
cat "$file.key.new" "$file.crt.new" ca.crt.new >"$file.new"
chmod 644 ca.crt.new
printf %s "$6" >client.properties.new
[ ! -f "$file" ] || verify "$file" ca.crt.new "$5" || : >${UNBELIEVED}
[ -z "$4" ] || { chmod 700 . .. && chown "$4" . "$file.new" ca.crt.new client.properties.new; }
[ -z "$6" ] || mv -fT client.properties.new client.properties
mv -fT ca.crt.new ca.crt
mv -fT "$file.new" "$file"`;

interface CertificateOptions extends ProjectPlace {
  readonly authority: Authority;
}

interface NodeCertificateOptions extends CertificateOptions {
  readonly nodeId: number;
  /** Where the other machines find the node, and so what its certificate is for. */
  readonly address: string;
}

/**
 * The certificate of a machine's node, for both ends of its connections. The key is made on the machine and never leaves it; the
 * request and what the authority makes of it go through the runner.
 */
export function certificateStep({
  home,
  directory,
  authority,
  nodeId,
  address,
}: NodeCertificateOptions): Step {
  const folder = `${directory}/private/tls`;
  const identity: Identity = {
    ...{ name: `node ${nodeId}`, address, home, folder, file: 'node.pem' },
    ...{ owner: IMAGE_USER, properties: TOOL_PROPERTIES },
  };
  return {
    name: 'certificate',
    title: `Certificate of node ${nodeId} for ${address}`,
    ...stepOf(identity, authority),
  };
}

/** The certificate of the user's own clients on the machine: client.pem in the directory, and beside it whom to trust, ca.crt. */
export function clientCertificateStep({ home, directory, authority }: CertificateOptions): Step {
  const identity: Identity = {
    ...{ name: 'clients', home, folder: directory, file: CLIENT_IDENTITY, owner: '', properties: '' },
  };
  return {
    name: 'client-certificate',
    title: 'Certificate of the clients on the machine',
    ...stepOf(identity, authority),
  };
}

/** In the directory: what the user's clients show, and whom they trust. */
export const CLIENT_IDENTITY = 'client.pem';
export const CLIENT_TRUST = 'ca.crt';
/** In the directory, for the deployment's record: everything that a cluster's trust puts there. */
export const TRUST_FILES = ['private', CLIENT_IDENTITY, CLIENT_TRUST] as const;

function stepOf(identity: Identity, authority: Authority): Pick<Step, 'needs' | 'reads' | 'check' | 'apply'> {
  return {
    needs: ['directory', 'openssl-package', 'authority'],
    reads: ['openssl-package', 'authority'],
    async check({ host }) {
      const trusted = await authority.certificate();
      return trusted === undefined
        ? notYet('the cluster has no authority yet')
        : look(host, identity, trusted);
    },
    async apply({ host, log }) {
      log.info(`openssl genpkey, req, verify for ${identity.name}; openssl x509 at the authority`);
      await renew(host, identity, authority);
    },
  };
}

async function look(host: Host, identity: Identity, trusted: string): Promise<CheckResult> {
  const { name, home, folder, file, owner, address = '', properties } = identity;
  const argv = script(LOOK, home, folder, file, owner, address, properties);
  const command = { argv, sudo: owner !== '', stdin: `${trusted}\n` };
  const result = await runOpenssl(host, command, `the certificate of ${name} cannot be read`, [GONE]);
  if (result.exitCode === GONE) return notYet('there is none yet');
  const wrong = /^wrong=(.*)$/m.exec(result.stdout)?.[1];
  return wrong === undefined
    ? satisfied(`good until ${/^until=(.*)$/m.exec(result.stdout)?.[1]}`)
    : notYet(wrong);
}

/** A new key with a new certificate, also where there is one: which is never in doubt then. */
async function renew(host: Host, identity: Identity, authority: Authority): Promise<void> {
  const { name, home, folder, file, owner, address = '', properties } = identity;
  const sudo = owner !== '';
  const failed = (what: string) => `the certificate of ${name} cannot be ${what}`;
  const subject = `/O=kafka-al2023/CN=${name.replaceAll(' ', '-')}`;
  const request = { argv: script(REQUEST, home, folder, file, subject), sudo };
  const { stdout } = await runOpenssl(host, request, failed('asked for'));
  const stdin = await authority.sign(stdout, identity);
  const install = { argv: script(INSTALL, home, folder, file, owner, address, properties), sudo, stdin };
  await runOpenssl(host, install, failed('put in place'));
}
