/**
 * `npm run bench -- pause [--rounds 7] [--beside FOLDER]`: how long the source is away, beside its lower bound measured in the same
 * run; and, if asked for, beside the pause of another checkout, whose bundles and host scripts run in a lab of their own.
 * The bound is the sum of the parts nobody can do without: stop, unmount, one API call, mount, start, and two command
 * deliveries. Medians of several rounds; all alternate, so that changes in the computer's speed affect all.
 */
import { resolve } from 'node:path';
import { CreateSnapshotCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetCommandInvocationCommand, SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';
import { source } from '../lab/hosts/pair.ts';
import { ensurePrerequisites } from '../lab/hosts/prerequisites.ts';
import { throughSudo } from '../lab/hosts/root.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { region } from '../lab/services/aws/account.ts';
import { median } from './commands.ts';

type Parts = Readonly<Record<string, number>>;

/** Milliseconds that each line of a script takes on the host, past SSM: `NAME NANOSECONDS` a line. */
async function timed(lab: Lab, steps: readonly (readonly [string, string])[]): Promise<Parts> {
  const body = steps.map(
    ([name, line]) => `t=$(date +%s%N); ${line} >/dev/null; echo "${name} $(( $(date +%s%N) - t ))"`,
  );
  const result = await lab.hosts.runOnSource(`#!/bin/bash\nset -e\n${body.join('\n')}\n`);
  if (result.exitCode !== 0) throw new Error(`the parts could not be measured: ${result.stderr}`);
  return Object.fromEntries(
    result.stdout
      .trim()
      .split('\n')
      .map((line) => [line.split(' ')[0] ?? '', Number(line.split(' ')[1]) / 1e6]),
  );
}

const answers = `until mariadb --socket=/tmp/mysql-ib.sock -e 'SELECT 1' 2>/dev/null; do sleep 0.01; done`;

async function measureParts(
  lab: Lab,
  mode: 'stop' | 'freeze',
  aws: { ec2: EC2Client; ssm: SSMClient; volumeId: string },
): Promise<Parts> {
  const host =
    mode === 'stop'
      ? await timed(lab, [
          ['stop', 'systemctl stop mysqld-ib'],
          ['unmount', 'umount /ibdata'],
          ['mount', 'mount -t xfs -o nouuid /dev/nvme1n1 /ibdata'],
          ['start', `systemctl start mysqld-ib; ${answers}`],
        ])
      : await timed(lab, [
          ['lock', `mariadb --socket=/tmp/mysql-ib.sock -e 'FLUSH TABLES WITH READ LOCK'`],
          ['freeze', 'sync; fsfreeze --freeze /ibdata'],
          ['thaw', 'fsfreeze --unfreeze /ibdata'],
          ['answer', answers],
        ]);
  const began = performance.now();
  await aws.ec2.send(new CreateSnapshotCommand({ VolumeId: aws.volumeId, Description: 'bench' }));
  const call = performance.now() - began;
  return {
    ...host,
    'one API call': call,
    'delivery 1': await delivery(aws.ssm),
    'delivery 2': await delivery(aws.ssm),
  };
}

/** One command there and back: a script that does nothing, asked for without a break. */
async function delivery(ssm: SSMClient): Promise<number> {
  const began = performance.now();
  const sent = await ssm.send(
    new SendCommandCommand({
      DocumentName: 'AWS-RunShellScript',
      InstanceIds: [source.id],
      Parameters: { commands: ['true'] },
    }),
  );
  for (;;) {
    try {
      const now = await ssm.send(
        new GetCommandInvocationCommand({ CommandId: sent.Command?.CommandId, InstanceId: source.id }),
      );
      if (now.Status === 'Success') return performance.now() - began;
    } catch (error) {
      if ((error as Error).name !== 'InvocationDoesNotExist') throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function measurePause(lab: Lab, mode: 'stop' | 'freeze'): Promise<number> {
  const run = await lab.runWorkflow('bench/workflows/pause.yml', {
    event: 'workflow_dispatch',
    inputs: { quiesce: mode },
  });
  const receipt = JSON.parse((await lab.state.receipts())[`receipts/${source.name}/${run.id}.json`] ?? '{}') as {
    quiesce?: { pauseSeconds?: number };
  };
  const seconds = receipt.quiesce?.pauseSeconds;
  if (run.conclusion !== 'success' || seconds === undefined) throw new Error(`the run ${run.id} did not succeed`);
  return seconds * 1000;
}

interface Options {
  readonly rounds?: number;
  readonly beside?: string;
}

/** The sample has two small tables of other engines, which a freeze reads under its lock. */
async function onlyInnoDb({ hosts }: Lab): Promise<void> {
  const sql = 'ALTER TABLE ads.`odd, name``s` ENGINE=InnoDB; ALTER TABLE billing.rates ENGINE=InnoDB;';
  const { stderr } = await hosts.runOnSource(`#!/bin/bash\nmariadb --socket=/tmp/mysql-ib.sock <<'END'\n${sql}\nEND\n`);
  if (stderr !== '') throw new Error(`the tables could not be altered: ${stderr}`);
}

const modes = [
  { title: 'stop', mode: 'stop', prepare: undefined },
  { title: 'freeze', mode: 'freeze', prepare: undefined },
  { title: 'freeze, InnoDB only', mode: 'freeze', prepare: onlyInnoDb },
] as const;

/** @param root the checkout whose bundles and host scripts run; undefined for this one */
function startBench(root?: string): Promise<Lab> {
  const plenty = { capacity: 10_000, refill: 5000 };
  return startLab({
    ...(root === undefined ? {} : { root }),
    ec2: { delays: { snapshot: 200 }, buckets: { describe: plenty, mutate: plenty }, snapshotsPerVolume: 10_000 },
    onProgress: (text) => console.log(text),
  });
}

export async function pause({ rounds = 7, beside }: Options): Promise<void> {
  throughSudo();
  ensurePrerequisites();
  const lab = await startBench();
  const other = beside === undefined ? undefined : await startBench(resolve(beside));
  try {
    const client = { region, endpoint: lab.aws.url, credentials: lab.aws.administrator };
    const volumeId = (await lab.state.volumes()).find((one) => one.instanceId === source.id && one.tags.Name)?.id ?? '';
    const aws = { ec2: new EC2Client(client), ssm: new SSMClient(client), volumeId };
    const heading = `| mode | pause (median of ${rounds}) | lower bound (sum of the parts' medians) | ratio | parts |`;
    console.log(`\n${heading}${other ? ` pause of ${beside} |` : ''}`);
    console.log(`|---|---|---|---|---|${other ? '---|' : ''}`);
    for (const { title, mode, prepare } of modes) {
      for (const one of other ? [lab, other] : [lab]) await prepare?.(one);
      const [pauses, others, parts]: [number[], number[], Parts[]] = [[], [], []];
      // One round beforehand that does not count: caches are cold, connections are new.
      for (let round = 0; round <= rounds; round += 1) {
        const part = await measureParts(lab, mode, aws);
        const own = await measurePause(lab, mode);
        const that = other ? [await measurePause(other, mode)] : [];
        if (round === 0) continue;
        parts.push(part);
        pauses.push(own);
        others.push(...that);
      }
      console.log(`${row(title, pauses, parts)}${other ? ` ${spread(others)} |` : ''}`);
    }
  } finally {
    await other?.stop();
    await lab.stop();
  }
}

function row(title: string, pauses: readonly number[], parts: readonly Parts[]): string {
  const names = Object.keys(parts[0] ?? {});
  const medians = names.map((name) => [name, median(parts.map((part) => part[name] ?? Number.NaN))] as const);
  const bound = medians.reduce((sum, [, value]) => sum + value, 0);
  const shown = medians.map(([name, value]) => `${name} ${value.toFixed(0)} ms`).join(', ');
  const ratio = (median(pauses) / bound).toFixed(2);
  return `| ${title} | ${spread(pauses)} | ${bound.toFixed(0)} ms | ${ratio} | ${shown} |`;
}

/** `507 ms (480 to 530)` */
function spread(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(0)} ms (${low.toFixed(0)} to ${high.toFixed(0)})`;
}
