// Where to look first when a step of a login was not granted: by its answer, or by how far the request came.
import { isNoAnswer, nextLook } from '../http/next-look.ts';
import { asksCaptcha, formRefused, pageBehindFails, pageBehindRefuses } from './classify.ts';
import type { StepSeen } from './seen.ts';

/** `GET /me`: the request that ended a step. */
const lastAsk = ({ trail }: StepSeen): string =>
  trail
    .split(', then ')
    .at(-1)
    ?.replace(/ → .*$/, '') ?? '';

/** Status of the last answer on the way: the status of a step may be that of the page before it. */
const lastStatus = ({ trail, status }: StepSeen): number => Number(/→ (\d{3})$/.exec(trail)?.[1] ?? status ?? 0);

const atSessions =
  'look at how this release writes and reads sessions (store, cookie, signing key) and at the cookie that the login sets';

const atKeys =
  'look at the keys of the provider (its jwks_uri): were they changed, and does it sign with one that it publishes?';

/** What a note says of where to look first. */
const knownNext: readonly [string, string][] = [
  [pageBehindRefuses, atSessions],
  [
    formRefused,
    'look at how this release makes and checks the token of the form, and at the cookie that goes with it; behind a proxy, at the host and scheme that the service sees',
  ],
  [
    'the password would go to',
    'look who changed where the form leads: nothing was sent; if it goes there on purpose, name that origin as `at`',
  ],
  [
    'compare the clocks',
    'compare the clocks of the provider, of the service and of this machine (NTP), then look at the lifetime of its tokens',
  ],
  ['ID token does not fit', atKeys],
  ['no key that fits the ID token', atKeys],
  [
    'it does not know the client',
    'look at the client of the profile and at its registration with the provider: id, secret, how the secret is sent',
  ],
  ['is not in origins', 'look who changed where the login leads; if it goes there on purpose, name it in `origins`'],
  [
    'more than 10 redirects',
    'look at why the service sends its visitor in a circle: a cookie that does not come back, or the scheme and host that it sees behind a proxy',
  ],
];

/** Where to look first for a step that met an error. */
export const brokenNext = (step: StepSeen): string => {
  const log = `the log of the service for ${lastAsk(step)}`;
  const { reason, note: because, evidence } = step;
  if (isNoAnswer(reason)) return nextLook({ reason, because, evidence, ask: lastAsk(step) });
  if (step.note.startsWith(pageBehindFails))
    return `the session was written, the next request could not be served: look at db-connections and pool-wait first, then at ${log}`;
  const known = knownNext.find(([begin]) => step.note.includes(begin))?.[1];
  if (known !== undefined) return known;
  if (step.trail === '') return 'open the page by hand; if it changed on purpose, change `login` in the profile';
  if (lastStatus(step) >= 500) return `look at ${log} first; if db-connections or pool-wait fail too, start there`;
  const byHand = lastAsk(step).startsWith('GET ')
    ? 'open the page by hand; if it'
    : 'send the request by hand; if its answer';
  return `${byHand} changed on purpose, change \`login\` in the profile, else look at ${log}`;
};

const passwords =
  'look at what this release changed in checking passwords and sessions and at the accounts table; then whether the account in the profile still exists';

const captcha = 'exempt the account of this check from the captcha: no check over HTTP can answer one';

const codes =
  'compare the clocks (a code lives 30 s), then look whether another run or person uses the account, then at its seed in the profile';

/** Where to look first for a step that was refused. */
export const refusedNext = ({ role, note }: StepSeen): string => {
  if (role !== 'login') return atSessions;
  if (note.startsWith('the code of the second factor')) return codes;
  return note.endsWith(asksCaptcha) ? captcha : passwords;
};
