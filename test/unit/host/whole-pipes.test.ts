/**
 * No host script leaves a pipe before its producer has ended. With `pipefail` the producer's SIGPIPE ends the script, though only
 * once it writes more than a pipe holds, which no short example does.
 */
import { expect, test } from '@jest/globals';
import { hostScriptText } from '../../../scripts/host-scripts.ts';
import { hostScriptNames } from '../../../src/host/catalogue/catalogue.ts';

const leaves = /(?<!\|)\|\s*(?:head\b|grep\s+(?:-\w+\s+)*-\w*[qm]|sed\b[^|]*(?:\bq\b|\dq\b)|awk\b[^|]*\bexit\b)/;
/** One line is less than a pipe holds; a piece of a file is read where the status does not matter. */
const harmless = /\btail -n 1 [^|]*\| grep -qx|\btail -c [^|]*\| head -c "\$SSM_/;

const leaving = (script: string): string[] =>
  script.split('\n').filter((line) => leaves.test(line) && !harmless.test(line) && !/^\s*#/.test(line));

test.each(hostScriptNames)('%s reads what it pipes to its end', (name) => {
  expect(leaving(hostScriptText(name))).toEqual([]);
});

test.each([
  'sed -n \'s/a//p\' <<<"$words" | head -n 1',
  'journalctl | grep -q error',
  'journalctl | grep -a -m 1 error',
  "cat file | sed '/end/q'",
  'cat file | sed 5q',
  "cat file | awk '/end/ { exit }'",
])('%s does not', (line) => {
  expect(leaving(line)).toEqual([line]);
});
