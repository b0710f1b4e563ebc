/** The inputs and outputs of doctor: action.yml, the README table and the parser come from here. */
import {
  defineInputs,
  type OutputDefinition,
  pairs,
  parsed,
  Refused,
  type SettingsOf,
  text,
} from '../../runtime/inputs.ts';
import { accessInputs, region, reportInputs, variablesInput } from '../common/inputs.ts';

export const description =
  'Examines an installation of Holdfast: identity, stack, hosts, buckets, schedules and configuration, each finding with the way to mend it. Changes nothing.';

const {
  'role-to-assume': _role,
  'aws-region': _region,
  'dry-run': _dryRun,
  ...rest
} = { ...accessInputs, ...reportInputs };

const definitions = {
  ...rest,
  'aws-region': text({
    description: 'AWS region. Default: the variable HOLDFAST_REGION.',
    pattern: region,
    allowed: 'a region, such as us-east-1',
  }),
  regions: parsed({
    description: 'Further regions whose documents and hosts are examined, separated by spaces.',
    allowed: 'regions, such as us-west-2 eu-west-1',
    parse: (value): readonly string[] => {
      const names = value.split(/[\s,]+/).filter((name) => name !== '');
      const wrong = names.find((name) => !region.test(name));
      if (wrong !== undefined) throw new Refused(`"${wrong}" is not the name of a region`);
      return names;
    },
  }),
  'stack-name': text({
    description: 'Name of the stack.',
    default: 'holdfast',
    pattern: /^[A-Za-z][A-Za-z0-9-]{0,127}$/,
    allowed: 'the name of a CloudFormation stack',
  }),
  issuer: text({
    description: "Issuer of the jobs' identity tokens, without https://. Default: that of this job's own token.",
    pattern: /^[a-z0-9][A-Za-z0-9./_-]{0,250}$/,
    allowed: 'host and path, such as token.actions.githubusercontent.com',
  }),
  variables: variablesInput(
    'The variables of the repository, as the expression toJSON(vars) gives them. A job cannot list them itself.',
  ),
  given: pairs({
    description:
      'Values that stand in for variables of the repository, in lines such as HOLDFAST_REGION=us-east-1. An empty one counts as not given. What neither has is taken from the workflows of the repository that call those of Holdfast.',
  }),
  secrets: pairs({
    description:
      'Names of secrets and whether they are set (the expression secrets.NAME compared with the empty text), in lines such as SLACK_WEBHOOK_URL=true. A job cannot list them itself.',
  }),
} as const;

export const inputs = defineInputs(definitions, [
  ({ secrets = {} }) =>
    Object.entries(secrets)
      .filter(([, set]) => set !== 'true' && set !== 'false')
      // A secret itself, given by mistake, is not shown.
      .map(([name]) => `secrets: ${name} is neither true nor false; allowed: lines such as ${name}=true`),
]);

export type Settings = SettingsOf<typeof inputs> & { readonly dryRun: false };

export const outputs: Readonly<Record<string, OutputDefinition>> = {
  report: { description: 'The findings as a JSON list of {area, subject, status, is, should, fix}.' },
  status: { description: 'failed, warning, not-checked or ok: the worst of the findings.' },
};
