// How the way of the password is secured: TLS, its certificate, and whether browsers are told to stay with it.
import { plural } from '../../../kit/text.ts';
import { daysUntil } from '../../http/certificate.ts';
import type { Observation } from '../seen.ts';
import type { Exchange } from '../visitor.ts';

/** On the machine itself nobody listens in between. */
const isLoopback = (host: string): boolean => /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);

const modern = ['TLSv1.2', 'TLSv1.3'];

const hostsOf = (exchanges: readonly Exchange[]): Map<string, Exchange[]> => {
  const hosts = new Map<string, Exchange[]>();
  for (const exchange of exchanges) {
    const { host } = new URL(exchange.visit.url);
    hosts.set(host, [...(hosts.get(host) ?? []), exchange]);
  }
  return hosts;
};

const plainObservation = (host: string): Observation[] =>
  isLoopback(new URL(`http://${host}`).hostname)
    ? []
    : [
        {
          name: 'tls',
          of: host,
          isGood: false,
          because: 'the login goes over plain http: everybody on the way can read the password',
        },
      ];

const versionObservation = (host: string, protocol: string): Observation => ({
  name: 'tls',
  of: host,
  isGood: modern.includes(protocol),
  because: modern.includes(protocol) ? protocol : `${protocol} is outdated: TLS 1.2 is the least that is safe`,
});

const certificateObservation = (host: string, expires: number, now: number): Observation => {
  const days = daysUntil(expires, now);
  return { name: 'certificate', of: host, isGood: true, because: `expires in ${plural(days, 'day')}`, days };
};

/** Seconds of `max-age`; 0 switches it off (RFC 6797, section 6.1.1). */
const hstsAge = (exchange: Exchange): number =>
  Number(/max-age="?(\d+)/i.exec(exchange.answer.headers['strict-transport-security']?.[0] ?? '')?.[1] ?? 0);

const hstsObservation = (host: string, exchanges: readonly Exchange[]): Observation => {
  const isGood = exchanges.some((one) => hstsAge(one) > 0);
  const because = isGood
    ? 'browsers are told to stay with https'
    : 'no answer has a Strict-Transport-Security header: a browser can be led to plain http';
  return { name: 'hsts', of: host, isGood, because };
};

const hostObservations = (host: string, exchanges: readonly Exchange[], now: number): Observation[] => {
  const tls = exchanges.find(({ answer }) => answer.tls)?.answer.tls;
  if (!tls) return plainObservation(host);
  const certificate = tls.expires === undefined ? [] : [certificateObservation(host, tls.expires, now)];
  return [versionObservation(host, tls.protocol), ...certificate, hstsObservation(host, exchanges)];
};

/** For each host that the login visited. `now`: epoch milliseconds. */
export const transportObservations = (exchanges: readonly Exchange[], now: number): Observation[] =>
  [...hostsOf(exchanges)].flatMap(([host, own]) => hostObservations(host, own, now));
