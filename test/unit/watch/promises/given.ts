/** A repository and an account in a few words, for the tests of what is promised. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Instance, Tags } from '../../../../src/domain/ec2.ts';
import type { PromisedSource } from '../../../../src/watch/promises/promise.ts';
import { type PromisesInput, promisesOf } from '../../../../src/watch/promises/promises.ts';

export const now = new Date('2026-11-20T12:00:00Z');
export const at = now.toISOString();

interface Given {
  readonly files?: Readonly<Record<string, string>>;
  readonly states?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
}

export function read({ files = {}, states = {}, variables = {} }: Given, more: Partial<PromisesInput> = {}) {
  const known = new Map(
    Object.entries(files).map(([name, text]) => {
      const path = `.github/workflows/${name}`;
      return [path, { path, text, state: states[name] ?? 'active' }] as const;
    }),
  );
  return promisesOf({
    repository: { files: known, variables, name: 'acme/shop', defaultBranch: 'main' },
    unreadFiles: [],
    instances: new Map(),
    unreadRegions: [],
    targets: '',
    before: [],
    elsewhere: [],
    now,
    ...more,
  });
}

/** Source, kind, and the schedules that are promised now, in a few words. */
export const short = (sources: readonly PromisedSource[]) =>
  sources.map(({ source, kind, schedules }) => [
    source,
    kind,
    ...schedules
      .filter(({ until }) => until === undefined)
      .map(({ expression, timeZone }) => `${expression} ${timeZone}`),
  ]);

export const nightly = 'on:\n  schedule:\n    - cron: "17 3 * * *"\njobs:\n';
export const call = (file: string, given: string, more = '') =>
  `  a:\n${more}    uses: acme/holdfast/.github/workflows/${file}@0123\n    with:\n${given}`;

export const own = Object.fromEntries(
  readdirSync('.github/workflows').map((name) => [name, readFileSync(`.github/workflows/${name}`, 'utf8')]),
);
export const pages = ['docs/infobright.md', 'docs/rotation.md', 'docs/postgres.md', 'docs/mongodb.md', 'docs/mysql.md'];
export const callerOn = (page: string): string =>
  /^```yaml\n(name: [\s\S]*?)^```/m.exec(readFileSync(page, 'utf8'))?.[1] ?? '';

export function instance(id: string, tags: Tags): Instance {
  return {
    id,
    name: tags.Name,
    state: 'running',
    zone: 'us-east-1a',
    tags,
    devices: {},
    rootDevice: undefined,
    launchedAt: now,
    type: 'm5.large',
    windows: false,
  };
}
