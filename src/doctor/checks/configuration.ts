/** Variables and secrets of the repository, in any combination, and the permissions of the token. */
import type { Finding } from '../../domain/finding.ts';
import { isLike } from '../../rotation/plan/near-miss.ts';
import { callsWorkflow, givenByInputs, usesActions } from '../callers.ts';
import type { ConfigurationReadings, Inventory, SecretPresence } from '../inventory.ts';
import { type DatabaseList, databaseLists, databasesOf, isWanted, type Job, jobs } from '../jobs.ts';
import { judge } from '../reading.ts';

const area = 'Configuration';

/** Variables that only some set; test/unit/doctor compares the list with the workflow files. */
export const optionalVariables: readonly string[] = [
  'HOLDFAST_API_TIMEOUT',
  'HOLDFAST_DATADOG_SITE',
  'HOLDFAST_DUMP_MAX_CHANGE',
  'HOLDFAST_DUMP_WORK_DIRECTORY',
  'HOLDFAST_IB_CHECKS_FILE',
  'HOLDFAST_IB_COMPARE_AT_LEAST',
  'HOLDFAST_IB_DEFAULTS_FILE',
  'HOLDFAST_IB_FINGERPRINT',
  'HOLDFAST_IB_INITIALIZATION_RATE',
  'HOLDFAST_IB_LOCK_DAYS',
  'HOLDFAST_IB_LOCK_MODE',
  'HOLDFAST_IB_MAX_PAUSE',
  'HOLDFAST_IB_MOUNT_POINT',
  'HOLDFAST_IB_RETENTION_DAYS',
  'HOLDFAST_IB_SERVICE',
  'HOLDFAST_IB_SOCKET',
  'HOLDFAST_IB_VERIFY_MOUNT_POINT',
  'HOLDFAST_INSTALL_CLIENT',
  'HOLDFAST_MONGODB_SCRATCH_IMAGE',
  'HOLDFAST_MYSQL_SCRATCH_IMAGE',
  'HOLDFAST_PAGES',
  'HOLDFAST_PLAN_ROLE',
  'HOLDFAST_RELEASE',
  'HOLDFAST_ROLE_FROM',
  'HOLDFAST_ROTATE_COPY_WAIT',
  'HOLDFAST_ROTATE_KMS_KEYS',
  'HOLDFAST_ROTATE_LOCK_DAYS',
  'HOLDFAST_ROTATE_LOCK_MODE',
  'HOLDFAST_ROTATE_MAX_COPIES',
  'HOLDFAST_ROTATE_MAX_EXPIRY_SHARE',
  'HOLDFAST_ROTATE_MAX_PAUSE',
  'HOLDFAST_ROTATE_WAIT_FOR',
  'HOLDFAST_ROTATE_WAIT_TIMEOUT',
  'HOLDFAST_RUNNER',
  'HOLDFAST_SCRATCH_IMAGE',
  'HOLDFAST_SESSION_SECONDS',
  'HOLDFAST_SSM_DOCUMENTS',
  'HOLDFAST_METRICS',
  'HOLDFAST_STATUS_PAGE',
  'HOLDFAST_TARGETS',
  'HOLDFAST_TIME_ZONE',
  'HOLDFAST_TRANSFER_TIMEOUT',
  'HOLDFAST_WATCH_ROLE',
  // Of the patrol.
  'HOLDFAST_PATROL_DAYS',
  'HOLDFAST_PATROL_BUDGET',
  'HOLDFAST_VERIFIERS',
  'HOLDFAST_ACCEPT_UNPROVEN',
];

export const knownVariables: readonly string[] = [
  ...new Set([...jobs.flatMap(({ variables }) => variables), ...optionalVariables]),
];

export function configurationFindings(inventory: Inventory): readonly Finding[] {
  const { configuration } = inventory;
  const about = { area, subject: 'variables', should: 'each job has all of its variables, or none' };
  return [
    ...judge(about, configuration.variables, (variables) => [
      ...jobVariables(variables, inventory),
      ...misspelt(variables),
      ...jobs.flatMap((job) => (job.list ? databases(job.list, job.page, variables) : [])),
    ]),
    ...secrets(configuration),
    ...permissions(inventory),
  ];
}

type Variables = Readonly<Record<string, string>>;

function jobVariables(variables: Variables, { workflows }: Inventory): readonly Finding[] {
  const files = 'value' in workflows ? workflows.value : [];
  const callers = (job: Job) => files.filter((one) => callsWorkflow(one, job));
  // What every caller gives as an input needs no variable; a job of its own steps gives everything to the actions.
  const missingOf = (job: Job): readonly string[] => {
    const given = callers(job).map((one) => givenByInputs(one, job));
    const byAll = (name: string): boolean => given.length > 0 && given.every((some) => some.includes(name));
    return job.variables.filter((name) => !variables[name] && !byAll(name));
  };
  const wanted = jobs.filter((job) => isWanted(job, variables) || callers(job).length > 0);
  const complete = (job: Job): boolean => job.variables.every((name) => variables[name]);
  const considered = [...new Set([...wanted, ...jobs.filter(complete)])];
  const direct = files.some((one) => jobs.some((job) => usesActions(one, job)));
  if (considered.length === 0 && direct) return [];
  if (considered.length === 0)
    return [
      {
        area,
        subject: 'variables',
        status: 'warning',
        is: 'no job is configured: each workflow names what it lacks, and skips',
        should: 'at least one job has its variables',
        fix: `gh variable set HOLDFAST_IB_SOURCE, HOLDFAST_ROTATE_ROLE or ${databaseLists.map(({ variable }) => variable).join(', ')} (${jobs.map(({ page }) => page).join(', ')})`,
      },
    ];
  return considered.map((job) => {
    const missing = missingOf(job);
    const finding = { area, subject: `variables of the ${job.title}`, should: job.variables.join(', ') };
    return missing.length === 0
      ? { ...finding, status: 'ok', is: 'all are set, or given by the callers' }
      : {
          ...finding,
          status: 'failed',
          is: `missing: ${missing.join(', ')}; the job skips, and nothing is backed up`,
          fix: missing.map((name) => `gh variable set ${name} --body VALUE`).join('; '),
        };
  });
}

