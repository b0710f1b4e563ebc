/** `npm run doctor`: examines an installation with the operator's own credentials, as the action does with a job's. */
import { writeFileSync } from 'node:fs';
import { renderMarkdown } from '../lab/cli/terminal/markdown.ts';
import { paint as painter } from '../lab/cli/terminal/paint.ts';
import { machinePorts } from '../src/actions/doctor/wiring.ts';
import { SsmHosts } from '../src/adapters/aws/hosts.ts';
import { SdkInspection } from '../src/adapters/aws/inspection/inspection.ts';
import { AwsSession } from '../src/adapters/aws/session.ts';
import { examine } from '../src/doctor/examine.ts';
import { gather } from '../src/doctor/gather/gather.ts';
import type { DoctorPorts, DoctorSettings } from '../src/doctor/gather/settings.ts';
import { read, unread } from '../src/doctor/reading.ts';
import { countFindings, type Finding } from '../src/domain/finding.ts';
import { regionPattern } from '../src/domain/patterns.ts';
import { doctorBlock, doctorHeadline } from '../src/report/render/doctor-text.ts';
import { systemClock } from '../src/runtime/clock.ts';
import { renderError } from '../src/runtime/errors.ts';
import type { Logger } from '../src/runtime/logger.ts';
import { version } from '../src/runtime/version.ts';
import { readCommandLine } from './lib/command-line.ts';
import { currentRepository, ghIsReady, ghReader } from './lib/gh.ts';

const usage = `npm run doctor [-- options]

Examines an installation with your own credentials (the AWS SDK's ordinary chain, and gh): what is, what should be, and how to
mend it. Changes nothing. What a job alone can see, the workflow doctor.yml shows.

  --repository OWNER/REPO  default: that of this clone, as gh sees it
  --region REGION          default: the repository variable HOLDFAST_REGION, else AWS_REGION or AWS_DEFAULT_REGION
  --regions "REGION …"     further regions to look at
  --stack-name NAME        default: holdfast
  --issuer HOST            default: token.actions.githubusercontent.com
  --json                   print the findings as JSON, and nothing else
  --output FILE            write the findings as JSON to this file, too
  -h, --help               print this text

Exit status: 0 nothing is broken, 1 something is, 2 wrong arguments.`;

/** Seconds of one request to AWS. */
const apiTimeoutSeconds = 30;

/** Progress goes to standard error, so that standard output is the report. */
const logger: Logger = {
  debug: () => {},
  info: (message) => console.error(message),
  warning: (message) => console.error(message),
  error: (message) => console.error(message),
  group: (_title, work) => work(),
};

function openSession(region: string): AwsSession {
  return new AwsSession({
    region,
    identity: undefined,
    apiTimeoutSeconds,
    transferTimeoutSeconds: apiTimeoutSeconds,
    userAgent: `holdfast/${version} doctor`,
    clock: systemClock,
    logger,
  });
}

function ports(signal: AbortSignal, signedIn: boolean): DoctorPorts {
  return {
    ...machinePorts(apiTimeoutSeconds, signal),
    own: (region) => new SdkInspection('your credentials', region, openSession),
    assume: undefined,
    hosts: (_variable, region, documents) =>
      new SsmHosts(openSession(region), {
        documents,
        clock: systemClock,
        logger,
        comment: 'holdfast doctor',
      }),
    github: signedIn ? ghReader : undefined,
    claims: async () => unread('only a job has an identity token: gh workflow run doctor.yml'),
    idToken: read(true),
    runner: async () => unread('this is no job'),
  };
}

function readOptions() {
  const { values } = readCommandLine(usage, {
    options: {
      repository: { type: 'string' },
      region: { type: 'string' },
      regions: { type: 'string' },
      'stack-name': { type: 'string' },
      issuer: { type: 'string' },
      json: { type: 'boolean' },
      output: { type: 'string' },
    },
  });
  const regions = (values.regions ?? '').split(/[\s,]+/).filter((name) => name !== '');
  const region = values.region ?? '';
  const problems = [
    ...[region, ...regions]
      .filter((name) => name !== '' && !new RegExp(regionPattern).test(name))
      .map((name) => `"${name}" is not the name of a region; allowed: such as us-east-1`),
    ...(values.repository !== undefined && !/^[\w.-]+\/[\w.-]+$/.test(values.repository)
      ? [`--repository: "${values.repository}" is not allowed; allowed: OWNER/REPO`]
      : []),
  ];
  if (problems.length > 0) {
    console.error(problems.map((problem) => `doctor: ${problem}`).join('\n'));
    process.exit(2);
  }
  return { ...values, region, regions };
}

function show(findings: readonly Finding[]): void {
  const width = Math.max(80, Math.min(180, process.stdout.columns ?? 140));
  const paint = painter(process.stdout.isTTY === true && !process.env.NO_COLOR);
  const detail = { rows: 500, cell: 500, output: 0, steps: 0 };
  const text = `## ${doctorHeadline({ examination: findings })}\n\n${doctorBlock({ examination: findings }, detail)}\n`;
  console.log(renderMarkdown(text, { width, paint }));
}

async function main(): Promise<number> {
  const options = readOptions();
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort(new Error('interrupted')));
  const signedIn = await ghIsReady();
  const settings: DoctorSettings = {
    where: 'terminal',
    region: options.region,
    // The second is the AWS CLI's, which the SDK does not read.
    otherwiseRegion: process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION,
    regions: options.regions,
    stackName: options['stack-name'] ?? 'holdfast',
    documentPrefix: 'Holdfast-',
    repository: options.repository ?? (signedIn ? await currentRepository() : ''),
    issuer: options.issuer ?? 'token.actions.githubusercontent.com',
    variables: undefined,
    secrets: undefined,
  };
  const { signal } = controller;
  const inventory = await gather(settings, ports(signal, signedIn), { logger, signal });
  const findings = examine(inventory);
  const json = `${JSON.stringify(findings, null, 2)}\n`;
  if (options.output !== undefined) writeFileSync(options.output, json);
  if (options.json) process.stdout.write(json);
  else show(findings);
  return countFindings(findings).failed > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(renderError(error));
  process.exitCode = 1;
}
