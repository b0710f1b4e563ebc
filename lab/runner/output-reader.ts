/** Turns the output of a step into the runner's lines: commands (`::error::…`) are executed, other text is passed on. */
import { type Command, type Masks, parseCommand } from './commands.ts';
import type { RunnerLine } from './result.ts';

export type LogLine = (kind: RunnerLine['kind'], text: string) => void;

export class OutputReader {
  readonly #log: LogLine;
  readonly #masks: Masks;
  /** The token that ends `stop-commands`. */
  #stopped: string | undefined;

  constructor(log: LogLine, masks: Masks) {
    this.#log = log;
    this.#masks = masks;
  }

  line(line: string): void {
    if (this.#stopped !== undefined) {
      if (line.trim() === `::${this.#stopped}::`) this.#stopped = undefined;
      else this.#log('text', line);
      return;
    }
    const command = parseCommand(line);
    if (!command || !this.#execute(command)) this.#log('text', line);
  }

  /** Gives false for a command that the runner does not know. */
  #execute({ name, properties, message }: Command): boolean {
    switch (name) {
      case 'add-mask':
        this.#masks.add(message);
        return true;
      case 'stop-commands':
        this.#stopped = message;
        return true;
      case 'group':
        this.#log('group', message);
        return true;
      case 'endgroup':
        return true;
      case 'debug':
      case 'notice':
      case 'warning':
      case 'error':
        this.#log(name, properties.title ? `${properties.title}: ${message}` : message);
        return true;
      default:
        return false;
    }
  }
}
