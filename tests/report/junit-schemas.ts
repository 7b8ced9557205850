// What the two JUnit schemas demand of the elements that a report writes, as read from their XSD files.
import type { Schema } from './xml.ts';

/** Both: digits with at most three after the point; no sign, no exponent. */
const time = { time: /^\d*(?:\.\d{0,3})?$/ };
const many = Number.POSITIVE_INFINITY;

const common: Schema = {
  properties: { children: [['property', many]] },
  property: { required: ['name', 'value'] },
  'system-out': { text: true },
};

/** The xUnit plugin of Jenkins: `model/xsd/junit-10.xsd` in jenkinsci/xunit-plugin. */
export const jenkins: Schema = {
  ...common,
  testsuite: {
    required: ['name', 'tests', 'failures', 'errors'],
    optional: ['group', 'time', 'skipped', 'timestamp', 'hostname', 'id', 'package', 'file', 'log', 'url'],
    children: [
      ['testsuite', many],
      ['properties', many],
      ['testcase', many],
      ['system-out', many],
    ],
    anyOrder: true,
    patterns: time,
  },
  testcase: {
    required: ['name'],
    optional: ['time', 'classname', 'group'],
    children: [
      ['skipped', many],
      ['error', many],
      ['failure', many],
      ['system-out', many],
    ],
    anyOrder: true,
  },
  failure: { optional: ['type', 'message'], text: true },
  error: { optional: ['type', 'message'], text: true },
  skipped: { optional: ['type', 'message'], text: true },
};

/** Maven Surefire: `xsd/surefire-test-report-3.0.xsd` in apache/maven-surefire. */
export const surefire: Schema = {
  ...common,
  testsuite: {
    required: ['name', 'tests', 'errors', 'skipped', 'failures'],
    optional: ['time', 'group', 'version'],
    children: [
      ['properties', many],
      ['testcase', many],
    ],
    patterns: time,
  },
  testcase: {
    required: ['name', 'time'],
    optional: ['classname', 'group'],
    children: [
      ['failure', many],
      ['skipped', 1],
      ['error', 1],
      ['system-out', 1],
    ],
    patterns: time,
  },
  failure: { required: ['type'], optional: ['message'], text: true },
  error: { required: ['type'], optional: ['message'], text: true },
  skipped: { optional: ['message'], text: true },
};
