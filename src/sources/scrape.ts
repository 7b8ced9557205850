// The source `scrape`: the service's own Prometheus text endpoint, read directly.
import type { HttpRequest } from '../kit/io.ts';
import { type Fits, parseSelector } from '../kit/selector.ts';
import type { Reading, Series, Source, SourceKind, SourceWorld } from '../kit/source.ts';
import { type Asked, ask, instancesOf, isFinite, startMetric, unreadable } from './answer.ts';
import { askedOf, type Page, pagesOf } from './pages.ts';
import { MetricsTextError, parseMetricsText, type TextSample } from './prometheus-text.ts';
import { sinceStart, watchProcess } from './scrape-process.ts';
import { type ScrapeSettings, scrapeSettings } from './settings.ts';

/** A page of some thousand series is well below. */
const pageBytes = 16 * 1024 * 1024;

const requestOf = ({ url }: Page, settings: ScrapeSettings, signal?: AbortSignal): HttpRequest => ({
  method: 'GET',
  url,
  headers: { accept: 'text/plain;version=0.0.4', ...settings.headers },
  timeout: settings.timeout,
  maxBytes: pageBytes,
  ...(signal ? { signal } : {}),
});

const parsePage = (asked: Asked, body: string): TextSample[] => {
  try {
    return parseMetricsText(body);
  } catch (error) {
    if (error instanceof MetricsTextError) throw unreadable(asked, `sent no readable metrics: ${error.message}`, error);
    throw error;
  }
};

/** What one page gave. */
interface Scraped {
  instance: string;
  samples: TextSample[];
}

const seriesOf = (scraped: readonly Scraped[], fits: Fits): Series[] =>
  scraped.flatMap(({ instance, samples }) =>
    samples.filter((sample) => isFinite(sample) && fits(sample.labels)).map((sample) => ({ ...sample, instance })),
  );

const isStart: Fits = (labels) => labels['__name__'] === startMetric;

const openScrape = async (settings: ScrapeSettings, { io }: SourceWorld): Promise<Source> => {
  await io.http.prepare?.();
  const pages = pagesOf(settings);
  const selectors = new Map<string, Fits>();
  const fitsOf = (selector: string): Fits => {
    const fits = selectors.get(selector) ?? parseSelector(selector);
    selectors.set(selector, fits);
    return fits;
  };

  const processes = new Map(pages.map((page) => [page, watchProcess(askedOf('scrape', page))]));

  const scrape = async (page: Page, signal?: AbortSignal): Promise<Scraped> => {
    const asked = askedOf('scrape', page);
    const { body } = await ask(io.http, asked, requestOf(page, settings, signal));
    return { instance: page.instance, samples: parsePage(asked, body) };
  };

  const readPages = async (asked: readonly string[], signal?: AbortSignal): Promise<Reading[]> => {
    const fits = asked.map(fitsOf);
    const at = io.clock.now();
    const scraped = await Promise.all(pages.map((page) => scrape(page, signal)));
    const ids = scraped.map(({ instance }) => instance);
    const instances = instancesOf(ids, seriesOf(scraped, isStart));
    pages.forEach((page, index) => processes.get(page)?.(instances[index]?.startedAt));
    return fits.map((fit) => ({ at, series: seriesOf(scraped, fit), instances }));
  };

  return {
    // It is read anew at each look.
    resolution: 1,
    read: (asked, { signal }) => readPages(asked, signal),
    past: async (asked, { to }) => sinceStart(await readPages(asked), to),
    close: async () => undefined,
  };
};

/** Metrics read from the service itself: new numbers at each look, and each instance by its name. */
export const scrape: SourceKind<ScrapeSettings> = {
  holdpointSource: 1,
  name: 'scrape',
  about:
    'Reads the Prometheus text endpoint of the service itself, one URL or one per instance. Faster than a Prometheus server, which only has a new number every scrape interval. Of the time before the deploy it knows the counters since the start of a process that is older than ten minutes.',
  example: `error-rate-delta:
  scrape:
    urls: { blue: "http://10.0.0.11:9100/metrics", green: "http://10.0.0.12:9100/metrics" }
    total: 'http_requests_total{app="auth"}'
    errors: 'code=~"5.."'`,
  selects: 'metrics',
  settings: scrapeSettings,
  open: openScrape,
};
