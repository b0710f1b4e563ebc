/** The inputs and outputs of ebs-rotate: action.yml, the README table and the parser come from here. */

import { isTimeZone } from '../../rotation/plan/dates.ts';
import { allowedRetention, parseRetention } from '../../rotation/plan/retention.ts';
import {
  boolean,
  defineInputs,
  duration,
  integer,
  type OutputDefinition,
  oneOf,
  pairs,
  text,
  type Values,
} from '../../runtime/inputs.ts';
import { accessInputs, region, reportInputs } from '../common/inputs.ts';

export const description =
  'Snapshots every tagged instance of a region, copies the snapshots to other regions, and deletes what is due: never the last good one.';

const definitions = {
  mode: oneOf(['create', 'copy', 'expire', 'all', 'regions'], {
    description:
      'create, copy, expire, or all three in this order; or regions, which only finds the regions that have anything to do and gives them as an output for a matrix.',
    default: 'all',
  }),
  ...accessInputs,
  retention: text({
    description: 'Retention of instances without the tag Retention: days, or keeps such as 7d 4w 12m.',
    default: '7',
    allowed: allowedRetention,
  }),
  every: oneOf(['1d', '12h', '8h', '6h', '4h', '3h', '2h', '1h'], {
    description: 'Length of a schedule slot: however often this runs, each instance is snapshotted once in each slot.',
    default: '1d',
  }),
  slot: text({
    description:
      'Name of the slot in place of the one that the clock gives, such as before-upgrade: takes a set beside those of the schedule.',
    pattern: /^[a-z][a-z0-9-]{0,40}$/,
    allowed: 'small letters, digits and hyphens, beginning with a letter',
  }),
  'time-zone': text({
    description: 'Time zone whose calendar decides which day it is.',
    default: 'UTC',
    allowed: 'an IANA name, such as Europe/Berlin',
  }),
  'kms-keys': pairs({
    description:
      "KMS key for the copies of each destination, one region=key a line. Without one the destination's default key for EBS is used; copies are always encrypted.",
  }),
  'max-copies': integer({
    description:
      "Copies under way at once in a destination: the account's quota there; the rest is left for the next run.",
    default: '20',
    min: 1,
    max: 1000,
  }),
  'copy-wait': duration({
    description:
      'How long a run waits for snapshots that are not completed, and for room in a destination, before it leaves the rest for the next run.',
    default: '0s',
    min: 0,
    max: 18_000,
  }),
  'max-pause': duration({
    description: 'The lease of a freeze: after this time the host thaws by itself, whatever happened here.',
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
    description: 'Percent of the automated snapshots of the region that one run may delete; more stops and asks.',
    default: '50',
    min: 1,
    max: 100,
  }),
  'allow-mass-expiry': boolean({
    description: 'The answer to that question: delete although it is more than max-expiry-share.',
    default: 'false',
  }),
  'compare-retention': text({
    description:
      'Another default retention, for the review of a change: says what would be different with `retention` in its place, and changes nothing.',
    allowed: allowedRetention,
  }),
  'wait-for': text({
    description:
      'Workflow files of this repository, parted by spaces, whose run of today is waited for first, so that dumps are in the snapshots.',
    pattern: /^[A-Za-z0-9_.-]+\.ya?ml( +[A-Za-z0-9_.-]+\.ya?ml)*$/,
    allowed: 'file names, such as postgres-backup.yml',
  }),
  'wait-for-timeout': duration({
    description: 'How long it waits for them; then it goes on without, and says so.',
    default: '2h',
    min: 10,
    max: 21_600,
  }),
  'price-per-gib': text({
    description: 'Price of a GiB of snapshots and month in US dollars, for the estimate of the cost.',
    default: '0.05',
    pattern: /^\d{1,4}(\.\d{1,6})?$/,
    allowed: 'a number, such as 0.05',
  }),
  ...reportInputs,
} as const;

export const inputs = defineInputs(definitions, [
  (values) =>
    (['retention', 'compare-retention'] as const).flatMap((name) => {
      const value = values[name];
      return value === undefined || value === '' || parseRetention(value) !== undefined
        ? []
        : [`${name}: "${value}" is not allowed; allowed: ${allowedRetention}`];
    }),
  (values) => {
    const zone = values['time-zone'];
    return zone === undefined || isTimeZone(zone)
      ? []
      : [`time-zone: "${zone}" is no time zone that is known here; allowed: an IANA name, such as Europe/Berlin`];
  },
  (values) =>
    Object.entries(values['kms-keys'] ?? {}).flatMap(([name, key]) => [
      ...(region.test(name) ? [] : [`kms-keys: "${name}" is no name of a region; allowed: lines of region=key`]),
      ...(/^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/[A-Za-z0-9/_-]+|alias\/[A-Za-z0-9/_-]+|(mrk-)?[0-9a-f-]{32,36})$/.test(
        key,
      )
        ? []
        : [`kms-keys: "${key}" is no KMS key; allowed: an ARN, an alias or an id of a key`]),
    ]),
  ({ 'api-timeout': request, 'max-pause': lease }) =>
    request !== undefined && lease !== undefined && request > lease
      ? [
          `api-timeout: ${request} s is more than max-pause (${lease} s), so one unanswered request could use up the lease; allowed: at most ${lease}s`,
        ]
      : [],
]);

export type EbsRotateInputs = Values<typeof definitions>;

export function parseInputs(read: (name: string) => string): EbsRotateInputs {
  return inputs.values(read);
}

export const outputs: Readonly<Record<string, OutputDefinition>> = {
  plan: {
    description:
      'The plan as JSON: a list of {part, decision, reason}; empty when it is too long for an output, and then only in plan-file.',
  },
  'plan-file': { description: 'File on the runner with the same list, whole.' },
  regions: { description: 'With mode: regions, a JSON list of the regions that have something to do.' },
  created: { description: 'Snapshots created.' },
  copied: { description: 'Snapshots copied.' },
  expired: { description: 'Snapshots deleted.' },
};
