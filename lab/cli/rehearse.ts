/** One rehearsal: run the workflow, show it, check what must hold, and give the exit status. */
import { source } from '../hosts/pair.ts';
import type { Lab } from '../lab.ts';
import type { Check } from '../rehearsals/check.ts';
import type { Ending, NamedFault } from '../rehearsals/fault.ts';
import { hasInputs, type RehearsedJob } from '../rehearsals/job.ts';
import { jobOf, namedFault } from '../rehearsals/jobs.ts';
import type { RunResult } from '../runner/runner.ts';
import { type ShowOptions, showChecks, showRun } from './show.ts';

export interface RehearsalOptions extends ShowOptions {
  /** Name or path of a workflow file. */
  readonly workflow: string;
  readonly fault: string | undefined;
  readonly inputs: Readonly<Record<string, string>>;
  /** Run once more without the fault. */
  readonly followUp: boolean;
}

/** The longest time in seconds until the lease has brought the source back: the workflow's maximum, and a margin. */
const leaseLimitSeconds = 180;

/** Gives the exit status: 0 when the run succeeded and every check holds, else 1. */
export async function rehearse(lab: Lab, options: RehearsalOptions): Promise<0 | 1> {
  const fault = options.fault === undefined ? undefined : namedFault(options.fault);
  const rehearsal = new Rehearsal(lab, options);
  if (fault) return (await rehearsal.withFault(fault)) ? 0 : 1;
  return (await rehearsal.withoutFault()) ? 0 : 1;
}

/** Each method gives whether everything is as it should be. */
class Rehearsal {
  readonly #lab: Lab;
  readonly #options: RehearsalOptions;
  readonly #job: RehearsedJob | undefined;

  constructor(lab: Lab, options: RehearsalOptions) {
    this.#lab = lab;
    this.#options = options;
    this.#job = jobOf(options.workflow);
  }

  async withoutFault(): Promise<boolean> {
    if (!(await this.#runGood())) return false;
    const { checkRepeated } = this.#job ?? {};
    if (!checkRepeated || hasInputs(this.#options)) return true;
    this.#title('The same run once more');
    const first = this.#lab.log.records.length;
    const again = await this.#run();
    const holds = showChecks(await checkRepeated(this.#lab, first), this.#options);
    return holds && again.conclusion === 'success';
  }

  async withFault(fault: NamedFault): Promise<boolean> {
    const { print, paint, followUp } = this.#options;
    print(`${paint.yellow('fault')} ${fault.name}: ${fault.description}`);
    this.#lab.arrange(fault);
    if (fault.ends === 'recovers') return this.#withKilledRunner();
    const run = await this.#run();
    const holds = await this.#check(run, fault.ends);
    const succeeded = run.conclusion === 'success';
    const asExpected = holds && succeeded === (fault.ends === 'good');
    if (!followUp) return succeeded && asExpected;
    this.#title('The next run, without the fault');
    this.#lab.clearFaults();
    return (await this.#runGood()) && asExpected;
  }

  /** The runner is killed in the pause: the source must come back by itself, and the next run must end well. */
  async #withKilledRunner(): Promise<boolean> {
    const { print, paint } = this.#options;
    const killedAt = await this.#runUntilKilled();
    if (killedAt === undefined) {
      print(`${paint.red('✗')} the run never called CreateSnapshot: nothing was killed`);
      return false;
    }
    const leaseHolds = showChecks([await this.#checkLease(killedAt)], this.#options);
    this.#lab.clearFaults();
    this.#title('The next run');
    return (await this.#runGood()) && leaseHolds;
  }

  /** Gives the time of the kill; undefined when the run has ended before it. */
  async #runUntilKilled(): Promise<number | undefined> {
    const { print, paint, workflow } = this.#options;
    const { faults } = this.#lab;
    const { kill } = faults;
    let killedAt: number | undefined;
    faults.kill = () => {
      killedAt = performance.now();
      print(`${paint.red('killed')} the runner, with SIGKILL, while ${source.name} is quiesced`);
      kill();
    };
    const handle = await this.#lab.start(workflow, this.#runOptions());
    await handle.finished;
    faults.kill = kill;
    return killedAt;
  }

  async #checkLease(killedAt: number): Promise<Check> {
    while (performance.now() - killedAt < leaseLimitSeconds * 1000) {
      if (await this.#lab.hosts.sourceAnswers()) {
        const seconds = ((performance.now() - killedAt) / 1000).toFixed(1);
        return {
          holds: true,
          text: `the lease brought ${source.name} back: it answered ${seconds} s after the kill, without help`,
        };
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    return { holds: false, text: `${source.name} did not answer within ${leaseLimitSeconds} s of the kill` };
  }

  async #runGood(): Promise<boolean> {
    const run = await this.#run();
    const holds = await this.#check(run, 'good');
    return holds && run.conclusion === 'success';
  }

  async #run(): Promise<RunResult> {
    const run = await this.#lab.runWorkflow(this.#options.workflow, this.#runOptions());
    await showRun(this.#lab, run, this.#options);
    return run;
  }

  #runOptions(): { readonly inputs?: Readonly<Record<string, string>> } {
    const { inputs, fault } = this.#options;
    if (hasInputs({ inputs })) return { inputs };
    const own = fault === undefined ? undefined : this.#job?.inputsWithFault;
    return own ? { inputs: own } : {};
  }

  /** A workflow without a job here has no checks. */
  async #check(run: RunResult, ends: Ending): Promise<boolean> {
    const { inputs, fault } = this.#options;
    const key = `${this.#lab.github.state.fullName}/actions/runs/${run.id}`;
    const checks = (await this.#job?.check(this.#lab, { key, ends, inputs, withFault: fault !== undefined })) ?? [];
    return showChecks(checks, this.#options);
  }

  #title(text: string): void {
    const { print, paint } = this.#options;
    print(`\n${paint.bold(text)}`);
  }
}
