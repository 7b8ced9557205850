// The mistake of the `metrics-down` release: `/metrics` waits for a collector that nobody registers any more.
import type { Handler } from '../service/http.ts';
import type { Family } from '../service/metrics.ts';

/** Answers 503 until `register` was called with the families; the refactoring lost that call. */
export const unreadyMetrics = (): { page: Handler; register(families: Family[]): void } => {
  let registered: Family[] = [];
  return {
    page: async () =>
      registered.length === 0
        ? { status: 503, headers: { 'content-type': 'text/plain' }, body: 'no collector is registered\n' }
        : { status: 200, body: registered.map((family) => family.text()).join('') },
    register(families) {
      registered = families;
    },
  };
};
