/** One deployment: what there is, what would change, whether it shall, and how it went. */
import { createInterface } from 'node:readline/promises';
import { DeleteStackCommand, ExecuteChangeSetCommand, type Stack as StackView } from '@aws-sdk/client-cloudformation';
import { paint as painter } from '../../lab/cli/terminal/paint.ts';
import { type Account, readStack } from './account.ts';
import { discardChanges, type PlannedChanges, planChanges } from './change-set.ts';
import { changedByHand, differences } from './check.ts';
import { causeLines, failuresIn } from './failures.ts';
import { type Repository, readRepository, repositoryOfClone } from './github.ts';
import type { DeployOptions } from './options.ts';
import { asParameters, chooseValues, needsRepository, parameterOf, type Values } from './parameters.ts';
import { awsProblem, Problem } from './problem.ts';
import { eventIds, follow } from './progress.ts';
import { nextStep } from './stack-state.ts';
import { listOf, subjectLines, trusts } from './subjects.ts';
import { type PlacedTemplate, placeTemplate, type ReleaseTemplate } from './template.ts';
import { publishVariables, variablesFrom } from './variables.ts';
import { changeLines, countsOf } from './words.ts';

const paint = painter(!process.env.NO_COLOR && (process.stdout.isTTY || process.env.FORCE_COLOR === '1'));
const print = (text: string): void => console.log(text);

export class Deployment {
  readonly #account: Account;
  readonly #template: ReleaseTemplate;
  readonly #options: DeployOptions;
  #deleted = false;

  constructor(account: Account, template: ReleaseTemplate, options: DeployOptions) {
    this.#account = account;
    this.#template = template;
    this.#options = options;
  }

