// Sends the text of a report to an address: `--reporter prometheus=push:http://gateway:9091`.
import {
  clip,
  type Http,
  HttpFailure,
  nearest,
  type Push,
  type Reporter,
  type RunRecord,
  UsageError,
} from '../kit/index.ts';

const prefix = 'push:';

/** Milliseconds for the whole exchange. */
const patience = 5000;

const consequence = ', so this run is not known there; look at the URL behind "push:"';

/** The address of `push:URL`; undefined for a file. Throws a UsageError for what cannot be sent to. */
export const addressOf = (
  wanted: string,
  target: string,
  reporter: Reporter,
  all: () => readonly Reporter[],
): URL | undefined => {
  if (!target.startsWith(prefix)) return undefined;
  if (!reporter.push) {
    const able = all()
      .filter(({ push }) => push)
      .map(({ name }) => name);
    throw new UsageError(
      `--reporter ${wanted}: ${reporter.name} writes to files only; ${nearest(reporter.name, able)}`,
    );
  }
  const text = target.slice(prefix.length);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new UsageError(`--reporter ${reporter.name}=push:…: needs a URL like http://pushgateway:9091 behind "push:"`);
};

/** Sends it. Throws an Error with a sentence; the account and the path of the address are never told. */
export const push = async (
  text: string,
  { method, url, headers }: Push,
  http: Http,
  redact: (text: string) => string,
): Promise<void> => {
  const where = new URL(url).host;
  const asked = { method, url, headers, body: text, timeout: patience, maxBytes: 4096 };
  const answer = await http.request(asked).catch((error: unknown) => {
    const code = error instanceof HttpFailure ? error.code : String(error);
    throw new Error(`${where} was not reached within ${patience / 1000} s (${redact(code)})${consequence}`, {
      cause: error,
    });
  });
  if (answer.status >= 200 && answer.status < 300) return;
  const said = redact(answer.body).replace(/\s+/g, ' ').trim();
  throw new Error(`${where} answered ${answer.status}${said === '' ? '' : ` (${clip(said, 200)})`}${consequence}`);
};

/** Whose run it is, with secrets masked: it becomes a part of the address. */
export const ownerOf = (
  { service, environment }: Pick<RunRecord, 'service' | 'environment'>,
  redact: (text: string) => string,
): { service: string; environment: string } => ({ service: redact(service), environment: redact(environment) });
