/** The inputs and outputs of ebs-rotate: action.yml, the README table and the parser come from here. */
import { isTimeZone } from '../../rotation/plan/dates.ts';
import { allowedRetention, parseRetention, type Retention } from '../../rotation/plan/retention.ts';
import { ConfigurationError } from '../../runtime/errors.ts';
import {
  boolean,
  defineInputs,
  duration,
  integer,
  type OutputDefinition,
  oneOf,
  pairs,
  parsed,
  Refused,
  type SettingsOf,
  text,
} from '../../runtime/inputs.ts';
import { accessInputs, lockInputs, lockProblems, region, reportInputs } from '../common/inputs.ts';

export const description =
  'Snapshots every tagged instance of a region, copies the snapshots to other regions, and deletes those that are due, but never the last good one.';

const definitions = {
  mode: oneOf(['create', 'copy', 'expire', 'all', 'regions'], {
    description:
      'What to do: create, copy, expire, or all three in this order; or regions, which only lists the regions with something to do, as an output for a matrix.',
    default: 'all',
  }),
  ...accessInputs,
  retention: parsed({
    description:
      'How long to keep the snapshots of instances without the tag Retention: days, or tiers such as 7d 4w 12m.',
    default: '7',
    allowed: allowedRetention,
    parse: readRetention,
  }),
  every: parsed({
    description:
      'Length of a schedule slot. Each instance is snapshotted once per slot, however often the action runs.',
    default: '1d',
    allowed: '1d or 12h or 8h or 6h or 4h or 3h or 2h or 1h',
    parse: readHours,
  }),
  slot: text({
    description:
      'Name of a slot of its own, such as before-upgrade: takes snapshots in addition to those of the schedule.',
    pattern: /^[a-z][a-z0-9-]{0,40}$/,
    allowed: 'small letters, digits and hyphens, beginning with a letter',
  }),
  ...lockInputs,
  'time-zone': parsed({
    description: 'Time zone whose calendar decides what day it is.',
    default: 'UTC',
    allowed: 'an IANA name, such as Europe/Berlin',
    parse: readTimeZone,
  }),
  'kms-keys': parsed({
    description:
      "KMS keys that encrypt the copies, one region=key per line. Without one, the destination's default key for EBS is used; copies are always encrypted.",
    default: '',
    allowed: 'lines of region=key',
    parse: readKmsKeys,
  }),
  'max-copies': integer({
    description:
      "Most copies in progress at once in a destination, which is the account's quota there. The rest waits for the next run.",
    default: '20',
    min: 1,
    max: 1000,
  }),
  'copy-wait': duration({
    description:
      'How long to wait until snapshots are completed and destinations take further copies, before the rest is left to the next run.',
    default: '0s',
    min: 0,
    max: 18_000,
  }),
  'max-pause': duration({
    description: 'The lease of a freeze: after this time the host thaws by itself, whatever happens to the run.',
    default: '30s',
    min: 4,
    max: 600,
  }),
  'document-timeout': duration({
    description: 'How long each half of a Consistency_Document, or the VSS document, may take.',
    default: '2m',
    min: 5,
    max: 3600,
  }),
  'max-expiry-share': integer({
    description:
      "Most of the region's automated snapshots that one run may delete, in percent. If more are due, nothing is deleted until allow-mass-expiry is given.",
    default: '50',
    min: 1,
    max: 100,
  }),
  'allow-mass-expiry': boolean({
    description: 'Delete what is due even if it is more than max-expiry-share.',
    default: 'false',
  }),
  'compare-retention': parsed({
    description:
      'A new value for retention, for the review of a change: reports what it would change, and changes nothing.',
    allowed: allowedRetention,
    parse: (value) => (value === '' ? undefined : readRetention(value)),
  }),
  'wait-for': parsed({
    description:
      "Workflow files of this repository, separated by spaces. The action first waits for today's run of each, so that the snapshots contain its dump.",
    allowed: 'file names, such as postgres-backup.yml',
    parse: readWorkflowFiles,
  }),
  'wait-for-timeout': duration({
    description: 'How long to wait for these runs. Then the action goes on without them, and reports it.',
    default: '2h',
    min: 10,
    max: 21_600,
  }),
  'price-per-gib': parsed({
    description: 'Price of snapshot storage per GiB and month in US dollars, for the cost estimate.',
    default: '0.05',
    allowed: 'a number, such as 0.05',
    parse: readPrice,
  }),
  ...reportInputs,
} as const;

function readRetention(value: string): Retention {
  const retention = parseRetention(value);
  if (retention === undefined) throw new Refused('');
  return retention;
}

/** Hours of a slot. */
function readHours(value: string): number {
  if (value === '1d') return 24;
  const [, hours] = /^(12|8|6|4|3|2|1)h$/.exec(value) ?? [];
  if (hours === undefined) throw new Refused('');
  return Number(hours);
}

function readTimeZone(value: string): string {
  if (!isTimeZone(value)) throw new Refused(`"${value}" is not a time zone that is known here`);
  return value;
}

const keyPattern =
  /^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/[A-Za-z0-9/_-]+|alias\/[A-Za-z0-9/_-]+|(mrk-)?[0-9a-f-]{32,36})$/;

/** Keys by region. */
function readKmsKeys(value: string): Readonly<Record<string, string>> {
  const keys = pairs({ description: '' }).parse(value);
  const problems = Object.entries(keys).flatMap(([name, key]) => [
    ...(region.test(name) ? [] : [`kms-keys: "${name}" is not the name of a region; allowed: lines of region=key`]),
    ...(keyPattern.test(key)
      ? []
      : [`kms-keys: "${key}" is not a KMS key; allowed: the ARN, the alias or the id of a key`]),
  ]);
  if (problems.length > 0) throw new ConfigurationError({ what: 'kms-keys is wrong', problems });
  return keys;
}

function readWorkflowFiles(value: string): readonly string[] {
  if (value === '') return [];
  if (!/^[A-Za-z0-9_.-]+\.ya?ml( +[A-Za-z0-9_.-]+\.ya?ml)*$/.test(value)) throw new Refused('');
  return value.split(/ +/);
}

function readPrice(value: string): number {
  if (!/^\d{1,4}(\.\d{1,6})?$/.test(value)) throw new Refused('');
  return Number(value);
}

export const inputs = defineInputs(definitions, [
  ({ apiTimeout: request, maxPause: lease }) =>
    request !== undefined && lease !== undefined && request > lease
      ? [
          `api-timeout: ${request} s is more than max-pause (${lease} s), so one unanswered request could use up the lease; allowed: at most ${lease}s`,
        ]
      : [],
  (settings) => lockProblems(settings, settings.retention?.days, 'retention'),
  ({ waitFor = [], githubToken }) =>
    waitFor.length > 0 && githubToken === ''
      ? [
          'github-token: wait-for asks GitHub for the runs of workflows; allowed: a token with the permission actions: read',
        ]
      : [],
]);

export type Settings = SettingsOf<typeof inputs>;

export const outputs: Readonly<Record<string, OutputDefinition>> = {
  plan: {
    description:
      'The plan as a JSON list of {part, decision, reason}; empty when it is too long for an output and only in plan-file.',
  },
  'plan-file': { description: 'File on the runner with the whole plan.' },
  regions: { description: 'With mode: regions, a JSON list of the regions with something to do.' },
  created: { description: 'Number of snapshots created.' },
  copied: { description: 'Number of snapshots copied.' },
  expired: { description: 'Number of snapshots deleted.' },
};
