/** `npm run deploy` with another template: `deploy-template.ts FILE OPTIONS`. */
import { readFileSync } from 'node:fs';
import { closeAccount, openAccount } from '../../../scripts/deploy/account.ts';
import { Deployment } from '../../../scripts/deploy/deployment.ts';
import { readOptions } from '../../../scripts/deploy/options.ts';
import { readTemplate } from '../../../scripts/deploy/template.ts';

const [file = '', ...args] = process.argv.slice(2);
const { parameters } = readTemplate();
const { options, mistakes } = readOptions(args, Object.keys(parameters));
if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
const account = await openAccount(undefined);
try {
  const template = { parameters, text: readFileSync(file, 'utf8') };
  process.exitCode = await new Deployment(account, template, options).run();
} catch (error) {
  // A Problem's message is made for people.
  console.error(`deploy: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  closeAccount(account);
}
