/**
 * The stack deployed by `npm run deploy` on both: planned, made, deployed once more without a change and with one, and deleted. The template is
 * the release's without what moto cannot do.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteStackCommand, waitUntilStackDeleteComplete } from '@aws-sdk/client-cloudformation';
import { readTemplate } from '../../../scripts/deploy/template.ts';
import { root } from '../../../scripts/lib/actions.ts';
import { startLabAccount } from '../../lib/lab-account.ts';
import { environmentOf, type S3Address } from '../../lib/s3.ts';
import { ended } from '../../lib/step.ts';
import type { Points } from '../../points.ts';
import { both } from './compare.ts';
import { noteMade, noteRoles, noteStack, type Read } from './deployed.ts';
import { provider } from './expected-outputs.ts';
import { startMoto } from './moto-side.ts';
import { Side } from './side.ts';
import { strippedTemplate } from './stripped-template.ts';

const usual = [
  ...['--yes', '--no-variables', '--subjects', 'repo:acme/backups:ref:refs/heads/main'],
  ...['--parameter', `OidcProviderArn=${provider}`],
  // moto takes the previous value of a list for a text with brackets.
  ...['--parameter', 'PlanSubjects=', '--parameter', 'CopyKeyArns='],
];
const StackName = 'holdfast';

export async function deployments(points: Points, programs: string): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-deployment-'));
  const file = join(directory, 'template.json');
  writeFileSync(file, strippedTemplate(readTemplate().text));
  const lab = await startLabAccount();
  const moto = await startMoto(programs);
  const sides = [sideOf(lab), sideOf({ url: moto.url, keys: moto.credentials })] as const;
  try {
    const reads = new Map<Side, Read>([[sides[1], (text) => pythonValue(programs, text)]]);
    const scene = (side: Side): Promise<void> => play(side, file, reads.get(side) ?? JSON.parse);
    await both(points, { name: 'deployment', play: scene }, ...sides);
  } finally {
    for (const side of sides) side.close();
    await moto.stop();
    await lab.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** moto tells a document that a template gave as Python writes it. */
function pythonValue(programs: string, text: string): unknown {
  const program = 'import ast, json, sys; print(json.dumps(ast.literal_eval(sys.stdin.read())))';
  const { stdout, stderr, status } = spawnSync(join(programs, 'python'), ['-c', program], {
    input: text,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`Python does not read what moto tells: ${stderr}`);
  return JSON.parse(stdout);
}

function sideOf({ url: endpoint, keys: credentials }: S3Address): Side {
  const nothing = { instanceId: '', rootVolumeId: '', dataVolumeId: '', imageSnapshotId: '', roleArn: '' };
  const means = { settle: () => {}, keepVersions: async () => {}, lockedBucket: async () => {}, crowd: async () => {} };
  return new Side({ endpoint, credentials }, { ...nothing, token: () => '' }, means);
}

async function play(side: Side, file: string, read: Read): Promise<void> {
  await deploy(side, 'plan', file, ['--plan']);
  await noteStack(side, 'after the plan', StackName);
  await deploy(side, 'first', file);
  const resources = await noteStack(side, 'after the first', StackName);
  await noteMade(side, resources, read);
  await deploy(side, 'longer sessions', file, ['--parameter', 'MaxSessionSeconds=7200']);
  await noteRoles(side, 'with longer sessions', await noteStack(side, 'with longer sessions', StackName), read);
  await deploy(side, 'without a change', file, ['--parameter', 'MaxSessionSeconds=7200']);
  const { cloudformation: client } = side;
  await client.send(new DeleteStackCommand({ StackName }));
  await waitUntilStackDeleteComplete({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { StackName });
  await noteStack(side, 'after the deletion', StackName);
}

/** What it says of each resource, by resource; of the events only the stack's, since moto has no others. */
async function deploy(side: Side, step: string, file: string, more: readonly string[] = []): Promise<void> {
  const { endpoint: url, credentials: keys } = side.settings;
  const words = [join(import.meta.dirname, 'deploy-template.ts'), file, ...usual, ...more];
  const { status, output } = await ended(join(root, 'scripts', 'node24'), words, {
    ...environmentOf({ url, keys }),
    ...{ AWS_REGION: 'us-east-1', NO_COLOR: '1' },
    // Whose clone this is would decide what it says of variables.
    GIT_DIR: '/nowhere',
  });
  const lines = output.split('\n').filter((line) => line !== '' && !line.startsWith('Account '));
  const change = /^[+~-] (\S+) +(.*)$/;
  const counted = /^(\d+ \w+.*|outputs only):$|^Nothing to change/;
  const subject = /^ {4}/;
  const variable = /^ {2}gh variable set/;
  const event = /^\d\d:\d\d:\d\d +(\S+) +(.*)$/;
  side.note(`${step}: deploy`, {
    status,
    changes: Object.fromEntries(lines.flatMap((line) => changeOf(change.exec(line)))),
    events: lines.flatMap((line) => (event.exec(line)?.[2] === `stack ${StackName}` ? [event.exec(line)?.[1]] : [])),
    count: lines.find((line) => counted.test(line)),
    variables: lines.filter((line) => variable.test(line)),
    subjects: lines.filter((line) => subject.test(line)),
    says: lines.filter((line) => ![change, event, counted, variable, subject].some((one) => one.test(line))),
  });
}

const changeOf = (match: RegExpExecArray | null): [string, string][] =>
  match ? [[match[2] ?? '', match[1] ?? '']] : [];
