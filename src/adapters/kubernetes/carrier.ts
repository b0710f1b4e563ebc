/** The client that carries the streams of programs elsewhere. */
import type { Relay } from '../../ports/remote.ts';
import type { BackupError } from '../../runtime/errors.ts';

/** A server as programs of the place reach it. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

export type RelayFallback = (target: Target) => Promise<Relay>;

export interface Carrier {
  /** For people: `the pod mongo-0 (namespace shop)`. */
  readonly shown: string;
  readonly program: string;
  /** Parameters before the command that runs there: standard input is passed on, and there is no terminal. */
  readonly parameters: readonly string[];
  /** The whole environment of the client. */
  readonly environment: Readonly<Record<string, string>>;
  /** Why the client itself failed. @param errors its standard error */
  readonly failure: (what: string, status: number | string, errors: string) => BackupError;
  /** Another way to a server there, where the image has nothing that relays. */
  readonly fallback?: RelayFallback | undefined;
}