  /** @returns the status of the command @throws Problem */
  async run(): Promise<number> {
    const { stackName, mode, furtherRegion } = this.#options;
    const { id, caller, region } = this.#account;
    print(
      `Account ${id} as ${caller}, region ${region}, stack ${stackName}${furtherRegion ? ' (documents only)' : ''}`,
    );
    const found = await readStack(this.#account, stackName);
    if (mode === 'check') return this.#check(found);
    const stack = await this.#usable(found);
    const repository = await this.#repository(stack);
    const values = await chooseValues({
      account: this.#account,
      options: this.#options,
      stack,
      repository,
      defaults: this.#template.parameters,
    });
    this.#showValues(values, stack);
    const placed = await placeTemplate(this.#account, this.#template.text, this.#options.templateBucket);
    // A stack that is under review holds nothing yet; it is ours only if it was not there.
    const status = await this.#plan(stack, values, placed, !stack && found?.StackStatus !== 'REVIEW_IN_PROGRESS');
    this.#askToConfirm(values.WatchdogEmail, parameterOf(stack, 'WatchdogEmail'), status);
    return status;
  }

  async #check(stack: StackView | undefined): Promise<number> {
    const { stackName, parameters, furtherRegion } = this.#options;
    if (!stack)
      throw new Problem(`there is no stack ${stackName} in ${this.#account.region}.\n  Deploy it: npm run deploy`);
    const wanted = { ...parameters, ...(furtherRegion ? { Parts: 'documents' } : {}) };
    const { lines, unread } = await differences(this.#account, stack, this.#template, wanted);
    for (const line of lines) print(`- ${line}`);
    print(
      lines.length === 0
        ? 'The installation is this release, and nothing of what was read was changed by hand.'
        : `${lines.length} differences`,
    );
    print(`Not read: ${unread.join(', ')}.`);
    return lines.length === 0 ? 0 : 1;
  }

  /** The stack to update; undefined when it is made anew. @throws Problem for one that can take no update now */
  async #usable(stack: StackView | undefined): Promise<StackView | undefined> {
    const { StackStatus: status, StackId = '' } = stack ?? {};
    const { stackName, mode, yes } = this.#options;
    const next = nextStep(status, stackName);
    if (next.step === 'create') return undefined;
    if (next.step === 'update') return stack;
    if (next.step === 'refuse') throw new Problem(next.why);
    print(`The stack ${stackName} is ${next.why}: it can only be deleted.`);
    const byHand = `delete it first: aws cloudformation delete-stack --stack-name ${stackName}`;
    if (mode === 'plan') {
      print(
        'A deployment would delete it first; the plan is that of a new stack, which CloudFormation shows only after that.',
      );
      throw new Problem(byHand);
    }
    if (next.asked && yes)
      throw new Problem(
        `--yes does not delete a stack in the state ${status}: it may hold roles and documents that jobs use.\n  Run without --yes at a terminal, or look at what it holds and ${byHand}`,
      );
    await this.#confirm(`Delete the stack ${stackName}? Buckets that it holds with data stay.`);
    await this.#deleteStack(StackId);
    return undefined;
  }

  async #deleteStack(stackId: string): Promise<void> {
    const seen = await eventIds(this.#account, stackId);
    try {
      await this.#account.cloudformation.send(new DeleteStackCommand({ StackName: stackId }));
    } catch (error) {
      throw awsProblem(error, 'deleting the stack');
    }
    const { status, events } = await follow(this.#account, stackId, seen, this.#line);
    if (status !== 'DELETE_COMPLETE') throw this.#failure(status, events);
    this.#deleted = true;
  }

  async #repository(stack: StackView | undefined): Promise<Repository | undefined> {
    if (!needsRepository(this.#options, stack)) return undefined;
    const { repository, yes, mode } = this.#options;
    if (repository === undefined && yes && mode === 'deploy' && !stack)
      throw new Problem('--yes needs --repository OWNER/NAME: nobody looks whose workflows the roles will trust', 2);
    const read = await readRepository(repository ?? (await repositoryOfClone()));
    if (!read.writable)
      throw new Problem(
        `you may not push to ${read.owner}/${read.name}, whose workflows the roles would trust.\n  If that is the project you have cloned, name your own: --repository OWNER/NAME`,
        2,
      );
    return read;
  }

  #askToConfirm(email: string | undefined, before: string | undefined, status: number): void {
    if (!email || email === before || status !== 0 || this.#options.mode === 'plan') return;
    print(`\nAWS has sent a mail to ${email}: until its link is followed, no mail about a missing backup arrives.`);
  }

  #showValues(values: Values, stack: StackView | undefined): void {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) continue;
      const before = parameterOf(stack, name);
      if (before !== undefined && name.endsWith('Subjects')) {
        print(`  ${name}:`);
        for (const line of subjectLines(before, value)) print(`    ${line}`);
      } else print(`  ${name} = ${value === '' ? '(none)' : value}`);
    }
    if (stack) print('  all others as they are in the stack');
  }

  async #plan(
    stack: StackView | undefined,
    values: Values,
    placed: PlacedTemplate,
    madeStack: boolean,
  ): Promise<number> {
    const { stackName: StackName, mode } = this.#options;
    const Parameters = asParameters(values, stack, Object.keys(this.#template.parameters));
    const ChangeSetType = stack ? 'UPDATE' : 'CREATE';
    // A plan, and a deployment that is not wanted, leave nothing behind.
    const discard = async (changeSet?: string): Promise<void> => {
      const made = madeStack && (await readStack(this.#account, StackName)) !== undefined;
      await discardChanges(this.#account, { StackName, madeStack: made, ...(changeSet ? { changeSet } : {}) });
      await placed
        .remove()
        .catch((left: Error) =>
          print(`The template is left in its bucket: ${awsProblem(left, 'deleting it').message}`),
        );
    };
    let planned: PlannedChanges;
    try {
      planned = await planChanges(this.#account, {
        StackName,
        ChangeSetType,
        Parameters,
        ...placed.location,
        // Source: CloudFormation user guide, "Using drift-aware change sets".
        ...(stack && this.#options.repair ? { DeploymentMode: 'REVERT_DRIFT' } : {}),
      });
    } catch (error) {
      // The change set that failed would keep an empty stack alive.
      await discard().catch((left: Error) => print(`Something of the plan is left: ${left.message}`));
      throw error;
    }
    const { changeSet, changes, empty } = planned;
    if (empty) {
      await discard(changeSet);
      print('Nothing to change: the stack is as this release has it.');
      if (stack) await this.#tellDrift(stack);
      return mode === 'plan' ? 0 : this.#finish();
    }
    print(`\n${countsOf(changes)}:`);
    for (const { text, alarming } of changeLines(changes)) print(alarming ? paint.red(text) : text);
    if (mode === 'plan') {
      await discard(changeSet);
      print('\nThis was a plan: nothing is left of it.');
      return 0;
    }
    try {
      await this.#confirm(`\nDeploy these changes in account ${this.#account.id}, ${this.#account.region}?`);
    } catch (error) {
      await discard(changeSet);
      throw error;
    }
    return this.#execute(changeSet);
  }

  /** The stack is up to date, yet what it made may have been deleted or changed since. */
  async #tellDrift(stack: StackView): Promise<void> {
    const { repair, furtherRegion } = this.#options;
    try {
      const { lines } = await changedByHand(this.#account, stack);
      if (lines.length === 0) return;
      print(paint.red('What it has made is not as the template says:'));
      for (const line of lines) print(`- ${line}`);
      print(
        repair
          ? 'CloudFormation does not bring this back: mend it in the console of the service named, as docs/setup.md says.'
          : `Bring it back: npm run deploy -- --repair${furtherRegion === undefined ? '' : ` --region ${furtherRegion}`}`,
      );
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      print(`Whether something was changed by hand was not seen: ${error.message}`);
    }
  }

  async #execute(changeSet: string): Promise<number> {
    const { stackName } = this.#options;
    const id = (await readStack(this.#account, stackName))?.StackId ?? stackName;
    const seen = await eventIds(this.#account, id);
    try {
      await this.#account.cloudformation.send(new ExecuteChangeSetCommand({ ChangeSetName: changeSet }));
    } catch (error) {
      throw awsProblem(error, 'starting the deployment');
    }
    const { status, events } = await follow(this.#account, id, seen, this.#line);
    if (status !== 'CREATE_COMPLETE' && status !== 'UPDATE_COMPLETE') throw this.#failure(status, events);
    return this.#finish();
  }

  readonly #line = (text: string, failed: boolean): void => print(failed ? paint.red(text) : text);

  #failure(status: string, events: Parameters<typeof failuresIn>[0]): Problem {
    const causes = failuresIn(events).map(({ LogicalResourceId: id = '', ResourceStatusReason: reason = '' }) => ({
      id,
      reason,
    }));
    const after =
      status === 'ROLLBACK_COMPLETE'
        ? 'What was made has been taken back. When the cause is mended, run again: deploy deletes the rest of the stack first.'
        : status === 'UPDATE_ROLLBACK_COMPLETE'
          ? 'The stack is as it was before.'
          : `The stack is in the state ${status}.`;
    return new Problem(['the deployment has failed:', ...causeLines(causes), after].join('\n'));
  }

  /** What is left to do once the stack is as it must be. */
  async #finish(): Promise<number> {
    const { stackName, furtherRegion, variables } = this.#options;
    const stack = await readStack(this.#account, stackName);
    if (furtherRegion !== undefined) {
      print(`The documents are in ${furtherRegion}.`);
      return 0;
    }
    print('');
    const repository = this.#options.repository ?? (await repositoryOfClone().catch(() => 'OWNER/NAME'));
    if (repository !== 'OWNER/NAME' && !trusts(listOf(parameterOf(stack, 'AllowedSubjects')), repository)) {
      print(`No role of this stack trusts ${repository}, so it gets no variables.`);
      print(`  To have it trusted, too: npm run deploy -- --repository ${repository}`);
      return 0;
    }
    await publishVariables(variablesFrom(stack?.Outputs ?? []), repository, {
      write: variables && repository !== 'OWNER/NAME',
      print,
    });
    return 0;
  }

  /** @throws Problem when the answer is no, or when there is nobody to ask */
  async #confirm(question: string): Promise<void> {
    if (this.#options.yes) return;
    if (!process.stdin.isTTY)
      throw new Problem('nobody can be asked here: give --yes to go on without, or --plan to look only', 2);
    const reader = createInterface({ input: process.stdin, output: process.stdout });
    try {
      if (!/^y(es)?$/i.test((await reader.question(`${question} [y/N] `)).trim()))
        throw new Problem(this.#deleted ? 'nothing was changed but the deletion' : 'nothing was changed');
    } finally {
      reader.close();
    }
  }
}
