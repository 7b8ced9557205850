#!/usr/bin/env node
// The command line's front door: answers --version by itself, because that must cost no more than Node, and hands everything else to a bundle.
'use strict';

const READER_GONE = new Set(['EPIPE', 'EIO']);

/** Verbs whose exit code speaks of a release: what becomes of the text does not change it. */
const VERDICTS = new Set(['run', 'check', 'rollback']);

/** A reader that has gone away (`| head -1`) or a disk that is full must neither end a run nor cut a rollback in half. */
function survive(stream) {
  stream.on('error', () => {});
}

/** What was asked for and could not be written is no success: told on stderr, unless somebody else listens and tells it. */
function tellLost(stream, verb) {
  stream.once('error', ({ code, message }) => {
    if (READER_GONE.has(code)) return;
    if (stream.listenerCount('error') === 1) process.stderr.write(`holdpoint: stdout was cut short: ${message}\n`);
    process.once('exit', (exitCode) => {
      if (exitCode === 0 && !VERDICTS.has(verb)) process.exitCode = 2;
    });
  });
}

/** `validate` with names and --show alone needs no parser of the command line. */
function isPlainValidate([verb, ...words]) {
  return verb === 'validate' && words.every((word) => word === '--show' || !word.startsWith('-'));
}

/**
 * The code that V8 made of a script in the build. Another patch of the same V8 does not refuse foreign code but crashes on
 * it (20.19.0 on code of 20.20.2), so that the name says for which Node exactly it is.
 */
const keptFor = (filename) => `${filename}.${process.version}-${process.platform}-${process.arch}.cache`;

const isKept = (filename) => require('node:fs').existsSync(keptFor(filename));

/** Runs a script of the build with its kept code. */
function runQuick(filename, kept) {
  const { readFileSync } = require('node:fs');
  const { basename } = require('node:path');
  const { Script } = require('node:vm');
  const cachedData = readFileSync(kept);
  const script = new Script(readFileSync(filename, 'latin1'), {
    filename: `dist/bin/${basename(filename)}`,
    cachedData,
  });
  script.runInThisContext()(require, filename);
  // Optimising pays only after some tenths of a second: V8 waits longer for it than for its default of 66 KB of bytecode.
  // Flags belong to a version of V8: this one is known to be that of the build.
  if (!script.cachedDataRejected) require('node:v8').setFlagsFromString('--interrupt-budget=1000000');
}

function main(words) {
  const quick = `${__dirname}/../dist/bin/validate.cjs`;
  // Before the streams of Node are made: it writes without them.
  if (isPlainValidate(words) && isKept(quick)) return runQuick(quick, keptFor(quick));
  survive(process.stdout);
  tellLost(process.stdout, words[0]);
  if (words[0] === '--version' || words[0] === '-V') {
    process.stdout.write(`${require('../package.json').version}\n`);
    return;
  }
  survive(process.stderr);
  const { existsSync } = require('node:fs');
  const folder = `${__dirname}/../dist/bin`;
  if (!existsSync(`${folder}/cli.js`)) {
    process.stderr.write('holdpoint is not built: dist/bin/cli.js is missing. In a checkout, run: npm run build\n');
    process.exitCode = 2;
    return;
  }
  const whole = `${folder}/cli.cjs`;
  if (isKept(whole)) runQuick(whole, keptFor(whole));
  else void import('../dist/bin/cli.js');
}

main(process.argv.slice(2));
