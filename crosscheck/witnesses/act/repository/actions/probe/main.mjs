import { appendFileSync } from 'node:fs';

const { INPUT_NAME, INPUT_OTHER, GITHUB_OUTPUT, GITHUB_STATE, GITHUB_STEP_SUMMARY } = process.env;
console.log(`SEEN main ${INPUT_NAME} [${INPUT_OTHER}]`);
appendFileSync(GITHUB_OUTPUT, `name=${INPUT_NAME}\n`);
appendFileSync(GITHUB_STATE, `kept<<END\n${INPUT_NAME}\nstate\nEND\n`);
appendFileSync(GITHUB_STEP_SUMMARY, `# ${INPUT_NAME}\n`);
