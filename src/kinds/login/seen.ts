// What one look of a `login` check saw, step by step: plain data, never a secret.

/** What an answer means: the account is in, it is turned away, it is told to wait, or the service does not work. */
export type StepOutcome = 'granted' | 'refused' | 'throttled' | 'broken';

/** The three looks that must be refused. */
export type NegativeName = 'a stranger' | 'a wrong password' | 'the session after the logout';

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
  /** For a broken step that got no answer: why. */
  reason: string;
};

export type LoginSeen = {
  steps: StepSeen[];
  /** Milliseconds from the first request of the login to the granted page. */
  ms: number;
};
