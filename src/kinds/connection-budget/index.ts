// The kind `connection-budget`: whether all replicas with full pools fit into the database, before they are rolled out.
import type { Kind } from '../../kit/index.ts';
import { serverReasons } from '../postgres/ask.ts';
import type { Seen } from './budget.ts';
import { charts, judge } from './judge.ts';
import { openLooks } from './look.ts';
import { type Spec, spec } from './spec.ts';

export const connectionBudget: Kind<Spec, Seen> = {
  holdpointKind: 1,
  name: 'connection-budget',
  layer: 'database',
  about:
    'Adds up what all clients may open at the peak of a roll-out, (replicas + surge + draining) × processes × pool size, with others and jobs, and holds it against the usable slots. ' +
    'With `usable` declared it needs no network, so that it can run in code review.',
  example: `connection-budget:
  usable: 97                               # or postgres: or mysql: \${secret:DATABASE_ADMIN_URL}
  others: 9                                # connections of other services
  clients:
    auth:
      replicas: { file: k8s/auth.yaml, kind: Deployment, name: auth, field: /spec/replicas }
      poolMax: { file: k8s/auth.yaml, kind: Deployment, name: auth, env: POOL_MAX }
      surge: 25%`,
  spec,
  reasons: {
    ok: 'All pools at their largest fit into the usable slots, with the headroom that was asked for.',
    no_samples: 'Nothing has been looked at yet.',
    over_limit: 'The pools may open more connections than there are slots. Lower the pool size or the replicas.',
    over_headroom: 'The pools fit into the slots, but leave less free than `headroom` asks for.',
    number_missing: 'A number of the budget could not be had where the check says it stands.',
    ...serverReasons,
    slots_exhausted:
      'The server refused a connection with 53300 (MySQL: 1040), and no session was left to ask: see db-connections.',
    probe_limit: 'The limit of the account of the probe itself is reached. Give the probe an account of its own.',
    host_blocked: 'MySQL has blocked the machine of the probe after connects that broke off. FLUSH HOSTS ends it.',
  },
  baseline: 'look',
  open: openLooks,
  judge,
  charts,
};
