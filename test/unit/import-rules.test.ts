/** The import rules, shown to bite: in a scratch repository each rule has one import that offends it, and others that pass. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';

/** [rule, the module that offends it, what it imports] */
const offences: readonly (readonly [rule: string, from: string, to: string])[] = [
  ['domain-imports', 'src/domain/a.ts', 'src/runtime/target.ts'],
  ['runtime-imports', 'src/runtime/a.ts', 'src/ports/target.ts'],
  ['ports-imports', 'src/ports/a.ts', 'src/quiesce/target.ts'],
  ['host-imports', 'src/host/a.ts', 'src/quiesce/target.ts'],
  ['quiesce-imports', 'src/quiesce/a.ts', 'src/rotation/target.ts'],
  ['volume-imports', 'src/volume/a.ts', 'src/adapters/aws/target.ts'],
  ['rotation-imports', 'src/rotation/a.ts', 'src/volume/target.ts'],
  ['anonymize-imports', 'src/anonymize/rules/a.ts', 'src/dump/target.ts'],
  ['dump-imports', 'src/dump/a.ts', 'src/anonymize/rules/target.ts'],
  ['doctor-imports', 'src/doctor/a.ts', 'src/adapters/aws/target.ts'],
  ['watch-imports', 'src/watch/inventory/a.ts', 'src/adapters/aws/target.ts'],
  ['watch-decides-anywhere', 'src/watch/watchdog/a.ts', 'src/ports/target.ts'],
  ['watch-decides-anywhere', 'src/watch/page/a.ts', 'node:fs'],
  ['watch-decides-anywhere', 'src/watch/evidence/a.ts', 'src/dump/target.ts'],
  ['report-imports', 'src/report/a.ts', 'src/actions/db-dump/target.ts'],
  ['adapters/aws-imports', 'src/adapters/aws/a.ts', 'src/actions/db-dump/target.ts'],
  ['adapters/databases-imports', 'src/adapters/databases/a.ts', 'src/adapters/aws/target.ts'],
  ['adapters/kubernetes-imports', 'src/adapters/kubernetes/a.ts', 'src/dump/target.ts'],
  ['adapters/github-imports', 'src/adapters/github/a.ts', 'src/dump/target.ts'],
  ['adapters/notify-imports', 'src/adapters/notify/a.ts', 'src/quiesce/target.ts'],
  ['actions-imports', 'src/actions/db-dump/a.ts', 'src/elsewhere/target.ts'],
  ['function-imports', 'src/function/watchdog/a.ts', 'src/adapters/github/target.ts'],
  ['watch-decides-anywhere', 'src/watch/stack/news.ts', 'src/ports/target.ts'],
  ['no-unknown-layer', 'src/elsewhere/a.ts', 'src/domain/target.ts'],
  ['no-unknown-layer', 'src/a.ts', 'src/domain/target.ts'],
  ['no-unknown-layer', 'src/adapters/a.ts', 'src/domain/target.ts'],
  ['domain-needs-no-library', 'src/domain/b.ts', 'node:path'],
  ['domain-needs-no-library', 'src/domain/c.ts', 'zod'],
  ['only-adapters-import-an-sdk', 'src/actions/db-dump/main.ts', '@aws-sdk/client-ec2'],
  ['only-adapters-import-an-sdk', 'src/volume/b.ts', '@smithy/types'],
  ['only-adapters-import-an-sdk', 'src/runtime/b.ts', '@actions/core'],
  ['only-wiring-sees-adapters', 'src/actions/db-dump/run.ts', 'src/adapters/aws/target.ts'],
  ['only-wiring-sees-adapters', 'src/actions/common/inputs.ts', 'src/adapters/aws/target.ts'],
  ['only-entries-see-wiring', 'src/actions/db-dump/c.ts', 'src/actions/db-dump/wiring.ts'],
  ['only-entries-see-wiring', 'src/actions/db-dump/d.ts', 'src/actions/common/services.ts'],
  ['only-database-adapters-start-programs', 'src/adapters/aws/e.ts', 'node:child_process'],
  ['actions-are-separate', 'src/actions/db-dump/b.ts', 'src/actions/ebs-rotate/target.ts'],
  ['actions-are-separate', 'src/actions/common/a.ts', 'src/actions/ebs-rotate/target.ts'],
  ['plans-do-not-execute', 'src/rotation/plan/a.ts', 'src/rotation/execute/target.ts'],
  ['plans-do-not-execute', 'src/rotation/plan/b.ts', 'src/rotation/report/target.ts'],
  ['anonymize-bytes-imports', 'src/anonymize/bytes/d.ts', 'src/anonymize/kernels/target.ts'],
  ['anonymize-kernels-imports', 'src/anonymize/kernels/d.ts', 'src/anonymize/format/target.ts'],
  ['anonymize-format-imports', 'src/anonymize/format/d.ts', 'src/anonymize/emails/target.ts'],
  ['anonymize-emails-imports', 'src/anonymize/emails/d.ts', 'src/anonymize/format/target.ts'],
  ['anonymize-numbers-imports', 'src/anonymize/numbers/d.ts', 'src/anonymize/format/target.ts'],
  ['anonymize-schema-imports', 'src/anonymize/schema/d.ts', 'src/anonymize/rules/target.ts'],
  ['anonymize-rules-imports', 'src/anonymize/rules/d.ts', 'src/anonymize/rewrite/target.ts'],
  ['anonymize-rewrite-imports', 'src/anonymize/rewrite/d.ts', 'src/anonymize/leak-check/target.ts'],
  ['anonymize-leak-check-imports', 'src/anonymize/leak-check/d.ts', 'src/anonymize/emails/target.ts'],
  ['anonymize-threads-imports', 'src/anonymize/threads/d.ts', 'src/anonymize/pipeline/target.ts'],
  ['anonymize-audit-imports', 'src/anonymize/audit/d.ts', 'src/anonymize/rewrite/target.ts'],
  ['anonymize-threads-imports', 'src/anonymize/threads/d.ts', 'src/anonymize/pipeline/target.ts'],
  ['anonymize-pipeline-imports', 'src/anonymize/pipeline/d.ts', 'src/anonymize/audit/target.ts'],
  ['anonymize-bson-imports', 'src/anonymize/bson/rewrite/d.ts', 'src/anonymize/audit/target.ts'],
  ['anonymize-bson/format-imports', 'src/anonymize/bson/format/d.ts', 'src/anonymize/emails/target.ts'],
  ['anonymize-has-only-rooms', 'src/anonymize/a.ts', 'src/domain/target.ts'],
  ['src-stands-alone', 'src/report/b.ts', 'lab/target.ts'],
  ['src-stands-alone', 'src/domain/d.ts', 'test/fakes/target.ts'],
  ['src-stands-alone', 'src/adapters/aws/b.ts', 'scripts/target.ts'],
  ['src-stands-alone', 'src/anonymize/rules/b.ts', 'bench/target.ts'],
  ['only-tests-import-tests', 'lab/a.ts', 'test/fakes/target.ts'],
  ['only-tests-import-tests', 'scripts/a.ts', 'bench/target.ts'],
  ['only-tests-import-tests', 'crosscheck/a.ts', 'test/target.ts'],
  ['only-tests-import-tests', 'scripts/b.ts', 'crosscheck/target.ts'],
  ['lab-knows-no-script', 'lab/b.ts', 'scripts/target.ts'],
  ['released-dependencies', 'src/anonymize/rules/c.ts', 'only-for-tests'],
  ['no-circles', 'src/volume/circle-too.ts', 'src/volume/circle.ts'],
  ['no-unresolved-import', 'src/volume/c.ts', 'src/volume/no-such-module.ts'],
  ['no-unresolved-import', 'test/unit/a.test.ts', 'no-such-package'],
];

