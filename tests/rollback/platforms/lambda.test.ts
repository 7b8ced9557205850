// The platform `lambda` against recorded argument lists and outputs of its documentation.
import { describe, expect, it } from 'vitest';
import { lambda } from '../../../src/rollback/platforms/lambda.ts';
import { type Recording, recordedSystem, type State } from '../../helpers/recorded-cli.ts';
import { openOn, platformContract } from '../platform-contract.ts';

const numbers: Record<State, string> = { v1: '7', v2: '8', v3: '9', back: '7' };
const tail = '--region eu-central-1 --output json';
const getAlias = `aws lambda get-alias --function-name auth --name live ${tail}`;
const configuration = `aws lambda get-function-configuration --function-name auth --qualifier 7 ${tail}`;

const alias = (version: string, over: object = {}) => ({
  AliasArn: 'arn:aws:lambda:eu-central-1:123456789012:function:auth:live',
  Name: 'live',
  FunctionVersion: version,
  Description: '',
  RevisionId: '2f6c6c5e-1111-4222-8333-444455556666',
  ...over,
});

const recording: Recording = {
  source: 'https://docs.aws.amazon.com/lambda/latest/api/API_UpdateAlias.html',
  settings: { region: 'eu-central-1', function: 'auth', alias: 'live' },
  readings: [
    { call: getAlias, answer: (state) => JSON.stringify(alias(numbers[state])) },
    { call: configuration, answer: () => JSON.stringify({ Version: '7', State: 'Active' }) },
    { call: `aws sts get-caller-identity ${tail}`, answer: () => '{}' },
  ],
  act: `aws lambda update-alias --function-name auth --name live --function-version 7 --routing-config AdditionalVersionWeights={} ${tail} --revision-id 2f6c6c5e-1111-4222-8333-444455556666`,
  refused: {
    exit: 254,
    text: 'An error occurred (PreconditionFailedException) when calling the UpdateAlias operation: The Revision Id provided does not match the latest Revision Id.',
  },
  revision: (name) => numbers[name],
};

platformContract(lambda, () => recordedSystem(recording));

const opened = async (answer?: object) => {
  const system = await recordedSystem(recording);
  if (answer) await system.answer(getAlias, JSON.stringify(answer));
  return { system, ...(await openOn(lambda, system)) };
};

describe('a canary', () => {
  const canary = alias('7', { RoutingConfig: { AdditionalVersionWeights: { 8: 0.1 } } });

  it('is a mixture, and not settled', async () => {
    const { session } = await opened(canary);
    expect(await session.live()).toEqual({
      revision: '7+8',
      settled: false,
      detail: 'the alias live of auth means version 7, 10 % of the calls go to 8',
    });
  });

  it('is the way half gone for the rollback that is under way', async () => {
    const { session, acts } = await opened(canary);
    expect(await session.live(undefined, { from: '8', to: '7' })).toMatchObject({ revision: '8', settled: false });
    await session.undo({ from: '8', to: '7', token: 1 });
    expect(acts().map(({ argv }) => argv.join(' '))).toEqual([recording.act]);
  });
});

it.each([
  [254, 'An error occurred (ResourceNotFoundException)', /^version 7 of auth was deleted$/],
  [255, 'Unable to locate credentials', /^whether version 7 is still there cannot be told: .* ended with 255: Unable/],
])('a target of which AWS says %i %s', async (exit, text, sentence) => {
  const { session, system } = await opened();
  await system.failing(configuration, exit, text);
  expect(await session.targetMissing?.('7')).toMatch(sentence);
});

it('is refused where the alias means $LATEST', async () => {
  const { session } = await opened(alias('$LATEST'));
  expect(await session.forbidden?.()).toBe(
    'the alias live of auth means $LATEST, which is no fixed version: publish versions and point the alias at them',
  );
});
