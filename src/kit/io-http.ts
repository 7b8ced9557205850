// HTTP at the edge of the world: one request, its answer with timings, and how it fails.

export interface HttpRequest {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string;
  /** Milliseconds for the whole exchange. */
  timeout: number;
  signal?: AbortSignal;
  /** Bytes of body to keep; the rest is cut and `truncated` says so. Default 1 MiB. */
  maxBytes?: number;
  /** `host:port` to dial instead of the URL's; Host header and TLS name are kept. */
  connectTo?: string;
  /** A fresh connection (the default for probes), or the shared agent. */
  fresh?: boolean;
}

export interface HttpResponse {
  status: number;
  /** Lower-case names; several values in order. */
  headers: Record<string, string[]>;
  body: string;
  truncated: boolean;
  timings: HttpTimings;
  /** How the connection is secured; absent without TLS. */
  tls?: HttpTls;
}

/** What the handshake of a connection agreed on. Chain and host name were verified: else there is no answer. */
export interface HttpTls {
  /** `TLSv1.2`, `TLSv1.3`. */
  protocol: string;
  /** When the certificate of the server expires, epoch milliseconds; absent when it does not say. */
  expires?: number;
}

/** Milliseconds per stage; absent where a stage did not happen (a reused connection has no dns, tcp, tls). */
export interface HttpTimings {
  dns?: number;
  tcp?: number;
  tls?: number;
  /** From the ready connection to the head of the answer. */
  firstByte: number;
  /** From the head to the end of the body. */
  body: number;
  total: number;
  /** The connection had served a request before. */
  reused: boolean;
}

/** The stage at which a request failed. */
export type HttpStage = 'dns' | 'tcp' | 'tls' | 'http' | 'timeout' | 'aborted';

/** Failed requests throw an `HttpFailure` (recognised by `name`), never anything else. */
export class HttpFailure extends Error {
  readonly stage: HttpStage;
  /** ECONNREFUSED, ENOTFOUND, DEPTH_ZERO_SELF_SIGNED_CERT … */
  readonly code: string;
  constructor(stage: HttpStage, code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HttpFailure';
    this.stage = stage;
    this.code = code;
  }
}

export interface Http {
  /** Loads the driver, so that the first measured request does not pay for it. */
  prepare?(): Promise<void>;
  /** Never follows redirects: the caller owns them. */
  request(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}
