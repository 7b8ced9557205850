// The least that each part needs to be allowed: for `holdpoint explain NAME`, to copy into a terminal or a manifest.

const postgresRole = `CREATE ROLE holdpoint LOGIN PASSWORD '…';
GRANT CONNECT ON DATABASE auth TO holdpoint;        -- only where PUBLIC may not connect`;

const postgresMonitor = `GRANT pg_monitor TO holdpoint;                      -- names who holds the connections; nothing can be changed with it`;

const mysqlUser = `CREATE USER holdpoint IDENTIFIED BY '…';`;

const mysqlProcess = `GRANT PROCESS ON *.* TO holdpoint;                  -- sees the connections of others`;

const clusterRole = (apiGroup: string, resource: string): string => `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: holdpoint, namespace: prod }
rules:
  - { apiGroups: [${apiGroup}], resources: [${resource}], verbs: [get, patch] }
  - { apiGroups: [apps], resources: [replicasets], verbs: [get, list] }
  - { apiGroups: [""], resources: [configmaps], verbs: [get] }`;

const reading = 'Reading the endpoint is enough: a token that can read metrics, and nothing else.';

const ownUser = 'The user that runs holdpoint needs what the commands need, and to read and write `.holdpoint/`.';

/** By the name of a kind, a source or a platform; what is not here needs nothing of its own. */
export const privileges: Readonly<Record<string, string>> = {
  'db-connections': `on Postgres:
${postgresRole}
${postgresMonitor}
and, to name the holders when all slots are taken (PostgreSQL 16 and later, with reserved_connections = 2):
GRANT pg_use_reserved_connections TO holdpoint;

on MySQL and MariaDB:
${mysqlUser}
${mysqlProcess}
and, each for one thing more:
GRANT CONNECTION ADMIN ON *.* TO holdpoint;         -- MySQL: CONNECTION_ADMIN; gets in when all slots are taken
GRANT SELECT ON performance_schema.session_connect_attrs TO holdpoint;              -- the program_name of connections
GRANT SELECT (User, max_user_connections, Super_priv) ON mysql.user TO holdpoint;   -- limits of the accounts`,
  'db-errors': `the log: permission to read it, by a group such as adm.

on Postgres a login is enough, the counters are open to everybody:
${postgresRole}

on MySQL and MariaDB, too:
${mysqlUser}`,
  'connection-budget': `with \`usable\`: nothing, and no network.

on Postgres a login; pg_monitor only for \`others: observed\`:
${postgresRole}
${postgresMonitor}

on MySQL and MariaDB a login; PROCESS only for \`others: observed\`:
${mysqlUser}
${mysqlProcess}`,
  'pool-wait': `in pgbouncer.ini, for the console (SHOW only; PAUSE and KILL are for admin_users):
stats_users = holdpoint
and the user with its password in the auth_file. \`probe:\` needs a login on the pool, like the service.`,
  login:
    'An account of its own per environment, with the fewest rights that still show the page of `probe`. Nothing else may use it.',
  http: 'What the request needs: for a health page, nothing.',
  'error-rate-delta': reading,
  'latency-delta': reading,
  prometheus: `Queries only (GET and POST on /api/v1/query and /api/v1/query_range). ${reading}`,
  scrape: reading,
  json: reading,
  log: 'Permission to read the files, by a group such as adm; never to write them.',
  kubernetes: clusterRole('apps', 'deployments'),
  helm: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: holdpoint, namespace: prod }
rules:
  - { apiGroups: [""], resources: [secrets], verbs: [get, list, create, update, delete] }   # Helm keeps its releases there
  - { apiGroups: [apps], resources: [deployments, statefulsets], verbs: [get, list, watch, create, patch, update, delete] }
  # and the same verbs on whatever else the chart holds`,
  argocd: 'An account with the actions get and sync on the application (argocd-rbac-cm).',
  flux: 'The verb get on the Kustomization or HelmRelease; holdpoint changes nothing there.',
  ecs: 'ecs:DescribeServices, ecs:DescribeTaskDefinition, ecs:UpdateService on the service, and iam:PassRole on the roles of the task.',
  lambda: 'lambda:GetAlias, lambda:UpdateAlias and lambda:GetFunctionConfiguration on the function.',
  'cloud-run': 'roles/run.developer on the service, and roles/iam.serviceAccountUser on the account that it runs as.',
  nomad: 'A token with read-job and submit-job in the namespace.',
  heroku: 'A token of an account with the permission deploy on the app.',
  fly: 'A token of `fly tokens create deploy`.',
  kamal: 'The SSH key of the deploy.',
  swarm: 'A docker context that reaches a manager node.',
  pm2: 'The user whose pm2 it is.',
  systemd:
    'With `manager: sudo`: one line in sudoers for exactly `systemctl restart UNIT`, and one for `systemctl reset-failed UNIT`.',
  'argo-rollouts': clusterRole('argoproj.io', 'rollouts'),
  command: ownUser,
  symlink: `${ownUser} It must be able to replace the link \`current\`, and to run \`restart\` (one line in sudoers for exactly that command).`,
};
