/** The inputs and outputs of patrol: action.yml, the README table and the parser come from here. */
import { regionPattern } from '../../domain/patterns.ts';
import {
  defineInputs,
  duration,
  integer,
  type OutputDefinition,
  parsed,
  Refused,
  type SettingsOf,
} from '../../runtime/inputs.ts';
import { accessInputs, reportInputs, sourceInputs } from '../common/inputs.ts';

export const description =
  'Decides which kept backups to prove again now, within a budget of time, and says which have not been proven for too long, or are no longer what they were. Changes nothing.';

const { 'ssm-documents': _documents, ...access } = accessInputs;

const definitions = {
  ...access,
  'receipt-bucket': sourceInputs['receipt-bucket'],
  days: integer({
    description: 'No last proof of a kept backup may be older than so many days.',
    default: '90',
    min: 2,
    max: 3650,
  }),
  budget: duration({
    description:
      'Time that the proofs of one run may take, all jobs together. The summary says what it would have to be.',
    default: '1h',
    min: 60,
    max: 864_000,
  }),
  every: duration({
    description: 'Time from one run to the next, as the schedule has it.',
    default: '6h',
    min: 3600,
    max: 2_678_400,
  }),
  // A matrix generates 256 jobs at most (GitHub docs, "Usage limits"), and there is one for each engine.
  'most-proofs': integer({ description: 'Proofs that one run makes at most.', default: '20', min: 1, max: 256 }),
  databases: parsed({
    description:
      'What restores need beside the receipt, by source: JSON lists of { "source", "packages", "scratch-image" }, one after the other, as HOLDFAST_DATABASES and the like have them.',
    allowed: 'JSON lists, each on a line of its own',
    parse: readDatabases,
  }),
  verifiers: parsed({
    description:
      'Verification hosts by region, id or Name tag, as a JSON object: { "eu-west-1": "verify.eu" }. In these regions snapshots of ebs-rotate and copies are proven, too.',
    allowed: 'a JSON object with regions, such as { "eu-west-1": "verify.eu" }',
    parse: readVerifiers,
  }),
  'accept-unproven': parsed({
    description:
      'Regions whose snapshots and copies nobody needs to prove, where nobody can: no issue is kept for them. A backup that can be proven is proven all the same.',
    allowed: 'regions, separated by spaces, or all',
    parse: readAccepted,
  }),
  ...reportInputs,
} as const;

/** @returns names of regions, or `all` */
function readAccepted(text: string): readonly string[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  const wrong = names.find((name) => name !== 'all' && !new RegExp(regionPattern).test(name));
  if (wrong !== undefined) throw new Refused(`"${wrong}" is no region`);
  return names;
}

export type Verifiers = Readonly<Record<string, string>>;

function readVerifiers(text: string): Verifiers {
  if (text.trim() === '') return {};
  const given = jsonOf(text);
  if (given === undefined) throw new Refused('it is not JSON');
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new Refused('it is not an object');
  for (const [region, host] of Object.entries(given)) {
    if (!new RegExp(regionPattern).test(region)) throw new Refused(`"${region}" is no region`);
    if (typeof host !== 'string' || host.trim() === '') throw new Refused(`the host of ${region} is no id or name`);
  }
  return given as Verifiers;
}

/** What the variables say of a database, as far as a restore needs it. */
export interface GivenDatabase {
  readonly source: string;
  readonly packages: string;
  readonly scratchImage: string;
  /** Name of the secret with the URL of its own server for restores. */
  readonly scratchSecret: string;
}

/** Each list begins a line, and may go on for several. */
function readDatabases(text: string): readonly GivenDatabase[] {
  const found: GivenDatabase[] = [];
  let list = '';
  for (const line of text.split('\n')) {
    list += line;
    const parsedList = jsonOf(list);
    if (parsedList === undefined) continue;
    found.push(...readList(parsedList));
    list = '';
  }
  if (list.trim() !== '') throw new Refused('it is not JSON');
  return found;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function readList(list: unknown): readonly GivenDatabase[] {
  if (!Array.isArray(list)) throw new Refused('it is not a list');
  return list.flatMap((one: Readonly<Record<string, unknown>> | null) => {
    const word = (name: string): string => {
      const value = one?.[name];
      return Array.isArray(value) ? value.join(' ') : value === undefined || value === null ? '' : String(value);
    };
    const source = word('source');
    if (source === '') return [];
    const server = { scratchImage: word('scratch-image'), scratchSecret: word('scratch-secret') };
    return [{ source, packages: word('packages'), ...server }];
  });
}

export const inputs = defineInputs(definitions, [
  ({ days, every }) =>
    days !== undefined && every !== undefined && every > (days * 86_400) / 2
      ? ['every: more than half of days, so that a run that is dropped is one too many; allowed: at most half of it']
      : [],
]);

export type Settings = SettingsOf<typeof inputs>;

export const outputs: Readonly<Record<string, OutputDefinition>> = {
  postgres: {
    description: 'JSON list of the dumps of PostgreSQL to prove: { source, receipt, series, packages, scratch-image }.',
  },
  mysql: { description: 'The same of MySQL and MariaDB: { source, receipt, client, server-image, scratch-image }.' },
  mongodb: { description: 'The same of MongoDB: { source, receipt, server-image, scratch-image }.' },
  volumes: {
    description:
      'JSON list of the snapshots of ib-snapshot to prove: { source, snapshot, region, instance, receipt }; the last two of copies.',
  },
  rotations: {
    description:
      'JSON list of the snapshots and copies of ebs-rotate to prove: { source, snapshot, region, instance }.',
  },
  overdue: { description: 'Number of kept backups whose last proof is too old.' },
  altered: { description: 'Number of kept backups that are no longer what they were.' },
};
