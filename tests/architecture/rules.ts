// Who may import whom, and who may touch the world: the table of the design as data, and the functions that hold modules against it.
import { type Import, type Module, targetOf } from './modules.ts';

/** What the modules of one folder of src/ may import besides their own folder. */
interface Area {
  /** Other folders of src/, or single files in them: `io/package.ts`. */
  folders: readonly string[];
  /** Packages that may be loaded at once. */
  packages: readonly string[];
  /** Packages that cost too much at start-up: `import()` or a type only. */
  lazy: readonly string[];
  /** May use node:fs, node:net, node:child_process and the like, timers, the clock and the network by themselves. */
  world: boolean;
  /** May touch `process`. */
  process: boolean;
}

const closed: Area = { folders: ['kit'], packages: ['zod'], lazy: [], world: false, process: false };
const every = ['kit', 'stats', 'kinds', 'sources', 'profile', 'run', 'rollback', 'store', 'report', 'io'];

/** One line for each folder and each file of src/; what is not named here does not belong there. */
export const AREAS: Readonly<Record<string, Area>> = {
  kit: { ...closed, folders: [], lazy: ['@marcbachmann/cel-js'] },
  stats: closed,
  kinds: {
    ...closed,
    folders: ['kit', 'stats'],
    lazy: ['tough-cookie', 'node-html-parser', 'oauth4webapi', 'yaml', '@marcbachmann/cel-js'],
  },
  sources: closed,
  profile: { ...closed, packages: ['zod', 'yaml'] },
  run: closed,
  rollback: closed,
  store: closed,
  report: { ...closed, lazy: ['listr2'] },
  io: {
    ...closed,
    lazy: ['undici', 'undici/lib/dispatcher/client.js', 'undici/lib/core/connect.js', 'pg', 'mysql2', 'zx/core'],
    world: true,
  },
  commands: { ...closed, folders: [...every, 'demo'], packages: ['zod', 'yaml', 'commander'], process: true },
  'cli.ts': { ...closed, folders: ['kit', 'commands', 'io'], packages: ['commander'], process: true },
  'index.ts': { ...closed, folders: [...every, 'commands'] },
  // The lab runs the command line as a user does; each of its programs is one bundle, so that nothing is gained by laziness.
  demo: { folders: ['kit', 'io/package.ts'], packages: ['zod', 'yaml', 'pg'], lazy: [], world: true, process: true },
};

/** Parts of Node that only compute; every other part is the world. */
const PURE_BUILTINS = [
  'path',
  'path/posix',
  'url',
  'crypto',
  'util',
  'events',
  'buffer',
  'string_decoder',
  'assert',
  'zlib',
  'stream/promises',
];

/** What belongs to the process itself: its terminal and its measure of itself. */
const PROCESS_BUILTINS = ['process', 'readline', 'perf_hooks', 'v8'];

/** Reaching the world without importing anything. `AbortSignal.timeout` is missing on purpose: deadlines go through it. */
const WORLD_GLOBALS =
  /(?<![.\w$])(?:fetch|setTimeout|setInterval|setImmediate)\s*\(|\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|(?<![.\w$])console\.|\bMath\.random\b/g;
const PROCESS = /(?<![.\w$])process\s*(?:\.|\[|\))|globalThis\.process/g;

/** The folder under src/, or the file name for a file that stands in src/ itself. */
export const areaOf = (path: string): string => path.split('/')[1] ?? path;

const at = (module: Module, line: number, what: string): string => `${module.path}:${line} ${what}`;

function folderProblem(module: Module, area: Area, imported: Import, target: string): string | undefined {
  const [from, to] = [areaOf(module.path), areaOf(target)];
  const allowed = [from, ...area.folders];
  if (allowed.includes(to) || allowed.includes(target.slice('src/'.length))) {
    const wiresDemo = from === 'commands' && to === 'demo' && module.path !== 'src/commands/demo.ts';
    return wiresDemo ? at(module, imported.line, 'imports the demo; only src/commands/demo.ts may') : undefined;
  }
  return at(module, imported.line, `imports ${target}; ${from} may import ${[...area.folders, 'itself'].join(', ')}`);
}

function builtinProblem(module: Module, area: Area, imported: Import): string | undefined {
  const name = imported.to.slice('node:'.length);
  if (area.world || imported.typeOnly || PURE_BUILTINS.includes(name)) return undefined;
  if (area.process && PROCESS_BUILTINS.includes(name)) return undefined;
  return at(module, imported.line, `imports ${imported.to}; only src/io and src/demo touch the world`);
}

function packageProblem(module: Module, area: Area, imported: Import): string | undefined {
  const { to, typeOnly, lazy, line } = imported;
  if (area.packages.includes(to)) return undefined;
  if (!area.lazy.includes(to)) return at(module, line, `imports ${to}, which is not for ${areaOf(module.path)}`);
  return typeOnly || lazy ? undefined : at(module, line, `imports ${to} at once; use import() where it is needed`);
}

function importProblem(module: Module, area: Area, imported: Import): string | undefined {
  const target = targetOf(module, imported);
  if (target !== undefined) return folderProblem(module, area, imported, target);
  if (imported.to.startsWith('node:')) return builtinProblem(module, area, imported);
  // A plugin's name stands in a profile: what is imported is known at run time only.
  if (imported.to === '(computed)')
    return area.process || area.world ? undefined : at(module, imported.line, 'imports a computed name');
  return packageProblem(module, area, imported);
}

function globalProblems(module: Module, allowed: boolean, pattern: RegExp, remedy: string): string[] {
  if (allowed) return [];
  const lineOf = (offset: number): number => module.code.slice(0, offset).split('\n').length;
  return [...module.code.matchAll(pattern)].map((hit) =>
    at(module, lineOf(hit.index), `touches ${hit[0].trim()}; ${remedy}`),
  );
}

/** Every breach of the table by one module, as sentences with file and line. */
export function layeringProblems(module: Module): string[] {
  const area = AREAS[areaOf(module.path)];
  if (!area) return [at(module, 1, `stands in a folder that the table of tests/architecture/rules.ts does not name`)];
  return [
    ...module.imports
      .map((imported) => importProblem(module, area, imported))
      .filter((problem) => problem !== undefined),
    ...globalProblems(module, area.process, PROCESS, 'only cli.ts, commands and demo may'),
    ...globalProblems(module, area.world || area.process, WORLD_GLOBALS, 'the world comes as an argument (Io)'),
  ];
}
