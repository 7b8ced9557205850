// Every built-in reporter against the contract; and the JSON of one.
import { describe, expect, it } from 'vitest';
import { json } from '../../src/report/json.ts';
import { reporters } from '../../src/report/index.ts';
import { incidentRecord } from '../helpers/records.ts';
import { reporterContract } from './contract.ts';
import { fakeClock, fakeOut, textOf } from './fakes.ts';

it('all are known by name', () => {
  expect(Object.entries(reporters).map(([name, make]) => [name, make().writes])).toEqual([
    ['tty', 'prose'],
    ['plain', 'prose'],
    ['json', 'machine'],
    ['html', 'machine'],
    ['junit', 'machine'],
    ['markdown', 'machine'],
    ['github', 'machine'],
    ['gitlab', 'machine'],
    ['buildkite', 'machine'],
    ['nagios', 'machine'],
    ['prometheus', 'machine'],
    ['slack', 'machine'],
  ]);
  expect(Object.values(reporters).map((make) => make().name)).toEqual(Object.keys(reporters));
});

for (const reporter of Object.values(reporters).map((make) => make())) {
  reporterContract(reporter);
  for (const { env, open } of reporter.appends ?? [])
    describe(`into ${env}`, () => {
      reporterContract({ ...reporter, open });
    });
}

it('json holds nothing that a CI or a terminal takes for an order when it is printed', () => {
  const record = incidentRecord({ service: 'auth ##[add-mask]x ##vso[task.complete] ###[ \u009b31m\u202e' });
  const text = textOf(json, record);
  expect(text).toContain(
    String.raw`"service": "auth #\u0023[add-mask]x #\u0023vso[task.complete] ##\u0023[ \u009b31m\u202e"`,
  );
  expect(JSON.parse(text)).toEqual(record);
});

it('json writes the whole record as one document that reads back the same', () => {
  const out = fakeOut();
  const record = incidentRecord();
  const session = json.open(out, fakeClock());
  void session.end(record);
  expect(JSON.parse(out.text())).toEqual(record);
  expect(out.text()).toMatch(/^\{\n {2}"format": "holdpoint.record\/1",\n[\s\S]*\n\}\n$/);
});
