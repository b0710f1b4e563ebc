/** Differences between act and the lab's runner that stay. */
import type { KnownDifference } from '../../points.ts';

const docs = 'https://docs.github.com/en/actions/reference/workflows-and-actions';
const runner = 'https://github.com/actions/runner/blob/main/src';

export const known: readonly KnownDifference[] = [
  {
    point: /^conditions\.yml (after-)?tolerated: /,
    right: 'the lab',
    why: 'act fails a job in spite of its continue-on-error, and skips what needs it.',
    source: `${docs}/workflow-syntax#jobsjob_idcontinue-on-error`,
  },
  {
    point: /^unset\.yml after: /,
    right: 'the lab',
    why: 'act runs no job after a called workflow that failed, whatever its condition; `always()` runs it.',
    source: `${docs}/expressions#always`,
  },
  {
    point: /^calls\.yml after-nested: /,
    right: 'the lab',
    why: 'act skips what needs a called workflow that calls another one; on GitHub workflows call each other over several levels, and give their outputs on.',
    source: 'https://docs.github.com/en/actions/how-tos/reuse-automations/reuse-workflows',
  },
  {
    point: /^calls\.yml preset: /,
    right: 'the lab',
    why: 'act leaves inputs of a called workflow without a default empty, where they are false or 0, and names the called workflow in `github.workflow`, where the caller stands.',
    source: `${docs}/workflow-syntax#onworkflow_callinputsinput_iddefault`,
  },
  {
    point: /^matrix\.yml place: line (1|2)$/,
    right: 'the lab',
    why: 'act does not know which of a matrix a job is (`strategy.job-index`, `strategy.job-total`).',
    source: `${docs}/contexts#strategy-context`,
  },
  {
    point: /^outputs\.yml wrong-files: /,
    right: 'the lab',
    why: 'act passes over a line of GITHUB_OUTPUT that names no value, and a block without an end; the runner fails the step.',
    source: `${runner}/Runner.Worker/FileCommandManager.cs`,
  },
  {
    point: 'outputs.yml indented: annotations',
    right: 'the lab',
    why: 'act knows a workflow command only where its line begins with it; the runner also after spaces.',
    source: `${runner}/Runner.Common/ActionCommand.cs`,
  },
  {
    point: /^values\.yml numbers-of-yaml: /,
    right: 'the lab',
    why: 'act keeps a number of YAML as it is written; GitHub reads it, so that 1.50 becomes 1.5.',
    source: `${runner}/Sdk/DTObjectTemplating/ObjectTemplating/Tokens/NumberToken.cs`,
  },
  {
    point: 'values.yml small-number: line 1',
    right: 'the witness',
    why: 'The runner writes 1E-07 as .NET does; the lab’s evaluator, a library of GitHub for other programs, 1e-7. No workflow here has such a number.',
    source: `${runner}/Sdk/DTExpressions2/Expressions2/ExpressionConstants.cs`,
  },
  {
    point: /^values\.yml filters: /,
    right: 'the lab',
    why: 'act filters neither the values of an object nor a list whose items lack the key, and takes the text of a number for no index; the lab has GitHub’s own evaluator.',
    source: `${docs}/expressions#object-filters`,
  },
];
