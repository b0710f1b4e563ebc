/**
 * Every block of commands in the pages is run: with the real `aws` and `gh` against the lab, and with stand-ins for what would change this
 * computer or take minutes. What a stand-in was called with is compared with the help of the program it stands for. A program that is neither
 * is not found, and the test says so: it must be added to support-commands.ts, or to the reasons below.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mongoPrograms } from '../../lab/hosts/mongodb/programs.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { hostInstances } from '../../lab/rehearsals/infobright/seed.ts';
import { root } from '../../scripts/lib/actions.ts';
import { type AccountUnderTest, startAccountUnderTest } from './support-account.ts';
import { answerProblems } from './support-answers.ts';
import {
  type Block,
  blockVariable,
  type Call,
  callsIn,
  commandFolder,
  documentedBlocks,
  runOnBareHost,
  withoutRetries,
} from './support-commands.ts';

ensurePrerequisites();
const mongo = await mongoPrograms();

/**
 * Blocks that are no commands: test/unit/docs/pages.test.ts reads the workflows among them. What is typed into MongoDB's shell (`js`) is not
 * tried: the lab has neither the shell nor a server with accounts.
 */
const data = ['yaml', 'json', 'ini', 'sql', 'js', 'text'];
const commands = ['', 'bash', 'sh'];
const blocks = documentedBlocks();
const pages = [...new Set(blocks.filter(({ language }) => commands.includes(language)).map(({ page }) => page))];

let lab: AccountUnderTest;
/** Of the hosts: a page gives them the tags that they have. */
let tags: Awaited<ReturnType<typeof hostTags>>;
let placeholders: readonly (readonly [string, string])[];
const work = (): string => lab.clone;

beforeAll(async () => {
  const seed = { instances: hostInstances({ path: '/dev/null', sizeGiB: 8 }), regions: [] };
  lab = await startAccountUnderTest({ stack: 'deployed', seed });
  const [source, verification] = seed.instances;
  const { receiptBucket, dumpBucket } = lab.aws;
  const given = async (text: string): Promise<string> => {
    const { status, stdout, stderr } = await lab.shell(text);
    if (status !== 0) throw new Error(stderr);
    return stdout.trim();
  };
  const key = 'receipts/infinite.prod/dump-20261126T000000Z-1.json';
  await given(`
    aws s3 cp - s3://${receiptBucket}/${key} <<<'{"verdict": "good", "files": []}' >&2
    aws s3 cp - s3://${receiptBucket}/watch/status.html <<<page >&2
    mkdir dumps && touch dumps/{archive,plain,anonymised} && aws s3 cp --recursive dumps s3://${dumpBucket}/db/ >&2
    versions=$(aws s3api list-object-versions --bucket ${dumpBucket} --prefix db/ --query 'Versions[].[Key,VersionId]')
    for source in infinite shop ingest; do
      jq -n --arg bucket ${dumpBucket} --argjson versions "$versions" '{verdict: "good", takenAt: "2026-11-26T00:00:00Z", proof: [],
        fingerprint: {tables: []},
        files: ($versions | map({kind: (.[0] | ltrimstr("db/")), $bucket, key: .[0], versionId: .[1]}))}' |
        aws s3 cp - s3://${receiptBucket}/receipts/$source.prod/dump-20261126T000001Z-1.json >&2
    done
    aws ec2 create-tags --resources ${source?.volumes[0]?.id} --tags Key=holdfast:made-by,Value=verify-volume >&2
    aws ec2 create-snapshot --volume-id ${source?.volumes[0]?.id} --query SnapshotId --output text --tag-specifications \
      'ResourceType=snapshot,Tags=[{Key=holdfast:source,Value=ib01.prod},{Key=Integrity,Value=good},{Key=holdfast:receipt,Value=${key}},{Key=holdfast:instance,Value=${source?.id}},{Key=Description,Value=vol-0123456789abcdef0}]'`);
  placeholders = [
    ['i-SOURCE', source?.id ?? ''],
    ['i-VERIFICATION', verification?.id ?? ''],
    ['i-0123456789abcdef0', source?.id ?? ''],
    ['i-0fedcba9876543210', verification?.id ?? ''],
    ['s3://RECEIPT-BUCKET', `s3://${receiptBucket}`],
    ['s3://DUMP-BUCKET', `s3://${dumpBucket}`],
    ['RECEIPT-KEY', key],
    // It would change this computer: a stand-in is called.
    ['/usr/share/postgresql-common/pgdg/', ''],
    ['A_BUCKET_FOR_TEMPLATES', receiptBucket],
    ['YOUR-COMPANY-holdfast-receipts', receiptBucket],
    ['YOUR-COMPANY-holdfast-dumps', dumpBucket],
    ['YOUR-ORG/YOUR-REPO', 'acme/backups'],
    ['YOUR-ORG@ORG-ID/YOUR-REPO@REPO-ID', 'acme@42/backups@4711'],
    ['OWNER/REPO', 'acme/backups'],
  ];
  tags = await hostTags();
  mkdirSync(join(work(), 'holdfast'), { recursive: true });
  mkdirSync(join(work(), 'infra'));
  // The mirror of this repository whose workflows a command changes.
  cpSync(join(root, '.github/workflows'), join(work(), '.github/workflows'), { recursive: true });
  for (const copy of ['holdfast.yml', 'infra/holdfast.yml'])
    cpSync(join(root, 'infra/holdfast.yml'), join(work(), copy));
  const tarball = '2018-04-04T11_37.tar.gz';
  await given(
    `cd ${work()} && sha256sum holdfast.yml > SHA256SUMS && tar -czf ${tarball} SHA256SUMS && aws s3 cp ${tarball} s3://${dumpBucket}/db/prod/${tarball} >&2`,
  );
  const { state } = lab.github;
  for (const name of ['doctor', 'infobright-backup']) {
    const path = `.github/workflows/${name}.yml`;
    if (state.workflows.some((one) => one.path === path)) continue;
    state.workflows.push({ id: state.workflows.length + 1, name, path, state: 'active' });
  }
  state.dispatch = () => undefined;
}, 60_000);
afterAll(() => lab?.stop());

