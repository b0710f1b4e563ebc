/** Inputs of the actions that anonymise: the rules file, and the key of pseudonyms. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { parseRules } from '../../anonymize/rules/file/parse-rules.ts';
import { noRules } from '../../anonymize/rules/file/rules-file.ts';
import { ConfigurationError } from '../../runtime/errors.ts';
import { parsed, Refused } from '../../runtime/inputs.ts';

/** The input `rules`: a rules file in the workspace; `noRules` when none is named. */
export function rulesInput(description: string) {
  return parsed({
    description,
    allowed: 'a file in the workspace',
    parse: (path) => {
      if (path === '') return noRules;
      if (!existsSync(path)) throw new Refused(`${path} does not exist (does the job check out the repository?)`);
      if (statSync(path).isDirectory()) throw new Refused(`${path} is a folder`);
      try {
        return parseRules(readFileSync(path, 'utf8'), path);
      } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error;
        // Beside the problems of other inputs, those of the file need its name.
        const problems = error.problems.map((problem) => `rules: ${path}, ${problem}`);
        throw new ConfigurationError({ what: 'one input is wrong; nothing was done', problems });
      }
    },
  });
}

/** A secret of at least 16 characters, as bytes; random bytes when none is given. */
export function pseudonymKey(description: string) {
  return parsed({
    description,
    secret: true,
    allowed: 'at least 16 characters',
    parse: (key): Uint8Array => {
      if (key === '') return randomBytes(32);
      if (key.length < 16) throw new Refused('');
      return Buffer.from(key);
    },
  });
}
