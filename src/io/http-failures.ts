// Turns what goes wrong with a request into a stage, a code and a sentence.
import { HttpFailure, type HttpStage } from '../kit/io.ts';
import { clip, duration } from '../kit/text.ts';

/** How far a connection came; filled while it is made. */
export interface Progress {
  /** `host:port` that is dialled. */
  peer: string;
  secure: boolean;
  dns?: number;
  tcp?: number;
  tls?: number;
  /** When it was ready for the request, in the milliseconds of `performance.now()`. */
  ready?: number;
  /** The head of the answer has come. */
  answered: boolean;
}

const codeOf = (error: unknown): string => {
  const { code, name, cause } = error as { code?: unknown; name?: string; cause?: unknown };
  if (typeof code === 'string') return code;
  return cause instanceof Error ? codeOf(cause) : (name ?? 'UNKNOWN');
};

const isDns = (code: string): boolean => code === 'ENOTFOUND' || code.startsWith('EAI_');

/** The stage that a connection had reached when it failed. */
export const stageOf = (progress: Progress, code: string): Exclude<HttpStage, 'timeout' | 'aborted'> => {
  if (isDns(code)) return 'dns';
  if (progress.ready !== undefined) return 'http';
  return progress.tcp !== undefined && progress.secure ? 'tls' : 'tcp';
};

/** The names of a certificate that is for another one; a shared certificate may hold hundreds. */
const otherNames = (error: unknown): string => {
  const names = (error as { cert?: { subjectaltname?: unknown } }).cert?.subjectaltname;
  return typeof names === 'string' ? `: ${clip(names, 120)}` : '';
};

const sentences: Record<string, (peer: string, error: unknown) => string> = {
  ECONNREFUSED: (peer) => `${peer} refused the connection: nothing listens there`,
  ENOTFOUND: (peer) => `the name of ${peer} does not resolve`,
  EAI_AGAIN: (peer) => `the name server gave no answer for ${peer}`,
  EHOSTUNREACH: (peer) => `there is no route to ${peer}`,
  ENETUNREACH: (peer) => `there is no route to the network of ${peer}`,
  ETIMEDOUT: (peer) => `${peer} did not take the connection`,
  ECONNRESET: (peer) => `${peer} reset the connection`,
  EPIPE: (peer) => `${peer} closed the connection while the request was sent`,
  UND_ERR_SOCKET: (peer) => `${peer} closed the connection before the answer was complete`,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: (peer) => `${peer} sent a body that is not as long as its Content-Length says`,
  UND_ERR_HEADERS_OVERFLOW: (peer) => `${peer} answered with headers above 32 KiB`,
  EPROTO: (peer) => `${peer} does not speak TLS on this port`,
  ERR_SSL_WRONG_VERSION_NUMBER: (peer) => `${peer} does not speak TLS on this port`,
  CERT_HAS_EXPIRED: (peer) => `the certificate of ${peer} has expired`,
  DEPTH_ZERO_SELF_SIGNED_CERT: (peer) => `the certificate of ${peer} is self-signed`,
  SELF_SIGNED_CERT_IN_CHAIN: (peer) => `the certificate of ${peer} comes from an authority that is not trusted here`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: (peer) =>
    `the certificate of ${peer} comes from an authority that is not trusted here, or the server leaves out an intermediate one`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: (peer) =>
    `the certificate of ${peer} comes from an authority that is not trusted here`,
  ERR_TLS_CERT_ALTNAME_INVALID: (peer, error) => `the certificate of ${peer} is for another name${otherNames(error)}`,
  CERT_NOT_YET_VALID: (peer) => `the certificate of ${peer} is not valid yet: compare the clocks`,
  CERT_SIGNATURE_FAILURE: (peer) => `the certificate of ${peer} was not signed by the authority that it names`,
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: (peer) =>
    `${peer} does not speak HTTP/1.1 over TLS, only another protocol such as HTTP/2`,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: (peer) => `${peer} speaks no version of TLS from 1.2 on`,
  ERR_SSL_UNSUPPORTED_PROTOCOL: (peer) => `${peer} speaks no version of TLS from 1.2 on`,
};

const families: readonly [RegExp, (peer: string) => string][] = [
  // OpenSSL's own text holds addresses and paths of its source.
  [/^ERR_SSL_/, (peer) => `the TLS handshake with ${peer} failed`],
  [/^HPE_|^HTTPParserError$/, (peer) => `${peer} answered with something that is not HTTP/1.1`],
  [/^(?:Z_|ERR__ERROR_FORMAT|ERR_PADDING)/, (peer) => `${peer} sent a compressed body that cannot be read`],
  [/^UND_ERR_INVALID_ARG$|^ERR_INVALID/, () => 'the request cannot be sent as it is written'],
];

const sentenceOf = (peer: string, code: string, error: unknown): string => {
  const known = sentences[code] ?? families.find(([pattern]) => pattern.test(code))?.[1];
  const detail = error instanceof Error && error.message ? `: ${error.message}` : '';
  return known ? `${known(peer, error)} (${code})` : `the request to ${peer} failed (${code})${detail}`;
};

/** What a failed request throws; the original error stays its cause. */
export const failureOf = (progress: Progress, error: unknown): HttpFailure => {
  if (error instanceof HttpFailure) return error;
  const code = codeOf(error);
  return new HttpFailure(stageOf(progress, code), code, sentenceOf(progress.peer, code, error), { cause: error });
};

const waitedFor = (progress: Progress): string => {
  if (progress.answered) return 'the answer began and did not end';
  if (progress.ready !== undefined) return 'connected, but no answer came';
  if (progress.tcp !== undefined) return 'connected, but the TLS handshake did not end';
  return 'no connection';
};

/** A deadline that passed. */
export const timeoutFailure = (progress: Progress, timeout: number): HttpFailure =>
  new HttpFailure('timeout', 'TIMEOUT', `${progress.peer}: ${waitedFor(progress)} within ${duration(timeout)}`);

/** A request that its caller gave up. */
export const abortedFailure = (progress: Progress): HttpFailure =>
  new HttpFailure('aborted', 'ABORTED', `the request to ${progress.peer} was given up`);
