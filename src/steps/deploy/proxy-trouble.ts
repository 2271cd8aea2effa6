/** What programs say of a proxy, and what helps. */
const KNOWN: readonly (readonly [words: RegExp, hint: string])[] = [
  [
    /\b407\b|proxy authentication required/i,
    'The proxy wants a user name and a password, or refuses those it gets: give them in http-proxy, as http://NAME:PASSWORD@proxy.example:3128, each of @ / : # ? and % in them as a number (@ is %40).',
  ],
  [
    /could not resolve proxy|cannot connect to proxy|proxyconnect tcp|unable to connect to proxy/i,
    'The machine does not reach the proxy: check http-proxy, and that its firewall lets the machine in. Try on the machine: curl -sI PROXY',
  ],
  [
    /40[03] from proxy after CONNECT|CONNECT tunnel failed, response 40[03]|tunnel connection failed: 40[03]/i,
    "The proxy does not let the machine go there: allow the address in the message in the proxy's rules, or name it in no-proxy if it is reached without the proxy.",
  ],
];

/** @returns what helps, when what a download said is of the proxy */
export const proxyHint = (said: string): string | undefined => KNOWN.find(([words]) => words.test(said))?.[1];