const allowed: readonly (readonly [from: string, to: string])[] = [
  ['src/runtime/target.ts', 'src/domain/target.ts'],
  ['src/runtime/d.ts', 'node:path'],
  ['src/runtime/e.ts', 'zod'],
  ['src/ports/target.ts', 'src/domain/target.ts'],
  ['src/ports/target.ts', 'src/host/target.ts'],
  ['src/quiesce/target.ts', 'src/host/target.ts'],
  ['src/volume/target.ts', 'src/quiesce/target.ts'],
  ['src/rotation/target.ts', 'src/quiesce/target.ts'],
  ['src/rotation/execute/target.ts', 'src/rotation/plan/target.ts'],
  ['src/dump/target.ts', 'src/anonymize/format/target.ts'],
  ['src/dump/b.ts', 'src/anonymize/bson/format/target.ts'],
  ['src/adapters/databases/c.ts', 'src/anonymize/bson/format/target.ts'],
  ['src/anonymize/rewrite/target.ts', 'src/anonymize/rules/target.ts'],
  ['src/anonymize/pipeline/target.ts', 'src/anonymize/rewrite/target.ts'],
  ['src/report/target.ts', 'src/domain/target.ts'],
  ['src/adapters/aws/target.ts', '@aws-sdk/client-ec2'],
  ['src/adapters/databases/b.ts', 'src/dump/target.ts'],
  ['src/adapters/github/b.ts', 'src/report/target.ts'],
  ['src/adapters/notify/b.ts', 'src/adapters/github/target.ts'],
  ['src/actions/common/services.ts', 'src/adapters/aws/target.ts'],
  ['src/actions/db-dump/wiring.ts', 'src/adapters/aws/target.ts'],
  ['src/actions/ebs-rotate/post.ts', 'src/adapters/aws/target.ts'],
  ['src/actions/ebs-rotate/run.ts', 'src/rotation/target.ts'],
  ['src/actions/ebs-rotate/a.ts', 'src/actions/common/target.ts'],
  ['src/function/watchdog/main.ts', 'src/adapters/aws/target.ts'],
  ['lab/c.ts', 'src/domain/target.ts'],
  ['bench/a.ts', 'lab/target.ts'],
  ['crosscheck/b.ts', 'lab/target.ts'],
  ['test/unit/b.test.ts', 'lab/target.ts'],
  ['test/unit/c.test.ts', 'only-for-tests'],
];

