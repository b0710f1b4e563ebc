/**
 * The ops image: built by its Dockerfile upon a base of the distribution's packages, and run as its users run it: without rights, with
 * nothing writable but the folder that is mounted, against the lab's S3 and a real PostgreSQL.
 */
import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import type { DumpReceipt } from '../../src/domain/dump.ts';
import { Containers, debianArchive, type Ended } from './support-container.ts';
import { bucket, type DumpUnderTest, startDumpUnderTest } from './support-dump.ts';

const user = 10001;
const [base, image] = ['localhost/holdfast-test-base:debian', 'localhost/holdfast-test-ops:built'];
const repository = 'https://github.test/acme/holdfast';
const key = 'a secret key of the ops tests';

ensurePrerequisites();
/** The suite of the Dockerfile's own base. */
const opened = Containers.open(await debianArchive('trixie'), base);
if (typeof opened === 'string')
  process.stdout.write(`not tested: the ops image, since no engine works here: ${opened}\n`);
const containers = typeof opened === 'string' ? undefined : opened;
const withEngine = containers ? test : test.skip;

let it: DumpUnderTest;
let work: string;
let built: Ended | undefined;
beforeAll(async () => {
  if (!containers) return;
  work = mkdtempSync(join(tmpdir(), 'holdfast-ops-'));
  chownSync(work, user, user);
  const context = join(work, 'context');
  const made = spawnSync('scripts/node24', ['scripts/ops-context.ts', context], { encoding: 'utf8' });
  expect(made).toMatchObject({ status: 0, stderr: '' });
  // Tests download nothing but what the distribution has.
  const without = { BASE: base, MONGODB_SERIES: '' };
  built = containers.build(context, image, { ...without, VERSION: '1.2.3', REVISION: 'abc', REPOSITORY: repository });
  it = await startDumpUnderTest(2);
  expect((await it.dump(1)).error).toBeUndefined();
}, 900_000);
afterAll(async () => {
  await it?.stop();
  containers?.remove([image, base]);
  if (work) rmSync(work, { recursive: true, force: true });
}, 120_000);

/** As the pages say: no rights, a root that is read-only, one folder mounted. Settings come from the environment. */
function holdfast(words: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const environment: Readonly<Record<string, string>> = {
    AWS_ENDPOINT_URL: process.env.AWS_ENDPOINT_URL ?? '',
    AWS_ACCESS_KEY_ID: process.env.AWS_ACCESS_KEY_ID ?? '',
    AWS_SECRET_ACCESS_KEY: process.env.AWS_SECRET_ACCESS_KEY ?? '',
    HOLDFAST_SOURCE: 'shop.prod',
    HOLDFAST_REGION: 'us-east-1',
    HOLDFAST_RECEIPT_BUCKET: bucket,
    ...more,
  };
  const options = [
    '--read-only',
    '--cap-drop=all',
    '--security-opt=no-new-privileges',
    `--volume=${work}:/work`,
    ...Object.entries(environment).map(([name, value]) => `--env=${name}=${value}`),
  ];
  return (containers as Containers).runBeside(image, options, words);
}
const inShell = (text: string, more?: Readonly<Record<string, string>>) =>
  holdfast(['bash', '-euo', 'pipefail', '-c', text], more);
const users = (database: string) => it.postgres.sql('SELECT count(*) FROM infinite.users', database);

withEngine('is built, runs as a user by number without an entry point, and says what it is', () => {
  expect(built?.status === 0 ? '' : `${built?.out}${built?.err}`.slice(-3000)).toBe('');
  const { Config: configuration } = (containers as Containers).inspect(image);
  expect(configuration).toMatchObject({ User: `${user}:${user}`, WorkingDir: '/work', Cmd: ['holdfast', '--help'] });
  expect(configuration.Entrypoint ?? null).toBeNull();
  expect(configuration.Labels).toMatchObject({
    'org.opencontainers.image.version': '1.2.3',
    'org.opencontainers.image.revision': 'abc',
    'org.opencontainers.image.source': repository,
    'org.opencontainers.image.licenses': 'Apache-2.0',
  });
  const names = (configuration.Env as string[]).map((one) => one.split('=')[0]);
  expect(
    names.filter(
      (name) =>
        !['PATH', 'LANG', 'HOME', 'TMPDIR', 'MALLOC_ARENA_MAX', 'HOLDFAST_IMAGE', 'container'].includes(name ?? ''),
    ),
  ).toEqual([]);
});

