// Where to look first when a request got no answer: by how far it came.
import type { NoAnswer } from './failure.ts';
import type { Evidence } from './seen.ts';

/** A request without an answer. `because`: the sentence of its failure; `ask`: `GET /me`. */
export interface Unheard {
  reason: NoAnswer;
  because: string;
  evidence: Evidence | undefined;
  ask: string;
}

const hangs = 'requests hang: look at pool-wait and db-connections first, then at locks and the load of the service';

const timeoutNext = ({ evidence, because, ask }: Unheard): string => {
  const layer = evidence?.layer;
  if (layer === 'TCP')
    return 'look whether the machine is up and at the firewalls between; a service that takes no more connections looks like this, too';
  if (layer === 'TLS')
    return 'look at what ends TLS there (the proxy or balancer): it takes connections and does no more';
  return because.includes('did not end')
    ? `the answer came to a halt: look at the log of the service, or of the proxy before it, for ${ask}`
    : hangs;
};

const brokenNext = ({ because, evidence, ask }: Unheard): string => {
  const log = `the log of the service, or of the proxy before it, for ${ask}`;
  if (because.includes('headers above')) return `look at ${log}, and at what sets headers or cookies without end`;
  if (because.includes('Content-Length'))
    return `look at what stands before the service (proxy, compression): length and body do not fit; then at ${log}`;
  if (because.includes('compressed body')) return `look at what compresses the answer to ${ask}`;
  if (because.includes('is not HTTP/1.1'))
    return 'look at the port of the target in the profile: another service may listen there';
  const plain = evidence?.curl.includes("'http://")
    ? '; a port that expects https closes plain http like this, too'
    : '';
  return `look at ${log}: it restarts or crashes${plain}`;
};

/** What a certificate or a handshake says of who is to mend it. */
const tlsNext: readonly [RegExp, string][] = [
  [/does not speak TLS/, 'look at the scheme and the port of the target in the profile, then at who ends TLS there'],
  [/is for another name/, 'look at the host name in the profile, then at which certificate the server gives for it'],
  [/not valid yet/, 'compare the clock of this machine with the one that issued the certificate'],
  [
    /self-signed|authority|intermediate/,
    'look at what the server sends: its chain must be whole; an authority of your own is trusted when NODE_EXTRA_CA_CERTS names its file',
  ],
  [/expired/, 'look at who renews the certificate, and whether the server was reloaded since'],
  [/speaks no version/, 'look at the TLS settings of the server, or of the proxy before it: 1.2 is the least'],
];

/** The first look. */
export const nextLook = (unheard: Unheard): string => {
  const { reason, because, evidence } = unheard;
  switch (reason) {
    case 'target_unreachable':
      return evidence?.layer === 'DNS'
        ? 'look at the name in the profile, then at its DNS record: nothing was asked of the service'
        : 'look whether the service runs and listens there, then at the network between';
    case 'target_timeout':
      return timeoutNext(unheard);
    case 'target_tls':
      return (
        tlsNext.find(([pattern]) => pattern.test(because))?.[1] ??
        'look at the certificate and the TLS settings of the server'
      );
    case 'target_broken':
      return brokenNext(unheard);
  }
  return reason satisfies never;
};

const reasons: readonly string[] = ['target_unreachable', 'target_timeout', 'target_tls', 'target_broken'];

/** Whether a reason says that no answer came. */
export const isNoAnswer = (reason: string): reason is NoAnswer => reasons.includes(reason);
