// Finds import cycles: modules of which none can be read before the other.
import { type Module, targetOf } from './modules.ts';

/** Each cycle once, as the paths along it; type imports count, because a reader has to follow them too. */
export function cyclesOf(modules: readonly Module[]): string[] {
  const edges = new Map(
    modules.map((module) => [module.path, [...new Set(module.imports.map((one) => targetOf(module, one)))]]),
  );
  const finished = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    if (finished.has(path) || trail.includes(path)) return;
    for (const next of edges.get(path) ?? []) if (next !== undefined) visit(next, [...trail, path]);
    finished.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return cycles;
}
