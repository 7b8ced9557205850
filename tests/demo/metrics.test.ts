// The Prometheus text that the lab's service prints.
import { expect, it } from 'vitest';
import { counter, gauge, histogram } from '../../src/demo/service/metrics.ts';

it('prints a counter with one line per set of labels', () => {
  const requests = counter('requests_total', 'Requests.');
  requests.add({ route: '/me', code: '200' });
  requests.add({ route: '/me', code: '200' });
  requests.add({ route: '/"x"\\\n', code: '500' });
  expect(requests.text()).toBe(
    '# HELP requests_total Requests.\n# TYPE requests_total counter\n' +
      'requests_total{route="/me",code="200"} 2\nrequests_total{route="/\\"x\\"\\\\\\n",code="500"} 1\n',
  );
});

it('prints a known series of a counter at 0, so that its first event is an increase', () => {
  expect(counter('timeouts_total', 'Timeouts.', [{}]).text()).toContain('\ntimeouts_total 0\n');
});

it('reads a gauge at the moment of the scrape', () => {
  let value = 1;
  const waiting = gauge('waiting', 'Waiting.', () => [[{ pool: 'a' }, value]]);
  value = 7;
  expect(waiting.text()).toBe('# HELP waiting Waiting.\n# TYPE waiting gauge\nwaiting{pool="a"} 7\n');
});

it('prints a histogram with cumulative buckets', () => {
  const wait = histogram('wait_seconds', 'Wait.', [0.1, 1]);
  for (const seconds of [0.05, 0.1, 0.5, 3]) wait.observe(seconds);
  expect(wait.text()).toBe(
    '# HELP wait_seconds Wait.\n# TYPE wait_seconds histogram\nwait_seconds_bucket{le="0.1"} 2\n' +
      'wait_seconds_bucket{le="1"} 3\nwait_seconds_bucket{le="+Inf"} 4\nwait_seconds_sum 3.65\nwait_seconds_count 4\n',
  );
});