/** The ways in which a module can be imported; the rules see all of them. */
const forms = [
  (to: string) => `import { x } from '${to}';\nconsole.log(x);\n`,
  (to: string) => `import type { x } from '${to}';\nexport type Y = typeof x;\n`,
  (to: string) => `import { type x } from '${to}';\nexport type Y = typeof x;\n`,
  (to: string) => `export { x } from '${to}';\n`,
  (to: string) => `export type { x } from '${to}';\n`,
  (to: string) => `export * from '${to}';\n`,
  (to: string) => `import '${to}';\n`,
  (to: string) => `export const x = await import('${to}');\n`,
];
/** Those that they do not see; the linter refuses them. */
const hidden = [
  (to: string) => `export type Y = typeof import('${to}');\n`,
  (to: string) => `export type Y = import('${to}').x;\n`,
];
const folder = mkdtempSync(join(tmpdir(), 'holdfast-imports-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

function specifier(from: string, to: string): string {
  if (!to.endsWith('.ts')) return to;
  const path = relative(dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
}

/** The names of all rules, and of those that each module of a repository with these imports offends. */
function check(imports: readonly (readonly [from: string, to: string, form: number])[]): {
  names: string[];
  offended: Map<string, string[]>;
} {
  rmSync(folder, { recursive: true, force: true });
  const packages = { dependencies: ['zod', '@aws-sdk/client-ec2', '@smithy/types', '@actions/core'] };
  for (const name of [...packages.dependencies, 'only-for-tests']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    write(`node_modules/${name}/index.js`, 'exports.x = 1;\n');
  }
  write(
    'package.json',
    JSON.stringify({
      type: 'module',
      dependencies: Object.fromEntries(packages.dependencies.map((name) => [name, '1.0.0'])),
      devDependencies: { 'only-for-tests': '1.0.0' },
    }),
  );
  for (const [, to] of imports) if (to.endsWith('target.ts')) write(to, 'export const x = 1;\n');
  for (const [from, to, form] of imports) write(from, forms[form % forms.length]?.(specifier(from, to)) ?? '');
  const result = spawnSync(
    process.execPath,
    [
      resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      resolve('.dependency-cruiser.mjs'),
      '--output-type',
      'json',
      ...['src', 'lab', 'scripts', 'bench', 'crosscheck', 'test'],
    ],
    { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  const { summary } = JSON.parse(result.stdout) as {
    summary: {
      violations: { from: string; rule: { name: string } }[];
      ruleSetUsed: { forbidden: { name: string }[] };
    };
  };
  const offended = new Map<string, string[]>();
  for (const { from, rule } of summary.violations) offended.set(from, [...(offended.get(from) ?? []), rule.name]);
  return { names: summary.ruleSetUsed.forbidden.map(({ name }) => name), offended };
}

describe('imports go one way', () => {
  // One run for all: the tool takes a second to start.
  const everyForm = forms.map((_, form) => [`src/ports/form-${form}.ts`, 'src/quiesce/target.ts', form] as const);
  const entry = ['src/actions/ebs-rotate/main.ts', 'src/report/reached.ts', 0] as const;
  const dead = ['src/report/dead.ts', 'src/domain/target.ts', 0] as const;
  // The tool names a circle once, at one of its modules.
  const circle = ['src/volume/circle.ts', 'src/volume/circle-too.ts', 0] as const;
  const reached = ['src/report/reached.ts', 'src/domain/target.ts', 0] as const;
  const { names, offended } = check([
    ...offences.map(([, from, to], index) => [from, to, index] as const),
    ...allowed.map(([from, to], index) => [from, to, index] as const),
    ...everyForm,
    ...[circle, entry, dead, reached],
  ]);
  const of = (path: string): string[] => (offended.get(path) ?? []).filter((rule) => rule !== 'no-dead-module');

  test.each(offences)('%s: %s may not import %s', (rule, from) => {
    expect(of(from)).toEqual([rule]);
  });

  test.each(allowed)('%s may import %s', (from) => {
    expect(of(from)).toEqual([]);
  });

  test.each(forms.map((form, index) => [form('../target.ts').trim().replace('\n', ' '), index] as const))(
    '%s is seen',
    (_, index) => {
      expect(of(`src/ports/form-${index}.ts`)).toEqual(['ports-imports']);
    },
  );

  test('a module that no action reaches is dead', () => {
    expect(offended.get('src/report/dead.ts')).toEqual(['no-dead-module']);
    expect(offended.get('src/report/reached.ts')).toBeUndefined();
  });

  test('each rule has an offence here', () => {
    const shown = new Set([...offences.map(([rule]) => rule), 'no-dead-module']);
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !shown.has(name))).toEqual([]);
  });

  test('an import that the rules do not see is refused by the linter', () => {
    const plugin = 'scripts/lint/no-import-types.grit';
    for (const path of ['biome.json', plugin]) write(path, readFileSync(path, 'utf8'));
    const lint = (code: string): string => {
      write('src/report/type.ts', code);
      const biome = resolve('node_modules/.bin/biome');
      const result = spawnSync(biome, ['lint', '--vcs-enabled=false', 'src/report/type.ts'], {
        cwd: folder,
        encoding: 'utf8',
      });
      return `${result.stdout}${result.stderr}`;
    };
    for (const form of hidden) expect(lint(form('./a.ts'))).toContain('write `import type`');
    expect(lint("export const x = await import('./a.ts');\n")).not.toContain('write `import type`');
  });
});
