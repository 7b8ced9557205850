// Reads a curl command line as far as a check needs it: method, URL, headers, body.
import { UsageError } from '../kit/index.ts';

/** A request as curl would send it. */
export interface Curl {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: { json?: unknown } | { body?: string } | { form?: Record<string, string> };
}

/** Flags that take a value and say nothing of the request. */
const ignoredWithValue = [
  '-o',
  '--output',
  '-m',
  '--max-time',
  '--connect-timeout',
  '--retry',
  '-w',
  '--write-out',
  '--cacert',
];
/** Flags without a value that say nothing of it. */
const ignored = [
  '-s',
  '--silent',
  '-S',
  '--show-error',
  '-f',
  '--fail',
  '-v',
  '--verbose',
  '-i',
  '--include',
  '-sS',
  '-fsS',
  '-fsSL',
  '-sSf',
  '-L',
  '--location',
  '--compressed',
  '-k',
  '--insecure',
  '-g',
];

interface Reading {
  url?: string;
  method?: string;
  headers: Record<string, string>;
  data: string[];
  isJson: boolean;
}

const dataFlags = ['-d', '--data', '--data-raw', '--data-ascii', '--data-binary', '--json'];

/** Reads the words after `curl`. Throws a UsageError for a flag that would change the request and is not known. */
export const readCurl = (words: readonly string[]): Curl => {
  const reading: Reading = { headers: {}, data: [], isJson: false };
  for (let place = 0; place < words.length; place += take(words, place, reading));
  if (reading.url === undefined || !URL.canParse(withScheme(reading.url)))
    throw new UsageError('the curl line names no URL like https://auth.example.com/health');
  const url = new URL(withScheme(reading.url));
  const method = (reading.method ?? (reading.data.length > 0 ? 'POST' : 'GET')).toUpperCase();
  return { url, method, headers: reading.headers, body: bodyOf(reading) };
};

const withScheme = (url: string): string => (/^https?:\/\//.test(url) ? url : `http://${url}`);

/** Takes one word with its value; returns how many words that were. */
const take = (words: readonly string[], place: number, reading: Reading): number => {
  const [word = '', next] = words.slice(place);
  if (ignored.includes(word)) return 1;
  if (ignoredWithValue.includes(word)) return 2;
  if (word === '-I' || word === '--head') return set(reading, { method: 'HEAD' }, 1);
  if (!word.startsWith('-')) return set(reading, { url: word }, 1);
  if (next === undefined) throw new UsageError(`${word} of the curl line is not known, or its value is missing`);
  if (word === '-X' || word === '--request') return set(reading, { method: next }, 2);
  if (word === '--url') return set(reading, { url: next }, 2);
  if (word === '-A' || word === '--user-agent') return header(reading, `User-Agent: ${next}`);
  if (word === '-b' || word === '--cookie') return header(reading, `Cookie: ${next}`);
  if (word === '-H' || word === '--header') return header(reading, next);
  if (word === '-u' || word === '--user')
    return header(reading, `Authorization: Basic ${Buffer.from(next).toString('base64')}`);
  if (!dataFlags.includes(word)) throw new UsageError(`${word} of the curl line is not known: write the check by hand`);
  reading.data.push(next);
  if (word === '--json') reading.isJson = true;
  return 2;
};

const set = (reading: Reading, fields: Partial<Reading>, words: number): number => {
  Object.assign(reading, fields);
  return words;
};

const header = (reading: Reading, line: string): number => {
  const at = line.indexOf(':');
  reading.headers[line.slice(0, at < 0 ? line.length : at).trim()] = at < 0 ? '' : line.slice(at + 1).trim();
  return 2;
};

/** JSON as data, a form as its fields, everything else as it is. */
const bodyOf = ({ data, headers, isJson }: Reading): Curl['body'] => {
  if (data.length === 0) return {};
  const text = data.join('&');
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  if (isJson || type.includes('json')) return { json: parsed(text) };
  return type === '' || type.includes('urlencoded')
    ? { form: Object.fromEntries(new URLSearchParams(text)) }
    : { body: text };
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError('the data of the curl line is no JSON', { cause });
  }
};
