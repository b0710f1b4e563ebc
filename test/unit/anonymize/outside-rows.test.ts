/** Addresses in definitions. */
import { expect, test } from '@jest/globals';
import { run } from './run.ts';

const nobody = 'nobody@example.com';

test.each([
  ['a name in a nested dollar quote', '$f$ SELECT $b$x@y.de$b$ $f$', `$f$ SELECT $b$${nobody}$b$ $f$`],
  ['a name with a dollar in it', "$f$ SELECT 'jo$x@y.de', $1 $f$", `$f$ SELECT '${nobody}', $1 $f$`],
  ['a string with escapes', "$f$ SELECT E'x@y.de', N'o''x@y.de' $f$", `$f$ SELECT E'${nobody}', N'o''${nobody}' $f$`],
])('%s in the body of a function keeps its quotes', async (_name, body, expected) => {
  const statement = (text: string) => `CREATE FUNCTION f() RETURNS text LANGUAGE sql AS ${text};\n`;
  expect((await run(statement(body))).text).toBe(statement(expected));
});
