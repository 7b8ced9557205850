// The tables of the store, as migrations: each is applied once, in order, in a transaction of its own.

/** Version N is reached by the first N entries. Only ever add to the end. */
export const migrations: readonly (readonly string[])[] = [
  [
    // Documents are text: a journal's hashes are over the line as it was written, which jsonb would reorder.
    `CREATE TABLE holdpoint.baselines (
      service text NOT NULL, environment text NOT NULL, release text NOT NULL,
      taken_at timestamptz NOT NULL, live text, document text NOT NULL,
      PRIMARY KEY (service, environment, release))`,
    `CREATE TABLE holdpoint.runs (
      run_id text PRIMARY KEY, service text NOT NULL, environment text NOT NULL,
      started_at timestamptz NOT NULL, good boolean NOT NULL, document text NOT NULL)`,
    'CREATE INDEX runs_by_time ON holdpoint.runs (service, environment, started_at DESC)',
    `CREATE TABLE holdpoint.journals (
      n bigserial PRIMARY KEY, id text NOT NULL, key uuid NOT NULL UNIQUE,
      at timestamptz NOT NULL DEFAULT clock_timestamp(), line text NOT NULL)`,
    'CREATE INDEX journals_by_id ON holdpoint.journals (id, n)',
    `CREATE TABLE holdpoint.locks (
      name text PRIMARY KEY, token uuid NOT NULL, owner text NOT NULL, pid bigint NOT NULL, host text NOT NULL,
      started text, since timestamptz NOT NULL, expires_at timestamptz NOT NULL)`,
  ],
];

/** Two that open a new store at once take turns: any number does, as long as it is always the same. */
export const migrationLock = 4_827_113_902;
