import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const paint = fileURLToPath(new URL('../../../lab/cli/terminal/paint.ts', import.meta.url));

/** What showsColours() says in a process with this environment, of a terminal or of something else. */
function showsColours(environment: Record<string, string>, isTTY: boolean): string {
  const script = `
    import { Writable } from 'node:stream';
    import { WriteStream } from 'node:tty';
    import { showsColours } from ${JSON.stringify(paint)};
    const stream = Object.assign(new Writable(), { isTTY: ${isTTY}, getColorDepth: WriteStream.prototype.getColorDepth });
    console.log(showsColours(stream));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
    env: { TERM: 'xterm-256color', ...environment },
  });
  return stdout.trim() || stderr;
}

test.each<[string, string, Record<string, string>, boolean]>([
  ['on a terminal', 'true', {}, true],
  ['on a terminal with NO_COLOR', 'false', { NO_COLOR: '1' }, true],
  ['on a terminal that has none', 'false', { TERM: 'dumb' }, true],
  ['in a file', 'false', {}, false],
])('colours %s: %s', (_, expected, environment, isTTY) => {
  expect(showsColours(environment, isTTY)).toBe(expected);
});
