/** What the doctor reaches from within a job: its own token, each role, GitHub with the job's token, and this runner. */
import { readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SdkInspection } from '../../adapters/aws/inspection/inspection.ts';
import { readSkewSeconds } from '../../adapters/aws/inspection/skew.ts';
import type { AwsSession } from '../../adapters/aws/session.ts';
import { findTools } from '../../adapters/databases/postgres/installed-tools.ts';
import { runProgram } from '../../adapters/databases/programs.ts';
import { createClient } from '../../adapters/github/client.ts';
import { createReader } from '../../adapters/github/reader.ts';
import { canGetIdToken, getIdToken } from '../../adapters/github/toolkit.ts';
import type { DoctorPorts } from '../../doctor/gather/settings.ts';
import { type Reading, read, unread } from '../../doctor/reading.ts';
import type { Claims } from '../../domain/installation.ts';
import { hasKnownHoles, showVersion } from '../../dump/engines/postgres/tools.ts';
import { systemClock } from '../../runtime/clock.ts';
import { explain } from '../../runtime/errors.ts';
import { openHosts, openSession } from '../common/services.ts';
import type { Settings } from './inputs.ts';
import type { Context, Ports } from './ports.ts';

/** The usual issuer of github.com (GitHub docs, "OpenID Connect reference"). */
const usualIssuer = 'token.actions.githubusercontent.com';

export function openJobPorts(settings: Settings, context: Context): Ports {
  const opened = new Map<string, (region: string) => AwsSession>();
  const open = (variable: string, roleArn: string) => {
    const sessions = (region: string) =>
      openSession('doctor', { ...settings, roleToAssume: roleArn }, region, context.run);
    opened.set(variable, sessions);
    return sessions;
  };
  return {
    ...machinePorts(settings.apiTimeout, context.signal),
    own: undefined,
    assume: async (variable, roleArn, region) => {
      const sessions = open(variable, roleArn);
      const inspection = new SdkInspection(roleArn.split('/').at(-1) ?? roleArn, region, sessions);
      try {
        // The first call with the role's credentials asks for them.
        await inspection.caller();
      } catch (error) {
        opened.delete(variable);
        throw error;
      }
      return inspection;
    },
    hosts: (variable, region, ssmDocuments) => {
      const session = opened.get(variable)?.(region);
      return session && openHosts(session, 'doctor', { ...settings, ssmDocuments }, context.run);
    },
    github: settings.githubToken === '' ? undefined : createReader(createClient({ token: settings.githubToken })),
    claims: readClaims,
    idToken: read(canGetIdToken()),
    runner: () => readRunnerVersion(context.signal),
  };
}

/** What both a job and a terminal have. */
export function machinePorts(
  apiTimeoutSeconds: number,
  signal: AbortSignal,
): Pick<DoctorPorts, 'clock' | 'skewSeconds' | 'postgresTools' | 'endpoint'> {
  return {
    clock: systemClock,
    skewSeconds: async (region) => {
      if (region === '') return unread('no region is known');
      const seconds = await readSkewSeconds(region, systemClock, apiTimeoutSeconds);
      return seconds === undefined ? unread(`AWS's endpoint in ${region} did not answer`) : read(seconds);
    },
    postgresTools: async () =>
      read(
        (await findTools(signal)).map(({ folder, version }) => ({
          folder,
          version: showVersion(version),
          unsafe: hasKnownHoles(version),
        })),
      ),
    endpoint: process.env.AWS_ENDPOINT_URL ?? '',
  };
}

/** The claims of a token of this job's own, which goes nowhere. */
async function readClaims(): Promise<Reading<Claims>> {
  if (!canGetIdToken()) return unread('the job has no permission id-token: write');
  try {
    const token = await getIdToken('sts.amazonaws.com');
    return read(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Claims);
  } catch (error) {
    return unread(explain(error).what);
  }
}

/** The issuer of this job's token; GitHub's usual one where it cannot be read. */
export async function jobIssuer(): Promise<string> {
  const claims = await readClaims();
  return 'value' in claims ? claims.value.iss.replace(/^https?:\/\//, '') : usualIssuer;
}

/** Beside the worker that runs this step is the listener, which prints its version (actions/runner, CommandSettings). */
async function readRunnerVersion(signal: AbortSignal): Promise<Reading<string>> {
  const why = 'the version is in the first lines of the log of the job ("Current runner version")';
  try {
    const worker = readlinkSync(`/proc/${process.ppid}/exe`);
    if (!/Runner\.Worker$/.test(worker)) return unread(why);
    const text = await runProgram({
      program: join(dirname(worker), 'Runner.Listener'),
      parameters: ['--version'],
      environment: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/' },
      what: 'Runner.Listener',
      timeoutSeconds: 30,
      signal,
    });
    const [version] = /\d+\.\d+\.\d+/.exec(text) ?? [];
    return version === undefined ? unread(why) : read(version);
  } catch {
    signal.throwIfAborted();
    return unread(why);
  }
}
