/** Records what an action does, step by step, for the log, the receipt and the summary's timeline. */
import type { Step } from '../domain/step.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';

export class Timeline {
  readonly #steps: Step[] = [];
  readonly #clock: Clock;
  readonly #logger: Logger;
  #failed: string | undefined;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  get steps(): readonly Step[] {
    return this.#steps;
  }

  /** The innermost step that failed first: where a reader should look. */
  get failedStep(): string | undefined {
    return this.#failed;
  }

  /** Runs `work` as a step with a group of its own in the log; `note` adds a few words to it. */
  async step<T>(name: string, work: (note: (text: string) => void) => Promise<T>): Promise<T> {
    const startedAt = this.#clock.now();
    let text: string | undefined;
    const end = (outcome: 'done' | 'failed'): void => {
      this.record({
        name,
        startedAt: startedAt.toISOString(),
        endedAt: this.#clock.now().toISOString(),
        outcome,
        ...(text === undefined ? {} : { note: text }),
      });
    };
    try {
      const result = await this.#logger.group(name, () =>
        work((words) => {
          text = words;
        }),
      );
      end('done');
      return result;
    } catch (error) {
      this.#failed ??= name;
      end('failed');
      throw error;
    }
  }

  /** Adds a step whose times come from elsewhere (the host's clock). */
  record(step: Step): void {
    this.#steps.push(step);
  }
}
