// The forms that a number of a budget may have: written out, from the environment, a command, or a file of the deployment.
import * as z from 'zod';
import { type Amount, amountSchema, argvSchema, countSchema, someText } from '../../kit/index.ts';
import { once } from '../../kit/once.ts';

/** Where a number stands when it does not stand in the profile. */
export const placeSpec = once(() =>
  z
    .strictObject({
      /** A variable of the environment; with `file`, of a container in that file. */
      env: someText().optional(),
      /** Prints the number and nothing else. */
      command: argvSchema().optional(),
      /** YAML or JSON, of one or several documents: Kubernetes manifests, a compose file. */
      file: someText().optional(),
      /** Which document of the file: as in `kind:` and `metadata:`. */
      kind: someText().optional(),
      name: someText().optional(),
      namespace: someText().optional(),
      /** A JSON pointer such as /spec/replicas. */
      field: z.string().startsWith('/', 'must be a JSON pointer like /spec/replicas').optional(),
      /** The container of the pod that has the variable; needed when several have it. */
      container: someText().optional(),
      /** The service of a compose file that has the variable. */
      service: someText().optional(),
    })
    .refine(
      ({ env, command, file }) => (file === undefined ? (env === undefined) !== (command === undefined) : !command),
      'needs one of env, command, file',
    )
    .refine(
      ({ file, env, field }) => file === undefined || (env === undefined) !== (field === undefined),
      'a file needs either field (a JSON pointer like /spec/replicas) or env (a variable of a container)',
    )
    .refine(
      ({ file, kind, name, namespace, field, container, service }) =>
        file !== undefined || [kind, name, namespace, field, container, service].every((key) => key === undefined),
      'kind, name, namespace, field, container and service belong to a file',
    )
    .refine(
      ({ env, container, service }) => env !== undefined || (container === undefined && service === undefined),
      'container and service belong to env',
    ),
);

export type Place = z.output<ReturnType<typeof placeSpec>>;

/** A whole number, also as the text that a reference such as `${env:X}` gives. */
const whole = () =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform((text) => Number(text));

/** A count, or where it stands. */
export const numberSpec = once(() => z.union([countSchema(), whole(), placeSpec()]));

/** A share or a count, or where it stands. */
export const amountSpec = () =>
  z.union([whole().transform((count): Amount => ({ count })), amountSchema(), placeSpec()]);

/** What `numberSpec` and `amountSpec` give. */
export type Num = number | Place;
export type AmountOrPlace = Amount | Place;
