import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http, { type RequestListener } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

/** Two servers that lead to each other: `paths` says where each path of the https server redirects to. */
export interface RedirectingServers {
  readonly secure: string;
  readonly plain: string;
  /** Path of the certificate authority, for curl. */
  readonly authority: string;
  /** Paths that were asked for by http. */
  readonly askedPlain: string[];
}

/**
 * A server for https with an authority of its own, and one for http that answers every path with `content`. A path of the https
 * server that `redirects` does not name is answered with `content`, too.
 * @param redirects gets both addresses, and gives for each path where it leads
 */
export async function redirectingServers(
  content: (path: string) => string,
  redirects: (at: { secure: string; plain: string }) => Readonly<Record<string, string>>,
): Promise<RedirectingServers> {
  const { key, certificate } = selfSigned(temporaryFolder());
  const askedPlain: string[] = [];
  const plain = await listening(
    http.createServer(({ url = '' }, response) => {
      askedPlain.push(url);
      response.end(content(url));
    }),
    'http',
  );
  let leads: Readonly<Record<string, string>> = {};
  const answer: RequestListener = ({ url = '' }, response) => {
    const location = leads[url];
    if (location === undefined) response.end(content(url));
    else response.writeHead(302, { location }).end();
  };
  const keys = { key: readFileSync(key), cert: readFileSync(certificate) };
  const secure = await listening(https.createServer(keys, answer), 'https');
  leads = redirects({ secure, plain });
  return { secure, plain, authority: certificate, askedPlain };
}

async function listening(server: http.Server | https.Server, protocol: string): Promise<string> {
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return `${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function selfSigned(folder: string): { key: string; certificate: string } {
  const key = join(folder, 'key.pem');
  const certificate = join(folder, 'certificate.pem');
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-days', '2'];
  const name = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', ['req', ...kind, ...name, '-keyout', key, '-out', certificate], {
    stdio: 'ignore',
  });
  return { key, certificate };
}
