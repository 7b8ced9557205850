// The platform `lambda`: an alias returns to a published version, compared and set by AWS in one step.
import * as z from 'zod';
import type { Direction, Live } from '../../kit/index.ts';
import { once } from '../../kit/once.ts';
import { aws, awsKeys, identityNeed, unprovenAction } from './aws.ts';
import { type Ask, failureOf, readDeadline, revisionOfParts, shellLine } from './commands.ts';
import { argument } from './settings.ts';
import { platformOf } from './system.ts';

const settings = once(() => z.strictObject({ function: argument(), alias: argument(), ...awsKeys() }));

type Settings = z.infer<ReturnType<typeof settings>>;

const aliasSchema = once(() =>
  z.object({
    FunctionVersion: z.string(),
    RevisionId: z.string(),
    RoutingConfig: z.object({ AdditionalVersionWeights: z.record(z.string(), z.number()).optional() }).nullish(),
  }),
);

interface Found extends Live {
  revisionId: string;
}

const get = (spec: Settings): string[] =>
  aws(spec, 'lambda', 'get-alias', '--function-name', spec.function, '--name', spec.alias);

/** A canary weight is traffic for another version: the alias is then a mixture. */
const look = async (spec: Settings, ask: Ask, between?: Direction): Promise<Found> => {
  const { FunctionVersion, RevisionId, RoutingConfig } = await ask.json(get(spec), aliasSchema());
  const weights = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {}).filter(([, weight]) => weight > 0);
  const { revision, isMixed } = revisionOfParts([FunctionVersion, ...weights.map(([version]) => version)], between);
  const rest = weights.map(([version, weight]) => `, ${Math.round(weight * 100)} % of the calls go to ${version}`);
  const detail = `the alias ${spec.alias} of ${spec.function} means version ${FunctionVersion}${rest.join('')}`;
  return { revision, settled: !isMixed, detail, revisionId: RevisionId };
};

const missing = async (spec: Settings, to: string, ask: Ask): Promise<string | undefined> => {
  const argv = aws(spec, 'lambda', 'get-function-configuration', '--function-name', spec.function, '--qualifier', to);
  const finished = await ask.run(argv);
  if (finished.stderr.includes('ResourceNotFoundException')) return `version ${to} of ${spec.function} was deleted`;
  const failure = failureOf(argv, finished, readDeadline);
  return failure === undefined ? undefined : `whether version ${to} is still there cannot be told: ${failure}`;
};

const forbidden = async (spec: Settings, ask: Ask): Promise<string | undefined> => {
  const { revision } = await look(spec, ask);
  return revision.includes('$LATEST')
    ? `the alias ${spec.alias} of ${spec.function} means $LATEST, which is no fixed version: publish versions and point the alias at them`
    : undefined;
};

/** Without the routing config the weight of a canary would stay. */
const update = (spec: Settings, to: string): string[] =>
  aws(
    spec,
    'lambda',
    'update-alias',
    '--function-name',
    spec.function,
    '--name',
    spec.alias,
    '--function-version',
    to,
    '--routing-config',
    'AdditionalVersionWeights={}',
  );

/** Aliases of AWS Lambda. */
export const lambda = platformOf<Settings, Found>({
  name: 'lambda',
  about:
    'An alias of an AWS Lambda function. The revision is the published version that the alias means; while a canary takes part of the calls it is a mixture (7+8) and not settled. update-alias carries the RevisionId that was read, so that AWS refuses when anybody else has changed the alias.',
  example: `rollback:
  lambda:
    region: eu-central-1
    function: auth
    alias: live
    deadline: 1m
`,
  aftermath:
    'Code, layers and variables are in the version; event sources, concurrency and other settings of the function stayed as they were. SAM, CDK or Terraform bring the rolled back version back.',
  settings,
  fence: 'server',
  look,
  back: async (spec, { to }, { revisionId }, { act }) => {
    await act([...update(spec, to), '--revision-id', revisionId]);
  },
  missing,
  forbidden,
  manual: (spec, { to }: Direction) => shellLine(update(spec, to)),
  needs: (spec) => [identityNeed(spec), { what: `may read the alias ${spec.alias}`, argv: get(spec) }],
  unproven: () => unprovenAction('lambda:UpdateAlias'),
});
