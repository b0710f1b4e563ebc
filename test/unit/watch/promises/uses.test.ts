/** What a schedule starts in steps, environments and files that are not read. */
import { describe, expect, test } from '@jest/globals';
import { nightly, own, read } from './given.ts';

describe('what a schedule starts', () => {
  const step = (text: string, env = '') =>
    `on:\n  schedule:\n    - cron: "17 3 * * *"\n${env}jobs:\n  a:\n    runs-on: x\n    env:\n      TIER: prod\n    steps:\n${text}`;
  const action = (source: string, more = '') =>
    `      - uses: acme/holdfast/actions/db-dump@0123\n        with:\n          source: ${source}\n${more}`;

  test('a source in the environment of the file, the job or the step is known', () => {
    const text = step(
      action("${{ format('{0}.{1}', env.NAME, env.TIER) }}") +
        action('${{ env.NAME }}', '        env:\n          NAME: chat\n'),
      'env:\n  NAME: orders\n',
    );
    const { sources, problems } = read({ files: { 'n.yml': text } });
    expect([sources.map(({ source }) => source), problems]).toEqual([['orders.prod', 'chat'], []]);
  });

  test('a source in an environment that only a run sets is watched by nobody, and that is told', () => {
    const { sources, problems, unwatched } = read({ files: { 'n.yml': step(action('${{ env.NAME }}')) } });
    expect([sources, unwatched]).toEqual([[], problems]);
    expect(problems).toEqual([expect.stringMatching(/only a run knows its source/)]);
    // Until somebody promises by hand what that file makes.
    const told = (workflow: string) =>
      read(
        { files: { 'n.yml': step(action('${{ env.NAME }}')) } },
        { targets: JSON.stringify({ orders: { cron: '17 3 * * *', workflow } }) },
      );
    expect(told('n.yml')).toMatchObject({ sources: [{ source: 'orders' }], problems: [], unwatched: [] });
    expect(told('m.yml').unwatched).toEqual(unwatched);
    // Nobody knows while a file cannot be read.
    expect(read({}, { unreadFiles: ['.github/workflows/n.yml'] }).unwatched).toBeUndefined();
  });

  test('a variable that an environment may have is known to a run alone, and an empty source is told', () => {
    const job = (source: string, environment: string) =>
      `${nightly}  a:\n    runs-on: x\n${environment}    steps:\n${action(source)}`;
    const found = (text: string, variables = {}) => {
      const { sources, unwatched } = read({ files: { 'n.yml': text }, variables });
      return [sources.map(({ source }) => source), unwatched];
    };
    const unknown = [[], [expect.stringMatching(/only a run knows its source/)]];
    for (const environment of ['    environment: production\n', '    environment:\n      name: production\n'])
      for (const source of ['${{ vars.DB_NAME }}', '${{ vars.DB_NAME }}.prod'])
        expect(found(job(source, environment))).toEqual(unknown);
    expect(found(job('${{ vars.DB_NAME }}', '    environment: x\n'), { DB_NAME: 'orders' })).toEqual([['orders'], []]);
    expect(found(job('${{ vars.DB_NAME }}', ''))).toEqual([
      [],
      [expect.stringMatching(/its source is empty, so nobody/)],
    ]);
    expect(found(job('orders', '').replace('source:', 'Source:'))).toEqual([['orders'], []]);
    // A call that does nothing while something is missing is left out on purpose.
    const call = `${nightly}  a:\n    uses: acme/holdfast/.github/workflows/infobright-backup.yml@1\n`;
    expect(found(`${call}    with: { required: false }\n`)).toEqual([[], []]);
    expect(found(call)[1]).toHaveLength(1);
  });

  test('a workflow of another repository and a local action are not looked into, and that is told', () => {
    const files = {
      'a.yml': `${nightly}  a:\n    uses: acme/platform/.github/workflows/nightly.yml@main\n`,
      'b.yml': step('      - uses: ./.github/actions/backup\n      - uses: actions/checkout@v5\n'),
    };
    const { notLookedInto, problems } = read({ files });
    expect([notLookedInto, problems]).toEqual([
      [
        '.github/workflows/a.yml, job a: acme/platform/.github/workflows/nightly.yml@main',
        '.github/workflows/b.yml, job a: ./.github/actions/backup',
      ],
      [],
    ]);
    expect(read({ files: own }).notLookedInto).toEqual([]);
  });
});