withEngine('has the tools of the engines, and can write nothing but its folder', async () => {
  const { status, out, err } = await inShell(`id -u; node --version; holdfast --version
for tool in pg_dump pg_restore psql mariadb-dump mariadb aws; do "$tool" --version; done
zstd --version; jq --version
for place in / /opt/holdfast /usr/local/bin /etc; do if touch "$place/x" 2>/dev/null; then echo "wrote $place"; fi; done
touch written`);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(out).toMatch(/^10001\nv24\.\d+\.\d+\n\d+\.\d+\.\d+\npg_dump \(PostgreSQL\) \d+/);
  for (const tool of ['pg_restore (PostgreSQL)', 'psql (PostgreSQL)', 'mariadb-dump ', 'mariadb ', 'aws-cli/2.'])
    expect(out).toContain(tool);
  expect(out).not.toContain('wrote');
  expect(statSync(join(work, 'written')).uid).toBe(user);
});

withEngine('restores a dump from S3, and loads an anonymised one', async () => {
  await it.postgres.createDatabase('restored');
  const restored = await holdfast(['holdfast', 'restore', '--to', it.postgres.url('restored')]);
  expect(restored.status === 0 ? '' : restored.err).toBe('');
  expect(await users('restored')).toBe(await users('shop'));
  const fetched = await holdfast(['holdfast', 'fetchdb']);
  expect(fetched).toMatchObject({ status: 0, err: expect.stringContaining('; holdfast populatedb loads it') });
  expect(readdirSync(join(work, 'backups'))).toEqual(['shop.prod.anon.gz']);
  expect(await holdfast(['holdfast', 'populatedb', '--to', it.postgres.url('app')])).toMatchObject({ status: 0 });
  expect(await users('app')).toBe(await users('shop'));
});

withEngine('anonymises in a pipe', async () => {
  const { status, err } = await inShell(
    `pg_dump --schema-only "$URL" > schema.sql
pg_dump "$URL" | holdfast anonymize - - --schema schema.sql --gzip > shop.anon.gz`,
    { URL: it.postgres.url('shop'), HOLDFAST_ANONYMIZE_KEY: key },
  );
  expect(status === 0 ? '' : err).toBe('');
  const text = gunzipSync(readFileSync(join(work, 'shop.anon.gz'))).toString();
  expect(text).toContain('-- PostgreSQL database dump complete');
  const [address = ''] = (await it.postgres.sql('SELECT email FROM infinite.users LIMIT 1', 'shop')).split('\n');
  expect(address).toContain('@');
  expect(text).not.toContain(address);
  expect(text).toMatch(/@example\.com/);
});

withEngine('dumps to S3 and proves it on a server beside it; no secret is in the log', async () => {
  const { status, out, err } = await holdfast(['holdfast', 'dump', '--name', 'shop-ops', '--bucket', bucket], {
    HOLDFAST_DATABASE_URL: it.postgres.url('shop'),
    HOLDFAST_SCRATCH_URL: it.postgres.url('postgres'),
    HOLDFAST_ANONYMIZE_KEY: key,
  });
  expect(status === 0 ? '' : out + err).toBe('');
  expect(out).toContain('The dump of shop.prod is good');
  expect(out).not.toMatch(/^::|add-mask/m);
  expect(out + err).not.toContain(key);
  expect(out + err).not.toContain(it.postgres.url('shop'));
  const listed = await holdfast(['holdfast', 'restore', '--list']);
  expect(listed.status).toBe(0);
  const { out: newest } = await inShell(
    `key=$(aws s3api list-objects-v2 --bucket "$HOLDFAST_RECEIPT_BUCKET" --prefix receipts/shop.prod/ --query 'sort_by(Contents,&LastModified)[-1].Key' --output text)
aws s3 cp --only-show-errors "s3://$HOLDFAST_RECEIPT_BUCKET/$key" -`,
    { AWS_REGION: 'us-east-1' },
  );
  const receipt = JSON.parse(newest) as DumpReceipt;
  expect(receipt.run.key).toMatch(/^host\/[\w.-]+\/actions\/runs\/\d+$/);
  expect(receipt).toMatchObject({ state: 'taken', verdict: 'good' });
  expect(receipt.proof.map((row) => [row.kind, row.verdict])).toEqual([
    ['archive', 'good'],
    ['plain', 'good'],
    ['anonymised', 'good'],
  ]);
});
