// The release of the `metrics-down` scenario: healthy, but `/metrics` answers 503.
import { unreadyMetrics } from '../changes/unready-metrics.ts';
import { runAuthService } from '../service/main.ts';

await runAuthService({ metricsPage: () => unreadyMetrics().page });
