/** Clock, runner, region and endpoint, and the dump tools of this machine. */
import { isOlder } from '../../domain/agent.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Inventory } from '../inventory.ts';
import { databasesOf } from '../jobs.ts';
import { judge } from '../reading.ts';

const area = 'Environment';
/** AWS refuses requests whose time is more than five minutes off (AWS general reference, Signature Version 4). */
const refusedSkewSeconds = 300;
const suspiciousSkewSeconds = 60;
/** The first runner that knows `uses: $/…` (GitHub changelog, 30 July 2026). */
export const leastRunner = '2.336.0';

export function environmentFindings(inventory: Inventory): readonly Finding[] {
  return [...clock(inventory), ...runner(inventory), ...endpoint(inventory), ...tools(inventory)];
}

function clock({ environment }: Inventory): readonly Finding[] {
  const about = { area, subject: 'clock', should: `less than ${refusedSkewSeconds} s off AWS's` };
  return judge(about, environment.skewSeconds, (seconds) => {
    const off = Math.abs(seconds);
    const is = `${Math.round(off)} s ${seconds < 0 ? 'behind' : 'ahead of'} AWS's`;
    const fix = 'sudo timedatectl set-ntp true  (or start chrony), then: timedatectl status';
    if (off >= refusedSkewSeconds) return [{ ...about, status: 'failed', is, fix }];
    if (off >= suspiciousSkewSeconds) return [{ ...about, status: 'warning', is, fix }];
    return [{ ...about, status: 'ok', is }];
  });
}

function runner({ environment, where }: Inventory): readonly Finding[] {
  if (where === 'terminal') return [];
  const about = { area, subject: 'runner', should: `${leastRunner} or later, for uses: $/…` };
  return judge(about, environment.runner, (version) =>
    isOlder(version, leastRunner)
      ? [
          {
            ...about,
            status: 'failed',
            is: version,
            fix: "update the self-hosted runner: let it update itself (no --disableupdate), or install actions/runner's newest release",
          },
        ]
      : [{ ...about, status: 'ok', is: version }],
  );
}

function endpoint({ environment: { region, endpoint: url } }: Inventory): readonly Finding[] {
  const about = { area, subject: 'region and endpoint', should: "a region, and AWS's own endpoints" };
  if (region === '')
    return [
      {
        ...about,
        status: 'failed',
        is: 'no region is known',
        fix: 'gh variable set HOLDFAST_REGION --body us-east-1',
      },
    ];
  return url === ''
    ? [{ ...about, status: 'ok', is: region }]
    : [
        {
          ...about,
          status: 'warning',
          is: `${region}; AWS_ENDPOINT_URL sends every call to ${url}`,
          fix: 'unset AWS_ENDPOINT_URL, unless that is meant',
        },
      ];
}

function tools({ environment, configuration }: Inventory): readonly Finding[] {
  const variables = 'value' in configuration.variables ? configuration.variables.value : {};
  const onRunner = (databasesOf(variables.HOLDFAST_DATABASES) ?? []).some(({ instance }) => !instance);
  if (!onRunner) return [];
  const installs = variables.HOLDFAST_INSTALL_CLIENT !== 'false';
  const about = {
    area,
    subject: "PostgreSQL's client tools here",
    should: installs
      ? 'none: the dump job installs its own'
      : 'no older than the servers, without known holes (HOLDFAST_INSTALL_CLIENT is false)',
  };
  return judge(about, environment.postgresTools, (found) => {
    const is = found.map(({ version, folder }) => `${version} in ${folder}`).join(', ') || 'none';
    const fix = 'sudo apt-get update && sudo apt-get install postgresql-client  (docs/postgres.md)';
    if (installs) return [{ ...about, status: 'ok', is }];
    if (found.length === 0) return [{ ...about, status: 'failed', is, fix }];
    const unsafe = found.filter((one) => one.unsafe);
    return unsafe.length === found.length
      ? [{ ...about, status: 'failed', is: `${is}: all have known holes`, fix }]
      : [{ ...about, status: 'ok', is }];
  });
}
