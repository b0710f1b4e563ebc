/** Wires doctor to AWS and GitHub, and starts it. */
import { currentRepository, logger } from '../../adapters/github/toolkit.ts';
import type { DoctorSettings } from '../../doctor/gather/settings.ts';
import type { FindingStatus } from '../../domain/finding.ts';
import { startAction } from '../common/start.ts';
import { inputs, type Settings } from './inputs.ts';
import type { Findings } from './ports.ts';
import { run } from './run.ts';
import { jobIssuer, openJobPorts } from './wiring.ts';

const severity: readonly FindingStatus[] = ['failed', 'warning', 'not-checked', 'ok'];

await startAction<Settings, Findings>({
  name: 'doctor',
  inputs: { definitions: inputs.definitions, parse: (read) => ({ ...inputs.parse(read), dryRun: false }) },
  source: () => 'the installation',
  outputs: ({ examination }) =>
    examination === undefined
      ? {}
      : {
          report: JSON.stringify(examination),
          status: severity.find((status) => examination.some((one) => one.status === status)) ?? 'ok',
        },
  run: async (settings, context) => run(await doctorSettings(settings), openJobPorts(settings, context), context),
});

async function doctorSettings(settings: Settings): Promise<DoctorSettings> {
  const { given, secrets, awsRegion, regions, stackName, ssmDocuments } = settings;
  const stated = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  const variables = { ...settings.variables, ...stated };
  const issuer = settings.issuer || (await jobIssuer());
  logger.info(`Issuer of identity tokens: ${issuer}`);
  return {
    where: 'job',
    region: awsRegion,
    regions,
    stackName,
    documentPrefix: ssmDocuments,
    repository: currentRepository(),
    issuer,
    variables,
    secrets: Object.entries(secrets).map(([name, set]) => ({ name, set: set === 'true' })),
  };
}
