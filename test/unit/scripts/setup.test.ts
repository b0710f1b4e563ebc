/** The parts of `npm run setup` that decide by themselves. */
import { describe, expect, test } from '@jest/globals';
import { readCredentials } from '../../../scripts/setup/credentials-csv.ts';
import { summaryInLog } from '../../../scripts/setup/dry-run.ts';

const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const pair = `${keys.accessKeyId},${keys.secretAccessKey}`;

describe('the file of the AWS console', () => {
  test.each([
    ['the columns of today', `Access key ID,Secret access key\n${pair}\n`],
    ['a byte order mark and CRLF', `\uFEFFAccess key ID,Secret access key\r\n${pair}\r\n`],
    [
      'the columns of before',
      `User name,Password,Access key ID,Secret access key,Console login link\r\nb,,${pair},https://x\r\n`,
    ],
    [
      'cells in quotes',
      `"User Name","Access key ID","Secret access key"\n"a, ""b""","${keys.accessKeyId}","${keys.secretAccessKey}"`,
    ],
    ['an empty cell at the beginning', `User name,Access key ID,Secret access key\n,${pair}\n`],
    ['no last line break', `Access key ID,Secret access key\n${pair}`],
    ['CR alone', `Access key ID,Secret access key\r${pair}\r`],
  ])('%s', (_what, text) => {
    expect(readCredentials(text, 'a.csv')).toEqual({ keys });
  });

  test.each([
    ['nothing', '', /no column "access key id", "secret access key"/],
    ['another file', 'name,value\na,b\n', /no column/],
    ['no row', 'Access key ID,Secret access key\n', /0 rows/],
    ['two rows', `Access key ID,Secret access key\n${pair}\n${pair}\n`, /2 rows/],
    ['keys of a session', `Access key ID,Secret access key\nASIA${pair.slice(4)}\n`, /not that of a user's access key/],
    ['a cut secret', `Access key ID,Secret access key\n${keys.accessKeyId},short\n`, /\(not shown\)/],
  ])('%s is refused, and no secret is shown', (_what, text, problem) => {
    const reading = readCredentials(text, 'a.csv');
    const problems = 'problems' in reading ? reading.problems.join('\n') : '';
    expect(problems).toMatch(problem);
    expect(problems).not.toContain(keys.secretAccessKey);
  });
});

test('the summary is cut out of a log, without its times and what is around it', () => {
  const log =
    '\uFEFF2026-11-26T06:00:00.1234567Z a\r\n2026-11-26T06:00:00.1Z ##[group]Summary\r\n2026-11-26T06:00:00.1Z ## Plan\r\n2026-11-26T06:00:00.1Z \r\n2026-11-26T06:00:00.1Z b\r\n2026-11-26T06:00:00.1Z ##[endgroup]\r\n2026-11-26T06:00:00.1Z c\r\n';
  expect(summaryInLog(log)).toBe('## Plan\n\nb');
  expect(summaryInLog('2026-11-26T06:00:00.1Z ##[group]Run x\n2026-11-26T06:00:00.1Z y')).toBe('');
});
