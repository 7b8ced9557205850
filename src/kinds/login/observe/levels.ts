// What an observation weighs: a warning, unless the check raises it to a failure or switches it off with a reason.
import * as z from 'zod';
import { someText } from '../../../kit/units.ts';
import { once } from '../../../kit/once.ts';
import type { Part } from '../../../kit/samples.ts';
import type { Fault } from '../../../kit/verdicts.ts';
import { expiryText, warnDays } from '../../http/certificate.ts';
import type { LoginSeen, Observation, ObservationName } from '../seen.ts';

const level = once(() =>
  z.union([z.literal('warn'), z.literal('fail'), z.strictObject({ off: someText() })]).default('warn'),
);

/** The keys under `security`. */
export const securitySchema = once(() =>
  z
    .strictObject({
      cookies: level(),
      hsts: level(),
      tls: level(),
      certificate: level(),
      secretsInUrls: level(),
      mixedContent: level(),
      openRedirect: level(),
      caching: level(),
    } satisfies Record<ObservationName, unknown>)
    .prefault({}),
);

/** The keys of a check that weigh what was observed. */
export interface SecurityKeys {
  security: z.output<ReturnType<typeof securitySchema>>;
  tls?: { minDays: number } | undefined;
}

const words: Record<ObservationName, string> = {
  cookies: 'cookie',
  hsts: 'HSTS',
  tls: 'TLS',
  certificate: 'certificate',
  secretsInUrls: 'secrets in URLs',
  mixedContent: 'mixed content',
  openRedirect: 'open redirect',
  caching: 'caching',
};

const nameOf = ({ name, of }: Observation): string => `${words[name]}${of === '' ? '' : ` ${of}`}`;

/** A certificate is judged by days: `tls.minDays` fails, the last three weeks warn. */
const withDays = (one: Observation, { tls }: SecurityKeys): Observation => {
  if (one.days === undefined) return one;
  const limit = [tls?.minDays ?? 0, warnDays].find((least) => (one.days ?? 0) < least);
  return limit === undefined ? one : { ...one, isGood: false, because: expiryText(one.days, limit) };
};

const isRaised = (one: Observation, { security, tls }: SecurityKeys): boolean =>
  security[one.name] === 'fail' || (one.days !== undefined && tls !== undefined && one.days < tls.minDays);

const partOf = (raw: Observation, keys: SecurityKeys): Part[] => {
  const setting = keys.security[raw.name];
  if (typeof setting === 'object') return [];
  const one = withDays(raw, keys);
  const outcome = one.isGood ? 'pass' : isRaised(one, keys) ? 'fail' : 'warn';
  return [{ name: nameOf(one), outcome, because: one.because }];
};

const switchedOff = ({ security }: SecurityKeys): Part[] =>
  (Object.keys(words) as ObservationName[]).flatMap((name): Part[] => {
    const setting = security[name];
    return typeof setting === 'object'
      ? [{ name: words[name], outcome: 'skipped', because: `switched off: ${setting.off}` }]
      : [];
  });

/** Everything that was observed, each with its weight. */
export const observedParts = (observed: readonly Observation[], keys: SecurityKeys): Part[] =>
  observed.length === 0 ? [] : [...observed.flatMap((one) => partOf(one, keys)), ...switchedOff(keys)];

/** The first observation that the check raised to a failure. It blocks: no baseline says whether it was so before. */
export const raisedFault = ({ observed = [] }: LoginSeen, keys: SecurityKeys): Fault | undefined => {
  const part = observedParts(observed, keys).find(({ outcome }) => outcome === 'fail');
  if (!part) return undefined;
  return {
    reason: 'insecure',
    because: `the login works, but ${part.name}: ${part.because}`,
    next: 'look at what this release changed there; the check raises it to a failure under `security` or `tls`',
    asks: 'block',
  };
};
