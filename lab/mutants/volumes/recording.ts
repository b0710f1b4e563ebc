/** Hosts whose answers are kept, so that one examination of a copy serves the receipts of several backups. */
import type { HostAnswer, HostParameters, HostScript } from '../../../src/host/catalogue/catalogue.ts';
import type { HostCommand, Hosts } from '../../../src/ports/hosts.ts';

/** What distinguishes the answers of a script in one examination: only fingerprints are read in several ways. */
function keyOf({ script, parameters }: HostCommand): string {
  const { Method = '' }: { readonly Method?: string } = parameters;
  return `${script} ${Method}`;
}

export interface RecordingOptions {
  /** The ways in which fingerprints are read: each is taken when the first one is. */
  readonly methods: readonly string[];
  /** Called once the service of the copy answers. */
  readonly onStarted: () => Promise<void>;
  /** Called after the fingerprints. */
  readonly onRead: () => Promise<void>;
}

export class Recording implements Hosts {
  readonly #hosts: Hosts;
  readonly #options: RecordingOptions;
  readonly #answers = new Map<string, Promise<unknown>>();

  constructor(hosts: Hosts, options: RecordingOptions) {
    this.#hosts = hosts;
    this.#options = options;
  }

  reachable(instanceId: string): Promise<{ online: boolean; detail: string }> {
    return this.#hosts.reachable(instanceId);
  }

  async run<S extends HostScript>(instanceId: string, command: HostCommand<S>): Promise<HostAnswer<S>> {
    const answer = this.#once(instanceId, command);
    // What is thrown belongs to the caller; the answer is kept in any case.
    await answer.catch(() => {});
    await this.#after(instanceId, command);
    return answer;
  }

  async #once<S extends HostScript>(instanceId: string, command: HostCommand<S>): Promise<HostAnswer<S>> {
    const key = keyOf(command);
    const known = this.#answers.get(key);
    if (known !== undefined) return (await known) as HostAnswer<S>;
    const answer = this.#hosts.run(instanceId, impatient(command));
    this.#answers.set(key, answer);
    return answer;
  }

  readonly #done = new Set<string>();

  async #after(instanceId: string, command: HostCommand): Promise<void> {
    if (this.#done.has(command.script)) return;
    this.#done.add(command.script);
    if (command.script === 'start-copy' && (await succeeded(this.#answers.get(keyOf(command)))))
      await this.#options.onStarted();
    if (command.script !== 'fingerprint') return;
    for (const Method of this.#options.methods) {
      const parameters = { ...command.parameters, Method } as HostParameters<'fingerprint'>;
      await this.#once(instanceId, { ...command, script: 'fingerprint', parameters }).catch(() => {});
    }
    await this.#options.onRead();
  }
}

/** Seconds for which the service of a copy is waited for, in place of a quarter of an hour: it starts in one. */
const patience = '20';

function impatient<S extends HostScript>(command: HostCommand<S>): HostCommand<S> {
  if (command.script !== 'start-copy') return command;
  return { ...command, parameters: { ...command.parameters, WaitSeconds: patience } };
}

function succeeded(answer: Promise<unknown> | undefined): Promise<boolean> {
  return (answer ?? Promise.reject()).then(
    () => true,
    () => false,
  );
}
