// What one look of a `login` check saw, step by step: plain data, never a secret.
import type { Evidence } from '../http/seen.ts';

/** What an answer means: the account is in, it is turned away, it is told to wait, or the service does not work. */
export type StepOutcome = 'granted' | 'refused' | 'throttled' | 'broken';

/** The looks that must be refused. */
export type NegativeName =
  | 'a stranger'
  | 'a wrong password'
  | 'the session from before the login'
  | 'the session after the logout';

/** One request of a step with its times in milliseconds; stages that did not happen are absent. */
export type HopSeen = {
  /** `POST /login`. */
  ask: string;
  /** Null when there was no answer. */
  status: number | null;
  dns?: number;
  tcp?: number;
  tls?: number;
  /** From the ready connection to the head of the answer. */
  firstByte?: number;
  body?: number;
  total: number;
  /** The connection had served a request before. */
  reused: boolean;
};

/** What is looked at once in a run beside the login itself. */
export type ObservationName =
  | 'cookies'
  | 'hsts'
  | 'tls'
  | 'certificate'
  | 'secretsInUrls'
  | 'mixedContent'
  | 'openRedirect'
  | 'caching';

/** One thing that was looked at; what it weighs is said by the check, not here. */
export type Observation = {
  name: ObservationName;
  /** What exactly: a cookie's name, a host; empty where the name says it all. */
  of: string;
  isGood: boolean;
  /** What was seen, as half a sentence. */
  because: string;
  /** Days until the certificate expires. */
  days?: number;
};

export type StepSeen = {
  /** `open /login`, `sign in`, `see /me`, `sign out`, or one of the negatives. */
  name: string;
  /** `negative`: it must be refused; the others must be granted. */
  role: 'login' | 'probe' | 'logout' | 'negative';
  outcome: StepOutcome;
  /** Status of the last answer; null when there was none. */
  status: number | null;
  ms: number;
  /** `POST /login → 302, then GET /me → 500`. */
  trail: string;
  /** What decided the outcome, as half a sentence; empty where nothing is to be said. */
  note: string;
  /** Its place in the login, from 1, where the steps before it are not told. */
  at?: number;
  /** Milliseconds that it may take, where it has a budget of its own. */
  budget?: number;
  /** For a broken step that got no answer: why. */
  reason: string;
  /** For a step that was neither granted nor refused as it should be. */
  evidence?: Evidence;
  /** Its requests in their order. */
  hops?: HopSeen[];
};

/** What became of a burst of logins. Times in milliseconds. */
export type BurstSeen = {
  /** Id of the check, to find what the others saw meanwhile. */
  check: string;
  /** Logins that were asked for at most, that came to their end, that were granted. */
  total: number;
  done: number;
  granted: number;
  /** The most that were under way at once. */
  atOnce: number;
  ms: number;
  /** Milliseconds of the logins that were granted. */
  mean?: number;
  p50?: number;
  p95?: number;
  p99?: number;
  /** What ended it before all were made, unless it is `failure`. */
  ended?: string;
  /** Another check failed meanwhile, which ended it; its sentence. */
  harm?: string;
  /** The first login that was not granted; `late`: it took longer than it may. */
  failure?: { outcome: StepOutcome; step: string; trail: string; note: string; late?: true; evidence?: Evidence };
};

export type LoginSeen = {
  steps: StepSeen[];
  /** Milliseconds from the first request of the login to the granted page. */
  ms: number;
  /** Milliseconds up to the end of the logout; the looks that must be refused are not in it. */
  total?: number;
  /** Only in the look that takes what is looked at once in a run. */
  observed?: Observation[];
  /** Only in the look of the burst, which has no steps. */
  burst?: BurstSeen;
};
