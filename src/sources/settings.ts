// The settings of the built-in sources.
import * as z from 'zod';
import { headersSchema } from '../kit/headers.ts';
import { positiveDuration, secretUrl } from '../kit/units.ts';

const isHttpUrl = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

const pageUrl = () => secretUrl().refine(isHttpUrl, 'must be an http or https URL like http://10.0.0.11:9100/metrics');

/** The settings of `scrape`. */
export const scrapeSettings = z
  .strictObject({
    /** The metrics page of the one instance. */
    url: pageUrl().optional(),
    /** One page per instance: a list, or a map name → URL. */
    urls: z.union([z.array(pageUrl()).min(1), z.record(z.string(), pageUrl())]).optional(),
    headers: headersSchema().prefault({}),
    /** For each page. */
    timeout: positiveDuration().default(2000),
  })
  .refine(({ url, urls }) => (url === undefined) !== (urls === undefined), 'needs one of url, urls')
  .meta({ choice: ['url', 'urls'] });

export type ScrapeSettings = z.output<typeof scrapeSettings>;

/** The settings of `prometheus`. */
export const prometheusSettings = z.strictObject({
  /** Base URL of the server, without /api/v1. */
  url: secretUrl().refine(isHttpUrl, 'must be an http or https URL like http://prometheus:9090'),
  headers: headersSchema().prefault({}),
  timeout: positiveDuration().default(5000),
  /** The scrape interval: no new number appears sooner. */
  resolution: positiveDuration().default(15_000),
});

export type PrometheusSettings = z.output<typeof prometheusSettings>;
