// A reporter: the whole run in one line.

const open = (out) => ({
  on: () => {},
  end: (record) => {
    out.write(`${record.service}/${record.environment}: ${record.decision.action} (exit code ${record.exitCode})\n`);
  },
  close: () => {},
});

export const oneLine = {
  holdpointReporter: 1,
  name: 'one-line',
  about: 'The decision in one line.',
  writes: 'prose',
  open,
};
