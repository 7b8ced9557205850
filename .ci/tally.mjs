// Prints the number of tests from vitest's JSON report as "N passed, N failed"; ends with 1 when one failed, was skipped, or none ran.
import { readFileSync } from 'node:fs';

/** No report at all (a run that broke before the first test) counts as one failure. */
function read(path) {
  const text = readFileSync(path, 'utf8');
  if (text === '') return { passed: 0, failed: 1, skipped: 0 };
  const report = JSON.parse(text);
  // A file that cannot be loaded has no tests that could fail, and counts as one.
  const broken = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

const { passed, failed, skipped } = read(process.argv[2]);
if (passed + failed === 0) console.log('No test ran.');
if (skipped > 0) console.log(`${skipped} tests did not run.`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = passed > 0 && failed === 0 && skipped === 0 ? 0 : 1;
