/** `npm run deploy`: deploys infra/holdfast.yml for a repository. docs/setup.md, "1. Deploy the stack", shows it at work. */
import { closeAccount, openAccount } from './deploy/account.ts';
import { Deployment } from './deploy/deployment.ts';
import { readOptions, usage } from './deploy/options.ts';
import { Problem } from './deploy/problem.ts';
import { readTemplate } from './deploy/template.ts';

async function main(args: readonly string[]): Promise<number> {
  const template = readTemplate();
  const { options, mistakes, help } = readOptions(args, Object.keys(template.parameters));
  if (help) {
    console.log(usage);
    return 0;
  }
  if (mistakes.length > 0) {
    for (const mistake of mistakes) console.error(`deploy: ${mistake}`);
    return 2;
  }
  const home = await openAccount(undefined);
  if (home.region === options.furtherRegion) {
    closeAccount(home);
    throw new Problem(
      `${home.region} is the region of the stack itself, which has the documents already.\n  --region names a further region; the stack's own comes from AWS_REGION or the profile.`,
      2,
    );
  }
  const account = options.furtherRegion === undefined ? home : await openAccount(options.furtherRegion);
  try {
    return await new Deployment(account, template, options).run();
  } finally {
    closeAccount(account);
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  console.error(`deploy: ${error.message}`);
  process.exitCode = error.status;
}
