// The keys of one step of a login: a request or a form, with what is captured from the answer.
import * as z from 'zod';
import { once } from '../../../kit/once.ts';
import {
  hasOneBody,
  hasOneVerb,
  oneBody,
  oneVerb,
  requestChoices,
  requestPlan,
  requestShape,
} from '../../http/request.ts';
import { baseUrl } from '../../http/target.ts';

/** Where a value is taken from: a JSON path, a response header, a `<meta>` of the page, a parameter of the final URL. */
const capture = () =>
  z.union([
    z.string().min(1),
    z.strictObject({ header: z.string().min(1) }),
    z.strictObject({ meta: z.string().min(1) }),
    z.strictObject({ url: z.string().min(1) }),
  ]);

const submit = () =>
  z.strictObject({
    /** CSS selector of the form; default: the one with a password field, else the first. */
    form: z.string().min(1).optional(),
    /** Field → text; all other fields are sent as the page has them. */
    set: z.record(z.string(), z.string()).optional(),
    /** The origin that may receive the password; default: the target's. */
    at: baseUrl().optional(),
    /** A page without this form is passed over. */
    optional: z.boolean().default(false),
  });

const isRequest = (step: object): boolean => hasOneVerb(step);

/** A step in a spec. */
export const stepSchema = once(() =>
  z
    .strictObject({
      ...requestShape(),
      /** Sends the form of the page that the step before ended on. */
      submit: submit().optional(),
      capture: z.record(z.string(), capture()).optional(),
    })
    .refine((step) => isRequest(step) !== (step.submit !== undefined), `${oneVerb}; or submit`)
    .refine(hasOneBody, oneBody)
    .meta({ choices: requestChoices })
    .transform(({ submit: form, capture: take = {}, ...rest }) =>
      form === undefined
        ? { verb: 'request' as const, request: requestPlan(rest), capture: take }
        : { verb: 'submit' as const, submit: form, capture: take },
    ),
);

/** One step of a login, parsed. */
export type LoginStep = z.output<ReturnType<typeof stepSchema>>;
/** Where a captured value is taken from. */
export type Capture = z.output<ReturnType<typeof capture>>;
