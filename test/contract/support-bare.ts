/** A bare host in the lab's account, with disks of its own, and people with the rights that docs/restore.md names. */
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type BareHost, startBareHost } from '../../lab/hosts/bare-host.ts';
import { cacheFolder } from '../../lab/hosts/cached.ts';
import type { Host, StoredImage } from '../../lab/hosts/host.ts';
import { runtimeFolder } from '../../lab/hosts/places.ts';
import { createPool } from '../../lab/hosts/storage.ts';
import { sampleVolume } from '../../lab/rehearsals/infobright/sample-volume.ts';
import type { Statement } from '../../lab/services/aws/auth/policy.ts';
import { root } from '../../scripts/lib/actions.ts';
import { type AccountUnderTest, startAccountUnderTest } from './support-account.ts';
import { documentedBlocks } from './support-commands.ts';
import { commandsIn } from './support-restore-pages.ts';

/** The same machine, as an instance of each region. */
export const bare = { 'us-east-1': 'i-0ba5e0ba5e0ba5e01', 'eu-west-1': 'i-0ba5e0ba5e0ba5e02' } as const;
/** The instance that is backed up. Nothing runs on it. */
export const lost = 'i-0a5be1d9c3f2e7a01';
/** Its volumes, each with the same database: XFS on the whole disk and on a partition, and ext4. */
export const volumes = {
  xfs: 'vol-0d47f2a9e61b8c302',
  partition: 'vol-0d47f2a9e61b8c303',
  ext4: 'vol-0d47f2a9e61b8c304',
} as const;

