// What a failed request means to a probe: mostly that the target is broken, sometimes that we could not look.
import { MissedLook } from '../../kit/errors.ts';
import { HttpFailure } from '../../kit/io.ts';

/** Why a target gave no answer, as a reason of the kinds that probe over HTTP. */
export type NoAnswer = 'target_unreachable' | 'target_timeout' | 'target_tls' | 'target_broken';

/** A request that failed because of the target. */
export interface Unanswered {
  reason: NoAnswer;
  because: string;
}

const reasons = {
  dns: 'target_unreachable',
  tcp: 'target_unreachable',
  tls: 'target_tls',
  http: 'target_broken',
  timeout: 'target_timeout',
  // The engine gives a look up when its time is over; when it ends the run, nobody reads this.
  aborted: 'target_timeout',
} as const satisfies Record<HttpFailure['stage'], NoAnswer>;

/**
 * Reads the error of a request. Throws a `MissedLook` when the fault is not the target's: a name server that is silent,
 * a protocol that we do not speak, a request that cannot be sent. Other errors are thrown on. `where`: the request or the
 * step, for what is thrown.
 */
export const unanswered = (error: unknown, where: string): Unanswered => {
  if (!(error instanceof HttpFailure)) throw error;
  const because = `${where}: ${error.message}`;
  if (error.code === 'EAI_AGAIN') throw new MissedLook('instrument', 'dns_unavailable', because, { cause: error });
  // It may serve browsers well: what is missing is ours.
  if (error.code === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL')
    throw new MissedLook('ours', 'http2_only', `${because}; holdpoint asks over HTTP/1.1`, { cause: error });
  if (error.code === 'ERR_INVALID_URL' || error.code === 'UND_ERR_INVALID_ARG')
    throw new MissedLook('ours', 'bad_request', because, { cause: error });
  return { reason: reasons[error.stage], because: error.message };
};

/** The sentences of `reasons` for a target that gives no answer. */
export const noAnswerReasons: Record<NoAnswer | 'dns_unavailable' | 'bad_request' | 'http2_only', string> = {
  target_unreachable:
    'No connection could be made. Look whether the service runs and listens on the port, then at the network between.',
  target_timeout: 'The service did not answer in time. Look at pool-wait and db-connections first, then at its load.',
  target_tls:
    'The TLS handshake failed. Look at the certificate that the message names; an authority of your own is trusted when NODE_EXTRA_CA_CERTS names its file.',
  target_broken: 'The connection ended before the answer was complete. Look whether the service restarts or crashes.',
  dns_unavailable:
    'The name server did not answer, so nothing was looked at. Look at the DNS of the machine that runs holdpoint.',
  http2_only:
    'The server speaks HTTP/2 only and holdpoint asks over HTTP/1.1, so nothing was looked at. Give it an address that speaks HTTP/1.1.',
  bad_request: 'The request in the profile cannot be sent. Look at its URL and headers.',
};
