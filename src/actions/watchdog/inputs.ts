/** The inputs and outputs of watchdog: action.yml, the README table and the parser come from here. */
import {
  defineInputs,
  type OutputDefinition,
  oneOf,
  parsed,
  Refused,
  type SettingsOf,
  secret,
  text,
} from '../../runtime/inputs.ts';
import { timeZoneOf } from '../../runtime/schedule/runs.ts';
import { accessInputs, reportInputs, sourceInputs, variablesInput } from '../common/inputs.ts';

export const description =
  'Says which backups are missing, too old, or too slow to restore: what workflow files, variables and tags promise against what exists. Keeps one issue for each source and failure.';

const { 'ssm-documents': _documents, ...access } = accessInputs;

const definitions = {
  ...access,
  'receipt-bucket': sourceInputs['receipt-bucket'],
  variables: variablesInput(
    'The variables of the repository, as the expression toJSON(vars) gives them: lists of databases, and names of sources. A job cannot list them itself.',
  ),
  targets: text({
    description:
      'Targets by source, and * for all, as a JSON object: rpo (how old the newest proven backup may be), rto (how long a restore may take), allowance (how long after its promised run a backup may come; 12h without). A source that no workflow file names is promised with cron, timezone and kind. The tags holdfast:rpo, holdfast:rto and holdfast:allowance of an instance say the same.',
    allowed: '{ "SOURCE": { "rpo": "26h", "rto": "2h", "allowance": "6h" } }',
    maxLength: 48_000,
  }),
  'status-page': oneOf(['file', 'bucket', 'none'], {
    description:
      'file: writes the status page to a file of the runner, and its days into the receipt bucket. bucket: writes the page itself there, too, as watch/status.html. none: no page, and fewer receipts are read.',
    default: 'file',
  }),
  'time-zone': parsed({
    description: 'Whose days and times the status page shows.',
    default: 'UTC',
    allowed: 'an IANA time zone, such as Europe/Berlin',
    parse: (name) => {
      if (timeZoneOf(name) === undefined) throw new Refused('there is no such time zone');
      return name;
    },
  }),
  metrics: parsed({
    description:
      'none; bucket: writes the metrics of all sources of the account, also of other repositories, into the receipt bucket as watch/metrics.prom, in the text format of Prometheus; bucket-openmetrics: the same in that of OpenMetrics; or the URL of a Pushgateway, to which they are pushed.',
    default: 'none',
    allowed:
      'none, bucket, bucket-openmetrics, or a URL without user and password, such as https://push.example.com:9091',
    parse: (value) => {
      if (['none', 'bucket', 'bucket-openmetrics'].includes(value)) return value;
      if (!URL.canParse(value) || !/^https?:\/\/\S+$/.test(value)) throw new Refused('');
      const { username, password, search, hash } = new URL(value);
      if (username || password) throw new Refused('user and password belong to metrics-authorization');
      if (search || hash) throw new Refused('it has a query or a fragment');
      return value;
    },
  }),
  'metrics-authorization': secret({
    description: 'Value of the header Authorization for the Pushgateway, such as Basic BASE64-OF-USER:PASSWORD.',
    pattern: /^[\x20-\x7e]+$/,
    allowed: 'a scheme and its value',
  }),
  ...reportInputs,
} as const;

export const inputs = defineInputs(definitions);

export type Settings = SettingsOf<typeof inputs>;

export const outputs: Readonly<Record<string, OutputDefinition>> = {
  report: {
    description: 'All sources as a JSON list of {key, source, kind, state, newest, proven, due, next, target, why}.',
  },
  status: { description: 'failed, unknown or good: the worst of the sources.' },
  missing: { description: 'Number of sources whose backup is missing.' },
  page: { description: 'Path of the status page, an HTML file alone in its folder. Empty without one.' },
};
