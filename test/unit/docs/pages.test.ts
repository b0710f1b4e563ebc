import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { namedFaults } from '../../../lab/rehearsals/jobs.ts';
import type { Job, Workflow } from '../../../lab/runner/model.ts';
import { readWorkflow } from '../../../lab/runner/workflow-file.ts';
import { actions } from '../../../scripts/lib/actions.ts';
import { lintWorkflows } from '../../../scripts/lint-workflows.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const files = (...patterns: string[]): string[] =>
  globSync(patterns, { cwd: root, exclude: ['node_modules/**', '**/node_modules/**', '.lab/**'] }).toSorted();
const pages = files('*.md', 'docs/**/*.md', '.github/**/*.md', '{actions,bench,infra,lab,scripts,src,test}/**/*.md');

function withoutCode(text: string): string {
  return text.replace(/^( *)```[\s\S]*?^\1```/gm, '').replace(/`[^`\n]*`/g, '');
}

function headings(page: string): string[] {
  const lines = read(page)
    .replace(/^( *)```[\s\S]*?^\1```/gm, '')
    .split('\n');
  return lines.filter((line) => /^#{1,6} /.test(line)).map((line) => line.replace(/^#+ /, '').trim());
}

/** The anchors that GitHub gives to headings, and those written out for links to headings that were renamed. */
function anchors(page: string): Set<string> {
  const written = [...read(page).matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id);
  const slugs = headings(page).map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set([...written, ...slugs]);
}

test.each(pages)('%s: every link leads somewhere', (page) => {
  const broken = [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^(https?|mailto):/.test(target))
    .filter((target) => {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : normalize(join(dirname(page), path)).replace(/\/$/, '');
      if (files(file).length === 0) return true;
      return anchor !== undefined && !anchors(file).has(anchor);
    });
  expect(broken).toEqual([]);
});

test('messages name sections that are there', () => {
  const named = files('{src,scripts,lab,.github}/**/*.{ts,sh,yml}').flatMap((file) =>
    [...read(file).matchAll(/\b(docs\/[a-z-]+\.md)(?:, "((?:[^"\\\n]|\\.)+)")?/g)].map(([, page = '', title]) => ({
      file,
      page,
      title: title?.replaceAll('\\', ''),
    })),
  );
  expect(named.length).toBeGreaterThan(5);
  const wrong = named.filter(
    ({ page, title }) => files(page).length === 0 || (title !== undefined && !headings(page).includes(title)),
  );
  expect(wrong).toEqual([]);
});

interface Step {
  readonly uses?: string;
  readonly with?: Record<string, unknown>;
}

/** Every step in an example, however deep it lies: examples are workflows, jobs or lists of steps. */
function steps(value: unknown): Step[] {
  if (typeof value !== 'object' || value === null) return [];
  const nested = Object.values(value).flatMap(steps);
  return 'uses' in value ? [value as Step, ...nested] : nested;
}

describe('examples', () => {
  const examples = pages.flatMap((page) =>
    [...read(page).matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text = '']) => ({ page, text })),
  );
  const uses = examples.flatMap(({ page, text }) =>
    steps(parse(text)).flatMap((step) => {
      const name = /(?:^\.|^OWNER\/holdfast)\/actions\/([a-z-]+)(?:@\S+)?$/.exec(step.uses ?? '')?.[1];
      // A line that shows how a version is pinned is no example of an action.
      return name === undefined || page === 'docs/releases.md'
        ? []
        : [{ page, name, given: Object.keys(step.with ?? {}) }];
    }),
  );

  test('there is one for each action', () => {
    expect(new Set(uses.map(({ name }) => name))).toEqual(new Set(actions.map(({ name }) => name)));
  });

  test.each(uses)('$page: $name gets inputs that it has, and all that it needs', ({ name, given }) => {
    const inputs = actions.find((one) => one.name === name)?.inputs ?? {};
    expect(given.filter((input) => !Object.hasOwn(inputs, input))).toEqual([]);
    const required = Object.keys(inputs).filter((input) => inputs[input]?.required);
    expect(required.filter((input) => !given.includes(input))).toEqual([]);
  });
});

/** Every example that is a whole workflow, in a folder that has, as the second repository, the workflows and actions of this one. */
async function withExamples(
  work: (folder: string, files: ReadonlyMap<string, string>) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-examples-'));
  try {
    for (const path of files('.github/workflows/*.yml', 'actions/*/action.yml'))
      cpSync(join(root, path), join(folder, path));
    const pageOf = new Map<string, string>();
    for (const page of pages) {
      for (const [, text = ''] of read(page).matchAll(/^```yaml\n(name: [\s\S]*?)^```/gm)) {
        const file = `.github/workflows/example-${pageOf.size}.yml`;
        mkdirSync(dirname(join(folder, file)), { recursive: true });
        writeFileSync(join(folder, file), text);
        pageOf.set(file, page);
      }
    }
    await work(folder, pageOf);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('examples that are whole workflows are accepted by the parser of GitHub', () =>
  withExamples(async (folder, examples) => {
    expect(examples.size).toBeGreaterThan(9);
    expect(await lintWorkflows(folder)).toEqual([]);
  }));

describe('examples that call a workflow', () => {
  const calls = (workflow: Workflow) => workflow.jobs.filter((job) => job.kind === 'call');

  /** What the jobs of a workflow ask for, and those of the workflows that it calls. */
  function asked(job: Job): [string, string][] {
    const own = Object.entries(job.permissions ?? {});
    return job.kind === 'call' ? [...own, ...job.called.jobs.flatMap(asked)] : own;
  }

  test('each gives exactly the permissions that the workflow asks for, the inputs that it has, and no secret but by name', () =>
    withExamples(async (folder, examples) => {
      const called: string[] = [];
      for (const [file, page] of examples) {
        // Those with steps of their own use actions; restore.yml has steps that the lab's runner does not.
        const text = readFileSync(join(folder, file), 'utf8');
        if (!/uses: OWNER\/holdfast\/\.github/.test(text)) continue;
        expect(text.split('\n').length).toBeLessThan(40);
        if (text.includes('/restore.yml@')) {
          called.push(`${page}: .github/workflows/restore.yml`);
          const { restore } = parse(text).jobs;
          const { on, jobs } = parse(read('.github/workflows/restore.yml'));
          expect(restore.permissions).toEqual(jobs.restore.permissions);
          expect(Object.keys(on.workflow_call.inputs)).toEqual(expect.arrayContaining(Object.keys(restore.with)));
          expect(Object.keys(on.workflow_call.secrets)).toEqual(expect.arrayContaining(Object.keys(restore.secrets)));
          continue;
        }
        const workflow = await readWorkflow(folder, file, { 'OWNER/holdfast': root });
        for (const job of calls(workflow)) {
          called.push(`${page}: ${job.called.path}`);
          expect(job.permissions).toEqual(Object.fromEntries(job.called.jobs.flatMap(asked)));
          expect(job.secrets).not.toBe('inherit');
        }
      }
      expect(called.toSorted()).toEqual([
        'README.md: .github/workflows/infobright-backup.yml',
        'docs/doctor.md: .github/workflows/doctor.yml',
        'docs/evidence.md: .github/workflows/evidence.yml',
        'docs/infobright.md: .github/workflows/infobright-backup.yml',
        'docs/mongodb.md: .github/workflows/mongodb-dump.yml',
        'docs/monitoring.md: .github/workflows/postgres-dump.yml',
        'docs/mysql.md: .github/workflows/mysql-dump.yml',
        'docs/postgres.md: .github/workflows/postgres-dump.yml',
        'docs/postgres.md: .github/workflows/postgres-dump.yml',
        'docs/restore.md: .github/workflows/restore.yml',
        'docs/rotation.md: .github/workflows/ebs-rotate.yml',
        'docs/status-page.md: .github/workflows/status-page.yml',
        'docs/status-page.md: .github/workflows/watchdog.yml',
        'docs/watching.md: .github/workflows/patrol.yml',
        'docs/watching.md: .github/workflows/watchdog.yml',
      ]);
    }));
});

test('the command for GitHub Enterprise Server leaves neither $/ nor queue, and names what is there', () =>
  withExamples(async (folder) => {
    const [, command = ''] = /^```\n(sed .*)\n```$/m.exec(read('docs/setup.md')) ?? [];
    execFileSync('bash', ['-c', command.replaceAll('VERSION', 'v1.2.3')], { cwd: folder });
    for (const name of [
      'infobright-backup',
      'ebs-rotate',
      'postgres-backup',
      'postgres-dump',
      'mongodb-backup',
      'mongodb-dump',
      'mysql-backup',
      'mysql-dump',
      'deploy-example',
      'restore',
      'doctor',
      'watchdog',
      'patrol',
    ]) {
      const file = `.github/workflows/${name}.yml`;
      const text = readFileSync(join(folder, file), 'utf8');
      expect(text).not.toMatch(/uses: \$\/|queue: max/);
      if (name !== 'restore') expect(text).toContain('uses: OWNER/holdfast/');
      // restore.yml assumes its role by an action that the lab's runner does not have.
      if (name !== 'restore') await readWorkflow(folder, file, { 'OWNER/holdfast': root });
    }
  }));

test('no page and no workflow hands over all secrets, and no example uses what can move', () => {
  const texts = [...pages.filter((page) => page !== 'CHANGELOG.md'), ...files('.github/workflows/*.yml')];
  expect(texts.filter((file) => /^ *secrets: inherit$/m.test(read(file)))).toEqual([]);
  // A hash with its version, or what stands for them before the first release.
  const pinned = /@([0-9a-f]{40}|FULL-HASH) # v\S+$/;
  const loose = pages.flatMap((file) =>
    [...read(file).matchAll(/^ *-? *uses: (?!\.\/|\$\/)(\S+.*)$/gm)]
      .map(([, name = '']) => `${file}: ${name}`)
      .filter((one) => !pinned.test(one)),
  );
  expect(loose).toEqual([]);
});

test('the index of the decisions has every page in its folder, with the title and the date that the page has', () => {
  const rows = [...read('docs/decisions/README.md').matchAll(/^\| (\S+) +\| \[(.+)\]\(([^)]+)\)/gm)];
  const listed = rows.map(([, date, title, file]) => [file, title, date]);
  const there = files('docs/decisions/*.md')
    .filter((path) => !path.endsWith('/README.md'))
    .map((path) => [path.slice('docs/decisions/'.length), headings(path)[0], /^Date: (\S+)\./m.exec(read(path))?.[1]]);
  expect(listed.toSorted()).toEqual(there.toSorted());
});

test('commands that pages name are there', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = pages.flatMap((page) =>
    [...read(page).matchAll(/npm run (?:-s |--silent )?([a-z][a-z:-]*)/g)].map(([, name = '']) => ({ page, name })),
  );
  expect(named.filter(({ name }) => !Object.hasOwn(scripts, name))).toEqual([]);
});

test('docs/reliability.md has every fault that can be rehearsed', () => {
  const [, section = ''] = read('docs/reliability.md').split('## Faults you can rehearse');
  const rows =
    section
      .split('\n## ')[0]
      ?.split('\n')
      .filter((line) => line.startsWith('| `')) ?? [];
  const named = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  expect(named.toSorted()).toEqual(namedFaults.map(({ name }) => name).toSorted());
});
