// A request as it stands in a check: `{ get: /path }`, with headers and at most one sort of body.
import * as z from 'zod';
import { headersSchema } from '../../kit/headers.ts';
import type { Json } from '../../kit/json.ts';
import { once } from '../../kit/once.ts';

/** The methods of a request: an overlay that names another one replaces it. */
export const verbs = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;

const text = once(() => z.string().optional());

/** The keys of a request. Values of headers are masked in every output. */
export const requestShape = once(() => ({
  get: text(),
  post: text(),
  put: text(),
  patch: text(),
  delete: text(),
  head: text(),
  options: text(),
  headers: headersSchema().optional(),
  /** Sent as application/x-www-form-urlencoded. */
  form: z.record(z.string(), z.string()).optional(),
  /** Sent as application/json. */
  json: z.json().optional(),
  /** Sent as it is. */
  body: text(),
}));

type Raw = z.output<z.ZodObject<ReturnType<typeof requestShape>>>;

/** A request, parsed. */
export interface RequestPlan {
  method: string;
  path: string;
  headers: Record<string, string>;
  form?: Record<string, string>;
  json?: Json;
  body?: string;
}

const given = (raw: Raw): (typeof verbs)[number][] => verbs.filter((verb) => raw[verb] !== undefined);

/** Whether exactly one verb stands in it. */
export const hasOneVerb = (raw: Raw): boolean => given(raw).length === 1;

/** Whether at most one sort of body stands in it. */
export const hasOneBody = ({ form, json, body }: Raw): boolean =>
  [form, json, body].filter((one) => one !== undefined).length <= 1;

/** The message for a request without exactly one verb. */
export const oneVerb = `needs exactly one of ${verbs.join(', ')}, each with a path`;
/** The message for a request with two bodies. */
export const oneBody = 'may have only one of form, json, body';

/** Turns `{ get: /path }` into method and path. */
export const requestPlan = (raw: Raw): RequestPlan => {
  const verb = given(raw)[0] ?? 'get';
  const { headers = {}, form, json, body } = raw;
  return {
    method: verb.toUpperCase(),
    path: raw[verb] ?? '/',
    headers,
    ...(form === undefined ? {} : { form }),
    ...(json === undefined ? {} : { json }),
    ...(body === undefined ? {} : { body }),
  };
};

/** An overlay that names another verb or body replaces the one of the base. */
export const requestChoices: string[][] = [[...verbs], ['form', 'json', 'body']];

/** A request in a spec. */
export const requestSchema = () =>
  z
    .strictObject(requestShape())
    .refine(hasOneVerb, oneVerb)
    .refine(hasOneBody, oneBody)
    .meta({ choices: requestChoices })
    .transform(requestPlan);