function misspelt(variables: Variables): readonly Finding[] {
  return Object.keys(variables)
    .filter((name) => name.startsWith('HOLDFAST') && !knownVariables.includes(name))
    .map((name) => {
      const meant = knownVariables.find((one) => isLike(name, one));
      return {
        area,
        subject: `variable ${name}`,
        status: 'warning',
        is: 'no workflow reads it',
        should: meant ?? 'a name of docs/setup.md',
        fix: meant
          ? `gh variable set ${meant} --body "$(gh variable list --json name,value --jq '.[]|select(.name=="${name}").value')"; gh variable delete ${name}`
          : `gh variable delete ${name}`,
      } as const;
    });
}

function databases({ variable, reached, shown }: DatabaseList, page: string, variables: Variables): readonly Finding[] {
  const about = { area, subject: variable, should: `a JSON list of ${shown}` };
  const text = variables[variable];
  if (!text) return [];
  const list = databasesOf(text);
  const fix = `gh variable set ${variable} < databases.json  (${page})`;
  if (list === undefined) return [{ ...about, status: 'failed', is: 'not a JSON list of objects', fix }];
  const wrong = list.filter((one) => !one.source || !reached.some((keys) => keys.every((key) => one[key])));
  return wrong.length > 0
    ? [{ ...about, status: 'failed', is: `incomplete: ${wrong.map((one) => JSON.stringify(one)).join(', ')}`, fix }]
    : [{ ...about, status: 'ok', is: list.map(({ source }) => source).join(', ') }];
}

function secrets({ secrets: reading, variables }: ConfigurationReadings): readonly Finding[] {
  const about = { area, subject: 'secrets', should: 'those that the configured jobs read (names only)' };
  return judge(about, reading, (known) => {
    const values = 'value' in variables ? variables.value : {};
    const findings = neededSecrets(values).map(({ name, why }) => secretFinding(name, why, known));
    const optional = ['SLACK_WEBHOOK_URL', 'DATADOG_API_KEY', 'HEARTBEAT_URL', 'HOLDFAST_ANONYMIZE_KEY'];
    const set = optional.filter((name) => known.some((one) => one.name === name && one.set));
    return [
      ...findings,
      {
        ...about,
        status: 'ok',
        subject: 'optional secrets',
        is: set.length > 0 ? `set: ${set.join(', ')}` : 'none is set',
      },
    ];
  });
}

interface NeededSecret {
  readonly name: string;
  readonly why: string;
}

function neededSecrets(variables: Variables): readonly NeededSecret[] {
  const list = databaseLists.flatMap(({ variable }) => databasesOf(variables[variable]) ?? []);
  const byKeys = variables.HOLDFAST_ROLE_FROM === 'keys';
  return [
    ...(byKeys
      ? ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].map((name) => ({ name, why: 'HOLDFAST_ROLE_FROM is keys' }))
      : []),
    ...list.flatMap((one) =>
      [one.secret, one['scratch-secret'], one['kubeconfig-secret']].flatMap((name) =>
        name ? [{ name, why: `of the database ${one.source}` }] : [],
      ),
    ),
  ];
}

function secretFinding(name: string, why: string, known: readonly SecretPresence[]): Finding {
  const about = { area, subject: `secret ${name}`, should: `set: ${why}` };
  const found = known.find((one) => one.name === name);
  const fix = `gh secret set ${name}`;
  if (found?.set) return { ...about, status: 'ok', is: 'set' };
  // A job sees only the secrets that its workflow hands over; the others are unknown, not missing.
  if (found === undefined && known.some(({ set }) => !set))
    return { ...about, status: 'not-checked', is: 'a job cannot list secrets: npm run doctor does, with gh' };
  return { ...about, status: 'failed', is: 'not set', fix };
}

function permissions({ configuration: { refusedPermissions, idToken }, where }: Inventory): readonly Finding[] {
  const about = {
    area,
    subject: where === 'job' ? 'permissions of the job' : 'gh',
    should: 'id-token: write, contents: read, actions: read, issues: write',
  };
  const yaml = (missing: readonly string[]): string =>
    where === 'job'
      ? `add to the job, and to the job that calls this workflow: permissions: { ${missing.join(', ')} }`
      : 'gh auth refresh --scopes repo,workflow';
  return judge(about, refusedPermissions, (refused) => {
    const lacking = [
      ...refused,
      ...(where === 'job' && 'value' in idToken && !idToken.value ? ['id-token: write'] : []),
    ];
    return lacking.length === 0
      ? [
          {
            ...about,
            status: 'ok',
            is:
              where === 'job'
                ? 'what could be tried without changing anything was granted'
                : 'may read what the doctor asks for',
          },
        ]
      : [{ ...about, status: 'failed', is: `missing: ${lacking.join(', ')}`, fix: yaml(lacking) }];
  });
}