export interface Bare {
  readonly account: AccountUnderTest;
  readonly host: BareHost;
  /** The disk that is lost, of which snapshots are made. */
  readonly original: StoredImage;
  /** Runs an action from its sources against the lab's AWS. @returns its summary @throws Error when it fails */
  act(action: string, inputs: Readonly<Record<string, string>>): Promise<string>;
  /** What is in the environment of somebody who restores dumps or volumes, with the rights that the page names and no others. */
  person(of: 'dumps' | 'volumes', region?: string): Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const labPath = '/run/holdfast-test';
const mongoTools = 'tools.tgz';
/** Where the bare host finds what stands for MongoDB's download. */
export const mongoDownload = `file://${labPath}/mongodb/${mongoTools}`;

/** @param programs files that MongoDB's download has on this host */
export async function startBare(programs: readonly string[]): Promise<Bare> {
  mkdirSync(join(root, '.lab'), { recursive: true });
  const directory = mkdtempSync(join(root, '.lab', 'bare-'));
  const runtime = runtimeFolder(directory);
  const stops: (() => Promise<void> | void)[] = [() => rmSync(directory, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
    rmSync(runtime, { recursive: true, force: true });
  };
  try {
    const pool = await createPool(directory, runtime);
    stops.push(() => pool.stop());
    const [xfs, ext4] = [await sample('xfs'), await sample('ext4')];
    const images = {
      xfs: await pool.add(xfs, 'xfs', 1),
      partition: await pool.add(xfs, 'partition', 1, 1),
      ext4: await pool.add(ext4, 'ext4', 1),
    };
    const shared = join(directory, 'shared');
    packMongo(join(shared, 'mongodb'), programs);
    const host = await startBareHost({
      ...{ instanceId: bare['us-east-1'], name: 'bare', runtime, directory },
      folders: { [labPath]: shared },
    });
    stops.push(() => host.destroy());
    const account = await startAccountUnderTest({
      stack: 'deployed',
      hosts: hostsWith(pool, host),
      seed: seedOf(images),
    });
    stops.push(() => account.stop());
    copyFileSync(account.environment.AWS_CA_BUNDLE ?? '', join(shared, 'ca.pem'));
    addPeople(account);
    return {
      account,
      host,
      original: images.xfs,
      act: (action, inputs) => act(account, action, inputs),
      person: personOf(account),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const sample = (filesystem: 'xfs' | 'ext4'): Promise<string> => sampleVolume(cacheFolder, () => {}, filesystem);

/** The bare host behind both of its instances; nothing behind the one that is lost. */
function hostsWith(storage: Awaited<ReturnType<typeof createPool>>, host: BareHost) {
  const ids: readonly string[] = Object.values(bare);
  return { storage, host: (id: string): Host | undefined => (ids.includes(id) ? host : undefined) };
}

function seedOf(images: Readonly<Record<keyof typeof volumes, StoredImage>>) {
  const plain = { type: 'm5.large', state: 'running', tags: {}, volumes: [], name: 'bare' } as const;
  const disks = (['xfs', 'partition', 'ext4'] as const).map((kind, at) => ({
    ...{ id: volumes[kind], device: `/dev/sd${'fgh'[at]}`, image: images[kind], tags: {} },
  }));
  const own = {
    rootVolumeId: 'vol-0b1e5a7d20c94f301',
    name: 'ib01.prod',
    tags: { Backup: 'Yes', Copy_Dest: 'eu-west-1' },
  };
  const zones = { 'us-east-1': 'us-east-1a', 'eu-west-1': 'eu-west-1a' };
  return {
    instances: [
      { ...plain, ...own, id: lost, zone: zones['us-east-1'], volumes: disks },
      { ...plain, id: bare['us-east-1'], zone: zones['us-east-1'], rootVolumeId: 'vol-0c92e8b41f73da303' },
    ],
    regions: [
      {
        region: 'eu-west-1',
        instances: [
          { ...plain, id: bare['eu-west-1'], zone: zones['eu-west-1'], rootVolumeId: 'vol-0c92e8b41f73da304' },
        ],
      },
    ],
  };
}

/** Two users with the policies that docs/restore.md prints, and nothing else. */
function addPeople({ aws }: AccountUnderTest): void {
  const printed = documentedBlocks().filter(({ page, language }) => page === 'docs/restore.md' && language === 'json');
  for (const [at, name] of ['dumps', 'volumes'].entries()) {
    const text = (printed[at]?.text ?? '{}')
      .replaceAll('RECEIPT-BUCKET', aws.receiptBucket)
      .replaceAll('DUMP-BUCKET', aws.dumpBucket);
    const { Statement: statements } = JSON.parse(text) as { Statement: Statement[] };
    aws.iam.create('users', { logicalId: name, name, inline: [{ name, statements }], attached: [] });
  }
}

function personOf({ aws, environment }: AccountUnderTest): Bare['person'] {
  const { HTTPS_PROXY = '' } = environment;
  const users = { dumps: aws.sts.addUser('dumps'), volumes: aws.sts.addUser('volumes') };
  return (of, region = 'us-east-1') => ({
    AWS_ACCESS_KEY_ID: users[of].accessKeyId,
    AWS_SECRET_ACCESS_KEY: users[of].secretAccessKey,
    ...{ AWS_REGION: region, AWS_DEFAULT_REGION: region, AWS_PAGER: '', AWS_EC2_METADATA_DISABLED: 'true' },
    // The lab stands in for AWS.
    ...{ HTTPS_PROXY, AWS_CA_BUNDLE: `${labPath}/ca.pem`, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

/** Not synchronous: the lab answers in this process. */
function act(account: AccountUnderTest, action: string, inputs: Readonly<Record<string, string>>): Promise<string> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = account.environment;
  const words = Object.entries(inputs).flatMap(([name, value]) => ['--input', `${name}=${value}`]);
  const env = { ...process.env, AWS_ENDPOINT_URL: account.aws.url, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
  return new Promise((resolve, reject) => {
    const child = spawn('scripts/node24', ['scripts/action.ts', action, '--real-aws', ...words], { cwd: root, env });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    child.on('error', reject);
    child.on('close', (status) =>
      status === 0 ? resolve(said) : reject(new Error(`${action}: ${said.slice(-3000)}`)),
    );
  });
}

/** The lab's build of MongoDB's Database Tools in a file as MongoDB publishes it: programs in `NAME/bin`. */
function packMongo(folder: string, programs: readonly string[]): void {
  const bin = join(folder, 'mongodb-database-tools', 'bin');
  mkdirSync(bin, { recursive: true });
  for (const program of programs) copyFileSync(program, join(bin, program.split('/').at(-1) ?? ''));
  execFileSync('tar', ['-czf', join(folder, mongoTools), '-C', folder, 'mongodb-database-tools']);
  rmSync(join(folder, 'mongodb-database-tools'), { recursive: true });
}

/** @throws Error when it fails @returns what it printed */
export async function expectTyped(
  host: BareHost,
  text: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = await host.type(text, environment);
  if (exitCode === 0) return stdout;
  throw new Error(`ended with ${exitCode}: ${text}\n${stdout.slice(-2000)}\n${stderr.slice(-4000)}`);
}

const mark = '--- the first query ---';

/**
 * Enters the commands one after another, as a reader does, who stops at the first that fails.
 * @param text blocks of a page, as they stand there but for its placeholders
 * @param check a command that succeeds for the files that were fetched, and fails when they have been changed
 * @returns what the last command printed @throws Error for a command that fails
 */
export async function follow(
  host: BareHost,
  text: string,
  environment: Readonly<Record<string, string>>,
  check = '',
): Promise<string> {
  const commands = commandsIn(text);
  const entered = commands.map((command, at) => {
    const last = at === commands.length - 1 ? `echo '${mark}'\n` : '';
    return `${last}${command.trimEnd()}\ncase "\${PIPESTATUS[*]}" in *[!0\\ ]*) echo 'command ${at + 1} failed' >&2; exit 1 ;; esac`;
  });
  const printed = await expectTyped(host, `cd "$(mktemp -d)"\n${entered.join('\n')}\n${checked(check)}`, environment);
  return printed.split(`${mark}\n`)[1] ?? '';
}

function checked(check: string): string {
  if (check === '') return '';
  return `{ ${check} } >&2 || { echo 'what was fetched is not found in the receipt' >&2; exit 1; }
    for one in *.*; do sed -i '1s/^./x/' "$one"; done
    if { ${check} } >&2; then echo 'what was changed is found in the receipt' >&2; exit 1; fi`;
}
