/** The bundle of the action anonymize rewrites rows in the thread whose bundle is beside it. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';

const root = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bundles-'));
afterAll(() => rmSync(folder, { recursive: true }));

const definitions = 'CREATE TABLE people (id bigint NOT NULL, name text, mail text);\n';
const row = (id: number): string => `${id}\tPerson Number ${id}\tperson.${id}@corp.example\n`;
// More than a thread starts at, and than the main thread rewrites until it is ready.
const rows = Array.from({ length: 1_500_000 }, (_, id) => row(id)).join('');
writeFileSync(
  join(folder, 'dump.sql'),
  `--\n-- PostgreSQL database dump\n--\n\n${definitions}COPY people (id, name, mail) FROM stdin;\n${rows}\\.\n\n--\n-- PostgreSQL database dump complete\n--\n\n`,
);
writeFileSync(
  join(folder, 'rules.yml'),
  'version: 1\ntables:\n  people:\n    columns:\n      name: hash\n      mail: pseudonym\n',
);

interface Ended {
  readonly status: number;
  readonly text: string;
}

/** Runs the action from a copy of its bundle. @param thread source of the bundle beside it; undefined: there is none */
function anonymize(name: string, thread?: string): Promise<Ended> {
  const copied = join(folder, name);
  cpSync(join(root, 'dist/anonymize'), join(copied, 'anonymize'), { recursive: true });
  if (thread !== undefined) {
    mkdirSync(join(copied, 'rewrite-rows'));
    writeFileSync(join(copied, 'rewrite-rows/package.json'), '{"type":"module"}');
    writeFileSync(join(copied, 'rewrite-rows/index.js'), thread);
  }
  const files = Object.fromEntries(
    ['OUTPUT', 'STEP_SUMMARY', 'STATE', 'ENV'].map((one) => {
      const path = join(copied, one);
      writeFileSync(path, '');
      return [`GITHUB_${one}`, path];
    }),
  );
  const env = {
    ...{ PATH: process.env.PATH, ...files, GITHUB_WORKSPACE: folder, RUNNER_TEMP: folder },
    ...{ GITHUB_REPOSITORY: 'acme/ops', GITHUB_RUN_ID: '1', GITHUB_RUN_ATTEMPT: '1' },
    ...{ INPUT_FROM: 'dump.sql', INPUT_TO: `${name}.sql`, INPUT_RULES: 'rules.yml', INPUT_KEY: 'a key of sixteen' },
  };
  return new Promise((resolve) => {
    const parameters = [join(copied, 'anonymize/index.js')];
    execFile(join(root, 'scripts/node24'), parameters, { cwd: folder, env }, (error, out, err) =>
      resolve({ status: error ? Number(error.code) : 0, text: out + err }),
    );
  });
}

test('rows go through the thread, and come back as without it', async () => {
  const beside = pathToFileURL(join(root, 'dist/rewrite-rows/index.js')).href;
  const note = join(folder, 'thread-ran');
  // The real one, and a sign that it was started.
  const real = `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(note)}, 'yes'); import ${JSON.stringify(beside)};`;
  const [alone, together, broken] = [
    await anonymize('alone'),
    await anonymize('threads', real),
    await anonymize('broken', "throw new Error('this thread is broken');"),
  ];
  expect(alone).toMatchObject({ status: 0 });
  expect(together).toMatchObject({ status: 0 });
  expect(readFileSync(note, 'utf8')).toBe('yes');
  const result = readFileSync(join(folder, 'threads.sql'));
  expect(result.includes('person.1@corp')).toBe(false);
  expect(result.equals(readFileSync(join(folder, 'alone.sql')))).toBe(true);
  expect(broken.status).toBe(1);
  expect(broken.text).toContain('this thread is broken');
});
