// What one look of an `http` check saw: plain data, without the body.

import type { Stages } from './stages.ts';

/** What was asked where a request went wrong, and what came back; no secret is in it. */
export type Evidence = {
  /** Where the fault is: as far as the request came. */
  layer: 'DNS' | 'TCP' | 'TLS' | 'HTTP' | 'application';
  /** Status, location, type and the first words; absent when nothing came. */
  answer?: string;
  /** The request as a line of a shell; values are left out. */
  curl: string;
};

export type HttpSeen = {
  /** `GET /health`. */
  ask: string;
  /** Null when there was no answer. */
  status: number | null;
  /** Milliseconds of the whole exchange. */
  ms: number;
  /** Milliseconds of each stage; absent where there was no answer. */
  stages?: Stages;
  /** How the connection was secured; absent without TLS. */
  tls?: { protocol: string; days?: number };
  /** Why it is not what was expected, as a code and half a sentence; null when it is. */
  fault: { reason: string; because: string } | null;
  /** Where there is a fault. */
  evidence?: Evidence;
};
