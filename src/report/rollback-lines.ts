// The lines of a summary that tell of the rollback.
import type { RunRecord } from '../kit/index.ts';
import type { Line } from './lines.ts';

/** How the rollback went, and the way back by hand where it did not arrive. */
export const rolledBack = ({ rollback, decision }: RunRecord): Line[] => {
  if (!rollback) return [];
  const arrived = rollback.state === 'ROLLED_BACK' || rollback.state === 'UNVERIFIED';
  const refusing = rollback.guards.filter(({ ok, because }) => !ok && because !== rollback.because);
  return [
    ...labelledLine('rollback', rollback.because === decision.withheld ? undefined : rollback.because),
    ...refusing.flatMap(({ name, because }) => labelledLine(`guard ${name}`, because)),
    ...(rollback.mitigations ?? []).flatMap((text) => labelledLine('instead', text)),
    ...labelledLine('by hand', arrived ? undefined : rollback.manual),
    ...labelledLine('afterwards', arrived ? rollback.aftermath : undefined),
  ];
};

const labelledLine = (label: string, text: string | undefined): Line[] =>
  text ? [{ text: `${label}: ${text}`, indent: 6 }] : [];
