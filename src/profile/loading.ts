// What every step of one load shares.
import type { Io, Redactor, Registry } from '../kit/index.ts';
import type { Problems } from './problems.ts';
import type { ParsedFiles } from './read.ts';
import type { Resolver } from './resolve.ts';
import { isUnresolved, type Path, pathText, type ScalarTree, scalars, type Tree } from './tree.ts';

export interface LoadRequest {
  /** `auth`, `auth/production`, or the path of a file. */
  name: string;
  cwd: string;
  io: Io;
  /** The built-in parts; plugins of the profile are added. */
  registry: Registry;
  /** Folder of the shipped checks. */
  checksFolder: string;
  /** `check` loses only the checks whose values are missing; every other verb refuses. */
  verb: 'run' | 'check' | 'validate' | 'baseline' | 'rollback' | 'doctor' | 'replay';
  /** Learns every secret that is resolved. */
  redactor?: Redactor;
  /** false: offline, no reference to the outside is looked up. */
  resolve: boolean;
  /** A value of the environment or a secret that cannot be had is replaced by one that only looks right; no command is run. */
  standIns?: boolean;
  /** The store that the command uses outlives every run: the profile need not say so. */
  durableStore?: boolean;
  /** Files that an earlier load of the same project has read, and that this one adds to. */
  parsed?: ParsedFiles;
}

/** One load in progress. */
export interface Loading extends Omit<LoadRequest, 'redactor'> {
  root: string;
  /** The profile's own file, absolute: packages are found from here. */
  file: string;
  problems: Problems;
  warnings: string[];
  redactor: Redactor;
  resolver: Resolver;
}

/** A value that could not be had. */
export interface Missing {
  path: Path;
  scalar: ScalarTree;
  because: string;
}

/** The values of a tree that could not be had. */
export const missingIn = (tree: Tree): Missing[] =>
  isUnresolved(tree)
    ? scalars(tree).flatMap(({ path, scalar }) =>
        scalar.unresolved?.why === 'missing' ? [{ path, scalar, because: scalar.unresolved.because }] : [],
      )
    : [];

/** Missing values as problems at the place where they are asked for. */
export const tellMissing = (missing: readonly Missing[], prefix: Path, problems: Problems): void => {
  for (const { path, scalar, because } of missing) problems.add(because, scalar.origin, [...prefix, ...path]);
};

/** What is missing stands first, because a screen cuts the end: `the environment variable X is not set (${secret:X}), for notify.slack`. */
export const missingText = ({ path, because }: Missing, prefix: Path): string =>
  `${because}, for ${pathText([...prefix, ...path])}`;
