// Reads a curl command line as far as a check needs it: method, URL, headers, body.
import { UsageError } from '../../kit/index.ts';
import { type Body, bodyOf } from './body.ts';
import { type Flag, flags, letters } from './flags.ts';
import type { ReadFile, Reading } from './reading.ts';
import { shellWords } from './shell-words.ts';

/** A request as curl would send it. */
export interface Curl {
  /** With the query, without user and password. */
  url: URL;
  method: string;
  headers: [name: string, value: string][];
  body: Body;
  /** `user:password`, or a user alone. */
  user?: string;
  connectTo?: string;
  /** Seconds. */
  timeout?: number;
  /** What is different from the line, as sentences. */
  notes: string[];
}

/**
 * Reads the words after `curl`; a single word with spaces is a line that was pasted as a whole. Throws a UsageError for a
 * flag that would change the request and is not known.
 */
export const readCurl = async (words: readonly string[], read: ReadFile): Promise<Curl> => {
  const reading: Reading = { urls: [], headers: [], data: [], isJson: false, inQuery: false, notes: new Set() };
  for (let place = 0; place < words.length; ) place += await take(words, place, reading, read);
  return requestOf(reading);
};

/** The words of a curl line, typed after `--` or pasted as one text. */
export const curlWords = (typed: readonly string[]): string[] => {
  const [only = ''] = typed;
  const words = typed.length === 1 && /^\s*curl\s/.test(only) ? shellWords(only) : [...typed];
  return words[0] === 'curl' ? words.slice(1) : [];
};

const requestOf = (reading: Reading): Curl => {
  const { method, data, headers, inQuery, isJson, user, connectTo, timeout, notes } = reading;
  const url = urlOf(reading);
  if (inQuery && data.length > 0) url.search = [url.search.slice(1), ...data].filter(Boolean).join('&');
  const fromUrl =
    url.username === '' ? undefined : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const known = user ?? fromUrl;
  [url.username, url.password] = ['', ''];
  const accepts = headers.some(([name]) => name.toLowerCase() === 'accept');
  return {
    url,
    method: (method ?? (data.length > 0 && !inQuery ? 'POST' : 'GET')).toUpperCase(),
    headers: isJson && !accepts ? [...headers, ['Accept', 'application/json']] : headers,
    body: bodyOf(reading),
    ...(known === undefined ? {} : { user: known }),
    ...(connectTo === undefined ? {} : { connectTo }),
    ...(timeout === undefined ? {} : { timeout }),
    notes: [...notes],
  };
};

const urlOf = ({ urls }: Reading): URL => {
  const [text, other] = urls;
  if (other !== undefined) throw new UsageError(`the curl line asks ${urls.length} URLs: make one check of each`);
  const whole = text !== undefined && /^https?:\/\//i.test(text) ? text : `http://${text ?? ''}`;
  if (/^https?:\/\/[^/]*[\uE000]/.test(whole))
    throw new UsageError(
      'the host of the curl line is a variable: write it out, or set `target` in the profile by hand',
    );
  if (text === undefined || !URL.canParse(whole))
    throw new UsageError('the curl line names no URL like https://auth.example.com/health');
  return new URL(whole);
};

/** Takes one word with its value; returns how many words that were. */
const take = async (words: readonly string[], place: number, reading: Reading, read: ReadFile): Promise<number> => {
  const [word = '', next] = words.slice(place);
  if (!word.startsWith('-') || word === '-') {
    reading.urls.push(word);
    return 1;
  }
  if (word.startsWith('--')) return apply(word, flagOf(word.slice(2), word), undefined, next, reading, read);
  return takeLetters(word, next, reading, read);
};

/** `-sSL`, `-XPOST`, `-dtext`: letters in one word; the first that takes a value takes the rest. */
const takeLetters = async (
  word: string,
  next: string | undefined,
  reading: Reading,
  read: ReadFile,
): Promise<number> => {
  for (let at = 1; at < word.length; at += 1) {
    const letter = `-${word[at]}`;
    const flag = flagOf(letters.get(word[at] ?? '') ?? '', letter);
    const rest = word.slice(at + 1);
    const taken = await apply(letter, flag, rest === '' ? undefined : rest, next, reading, read);
    if (flag.takesValue) return taken;
  }
  return 1;
};

const flagOf = (name: string, word: string): Flag => {
  const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
  if (!flag) throw new UsageError(`${word} of the curl line is not known: write the check by hand`);
  return flag;
};

const apply = async (
  word: string,
  flag: Flag,
  attached: string | undefined,
  next: string | undefined,
  reading: Reading,
  read: ReadFile,
): Promise<number> => {
  const value = attached ?? next;
  if (flag.takesValue && value === undefined) throw new UsageError(`${word} of the curl line needs a value`);
  await flag.apply(reading, value ?? '', read);
  return flag.takesValue && attached === undefined ? 2 : 1;
};