/** Tags of each instance by key. */
async function hostTags(): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> {
  const { url: endpoint, administrator: credentials } = lab.aws;
  const ec2 = new EC2Client({ region: 'us-east-1', endpoint, credentials });
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
  const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
  const tagsOf = (all: (typeof instances)[number]['Tags']) =>
    Object.fromEntries((all ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
  return Object.fromEntries(instances.map(({ InstanceId = '', Tags }) => [InstanceId, tagsOf(Tags)]));
}

test('every block is of a language that a test knows', () => {
  const unknown = blocks.filter(({ language }) => ![...data, ...commands].includes(language));
  expect(unknown.map(({ page, line, language }) => `${page}:${line} ${language}`)).toEqual([]);
  expect(pages.length).toBeGreaterThan(5);
});

/** As it is run: without what is typed to a program, and with values of the lab's account. */
function runnable({ text }: Block): string {
  const typed = text.replaceAll(/^debug> .*\n/gm, '');
  return placeholders.reduce((result, [name, value]) => result.replaceAll(name, value), typed);
}

/** A page offers one choice after another: a host has one volume at a device. */
const anotherVolume = `if [ "$VOLUME" ]; then
  aws ec2 detach-volume --volume-id "$VOLUME" && aws ec2 wait volume-available --volume-ids "$VOLUME" && unset VOLUME
fi`;

test.each(pages)(
  '%s: its commands are there, know their options, and what asks AWS or GitHub is answered',
  async (page) => {
    const own = blocks.filter((block) => block.page === page && commands.includes(block.language));
    const calls = join(lab.directory, `calls-${page.replaceAll('/', '-')}`);
    const folder = `${calls}-bin`;
    commandFolder(folder, calls);
    // One shell for the page: a block uses variables of the one before it. Only the region is that of the stack again.
    const text = own
      .flatMap((block) => [
        ...(block.text.includes('${VOLUME:=') ? [anotherVolume] : []),
        `export ${blockVariable}=${block.line}; unset AWS_REGION`,
        runnable(block).trimEnd(),
        `echo "block ${block.line} ended $?"`,
      ])
      .join('\n');
    const { stdout, stderr } = await lab.shell(`cd ${work()}\n${text}`, { PATH: folder });
    for (const { line } of own) expect(stdout).toContain(`block ${line} ended `);
    expect(stderr).not.toMatch(
      /command not found|syntax error|unbound|unrecognized option|invalid option|Unknown options/,
    );
    const made = withoutRetries(callsIn(calls), (line) => stdout.includes(`block ${line} ended 0\n`));
    keep(page, made);
    const failed = made.filter(({ status = 0 }) => status !== 0).map(said);
    expect({ failed, stderr: failed.length === 0 ? '' : stderr }).toEqual({ failed: [], stderr: '' });
    expect(made.flatMap((call) => (call.status === undefined ? problems(call) : answerProblems(call)))).toEqual([]);
    // Pages add tags; what they say of those that are there must be so.
    expect(await hostTags()).toMatchObject(tags);
  },
);

/** For the witness `aws-cli` (crosscheck/): a line of JSON for each call of `aws`. */
function keep(page: string, made: readonly Call[]): void {
  const file = process.env.HOLDFAST_AWS_CALLS;
  if (file === undefined) return;
  const own = made.filter(({ program }) => program === 'aws');
  const lines = own.map((call) => ({ page, ...call, answer: undefined, problems: answerProblems(call) }));
  appendFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

const said = ({ program, words }: Call): string => [program, ...words].join(' ');

/** What is wrong with a call that was only noted. */
function problems(call: Call): string[] {
  const { program, words } = call;
  if (program === 'npm') return npmProblems(call);
  if (program === 'node') return words[0] === 'inspect' ? [] : [said(call)];
  // `aws` and `gh` here are calls that Debian's versions cannot make; kubectl is not among the packages that the tests install, and the
  // manifest that it applies is compared with the image (test/contract/ops-image.long.test.ts).
  if (['aws', 'gh', 'kubectl', ...runOnBareHost].includes(program)) return [];
  if (program === 'git') return unknownOptions(call, help('git', words[0] ?? '', '-h'));
  if (program === 'sudo')
    return unknownOptions({ ...call, words: until(words, (word) => !word.startsWith('-')) }, help('sudo', '--help'));
  if (program === 'docker') {
    // What follows the image is the container's own command.
    const own = until(words, (word) => /[:@/]/.test(word) && /^(ghcr\.io|docker\.io|[a-z]+:)/.test(word));
    return unknownOptions({ ...call, words: own }, help('docker', words[0] ?? '', '--help'));
  }
  return unknownOptions(call, help(program === 'mongorestore' ? join(mongo, program) : program, '--help'));
}

/** The words before the first that ends them. */
function until(words: readonly string[], ends: (word: string) => boolean): readonly string[] {
  const at = words.findIndex(ends);
  return at < 0 ? words : words.slice(0, at);
}

function help(program: string, ...words: string[]): string {
  const { stdout, stderr, error } = spawnSync(program, words, { encoding: 'utf8', cwd: root, env: { ...process.env } });
  if (error) throw new Error(`${program}, which the pages use, is not installed here: ${error.message}`);
  return `${stdout}${stderr}`;
}

/** Options that their program takes and its help leaves out: the reference page of pg_restore has it beside --no-privileges. */
const unlisted = ['--no-acl'];

/** Options that neither the help nor the list has. */
function unknownOptions(call: Call, text: string): string[] {
  return call.words
    .filter((word) => /^-{1,2}[A-Za-z]/.test(word))
    .map((word) => word.split('=')[0] ?? '')
    .filter((option) => !unlisted.includes(option))
    .filter((option) => !new RegExp(`(^|[\\s,|[('"\`])${option}(?![A-Za-z0-9-])`, 'm').test(text))
    .map((option) => `${said(call)}: ${option} is not in its help`);
}

function npmProblems(call: Call): string[] {
  const [verb = '', ...rest] = call.words.filter((word) => word !== '-s' && word !== '--silent');
  if (verb === 'ci') return rest.length === 0 ? [] : [said(call)];
  const name = verb === 'test' ? 'test' : (rest[0] ?? '');
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const script = scripts[name];
  if (script === undefined) return [`${said(call)}: there is no such script`];
  const at = call.words.indexOf('--');
  const words = at < 0 ? [] : call.words.slice(at + 1);
  // Words for jest: names of files that must be there, and its own options.
  if (/^test(:|$)/.test(name)) {
    return words
      .filter((word) => word.startsWith('test/') && !existsSync(join(root, word)))
      .map((word) => `${word} is missing`);
  }
  if (words.length === 0) return [];
  const [program = '', ...fixed] = script.split(' ');
  const text = help(join(root, program), ...fixed, '--help');
  return unknownOptions({ ...call, words }, text);
}
