#!/usr/bin/env node
// The command line's front door: answers --version by itself, because that must cost no more than Node, and hands everything else to the bundle.
'use strict';

// A reader that has gone away (`| head -1`, a closed terminal) must neither end a run nor cut a rollback in half.
const READER_GONE = new Set(['EPIPE', 'EIO']);

function survive(stream) {
  stream.on('error', (error) => {
    if (!READER_GONE.has(error.code)) throw error;
  });
}

function main(argument) {
  survive(process.stdout);
  if (argument === '--version' || argument === '-V') {
    process.stdout.write(`${require('../package.json').version}\n`);
    return;
  }
  survive(process.stderr);
  const bundle = `${__dirname}/../dist/bin/cli.js`;
  if (!require('node:fs').existsSync(bundle)) {
    process.stderr.write('holdpoint is not built: dist/bin/cli.js is missing. In a checkout, run: npm run build\n');
    process.exitCode = 2;
    return;
  }
  void import('../dist/bin/cli.js');
}

main(process.argv[2]);
