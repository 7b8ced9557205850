// The source `json`: numbers out of JSON documents that the service publishes, each by its JSON pointer.
import type { HttpRequest } from '../kit/io.ts';
import type { Json } from '../kit/json.ts';
import { atPointer, isPointer } from '../kit/pointer.ts';
import type { Tick } from '../kit/samples.ts';
import type { Reading, Series, Source, SourceKind, SourceWorld } from '../kit/source.ts';
import { type Asked, ask, instancesOf, isFinite, unreadable, wrongSelector } from './answer.ts';
import { askedOf, type Page, pagesOf } from './pages.ts';
import { type JsonSettings, jsonSettings } from './settings.ts';

/** Status documents are small; a larger one is something else. */
const documentBytes = 4 * 1024 * 1024;

const requestOf = ({ url }: Page, settings: JsonSettings, { signal }: Tick): HttpRequest => ({
  method: 'GET',
  url,
  headers: { accept: 'application/json', ...settings.headers },
  timeout: settings.timeout,
  maxBytes: documentBytes,
  signal,
});

const parse = (asked: Asked, body: string): Json => {
  try {
    return JSON.parse(body) as Json;
  } catch (error) {
    throw unreadable(asked, 'sent no JSON document', error);
  }
};

/** What one page gave. */
interface Document {
  instance: string;
  asked: Asked;
  content: Json;
}

const kindOf = (value: Json): string => {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return typeof value === 'string' ? 'a text' : `the value ${value}`;
};

/** The number at a pointer. `null` is how JavaScript writes NaN, so it is no value, as an absent one; the rest is refused. */
const seriesAt = (pointer: string, { instance, asked, content }: Document): Series[] => {
  const value = atPointer(content, pointer);
  if (value === undefined || value === null) return [];
  if (typeof value !== 'number') throw unreadable(asked, `has ${kindOf(value)} at ${pointer}, expected a number`);
  return [{ labels: { pointer }, value, instance }].filter(isFinite);
};

const checkPointer = (selector: string): void => {
  if (isPointer(selector)) return;
  const because = `"${selector}" is not a selector of json; write a JSON pointer like /pool/waiting`;
  throw wrongSelector(because);
};

const openJson = async (settings: JsonSettings, { io }: SourceWorld): Promise<Source> => {
  const pages = pagesOf(settings);

  const fetchDocument = async (page: Page, tick: Tick): Promise<Document> => {
    const asked = askedOf('json', page);
    const { body } = await ask(io.http, asked, requestOf(page, settings, tick));
    return { instance: page.instance, asked, content: parse(asked, body) };
  };

  return {
    // It is read anew at each look.
    resolution: 1,
    async read(pointers, tick): Promise<Reading[]> {
      pointers.forEach(checkPointer);
      const at = io.clock.now();
      const documents = await Promise.all(pages.map((page) => fetchDocument(page, tick)));
      const read = (pointer: string): Series[] => documents.flatMap((document) => seriesAt(pointer, document));
      const starts = settings.startedAt === undefined ? [] : read(settings.startedAt);
      const instances = instancesOf(
        documents.map(({ instance }) => instance),
        starts,
      );
      return pointers.map((pointer) => ({ at, series: read(pointer), instances }));
    },
    close: async () => undefined,
  };
};

/** Numbers of a service that publishes its own JSON: a pool's waitingCount, a queue's length. */
export const json: SourceKind<JsonSettings> = {
  holdpointSource: 1,
  name: 'json',
  about:
    'Reads JSON documents that the service publishes, one URL or one per instance. What is asked for is named by JSON pointers such as /pool/waiting, and must be a number.',
  example: `pool-wait:
  json:
    urls: { blue: "http://10.0.0.11:8080/status", green: "http://10.0.0.12:8080/status" }
    waiting: /pool/waiting
    inUse: /pool/used
    max: /pool/max`,
  selects: 'pointers',
  settings: jsonSettings,
  open: openJson,
};
