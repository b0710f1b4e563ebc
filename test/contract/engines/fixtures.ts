/** What an engine brings to the conformance suite. */
import type { EngineName } from '../../../src/domain/engine.ts';

/** Texts of inputs of db-dump, by name. */
export type Inputs = Readonly<Record<string, string>>;

/**
 * What a source holds. `empty`: a database without anything; `types`: every type of the engine, with its extremes; `large`: one
 * very large row or document; `names`: names with odd characters, of everything that has one; `many`: many small rows or
 * documents; `views`: views on views, and what else depends on one another; `bulk`: as many rows or
 * documents as asked for, of 100 kB that no program compresses: more than any program holds at once, and than a small disk.
 */
export type Content = 'empty' | 'types' | 'large' | 'names' | 'many' | 'views' | 'bulk';

/** A source that was filled. */
export interface Filled {
  /** Which dump it, and nothing else of the server. */
  readonly inputs: Inputs;
  /** Tables or collections that the fingerprint must name at least. */
  readonly tables: number;
  /** Rows or documents of all of them, exactly. */
  readonly rows: number;
  /** Definitions that the fingerprint must name, as its keys have them. */
  readonly definitions?: readonly string[];
}

/** What is made to fail, each of which is to end in an error that names its cause. */
export type Trouble = 'tool-died' | 'disk-full' | 'restarted' | 'wrong-password';

export interface ServersUnderTest {
  /** Inputs of every dump: scratch-url, and what the server needs. */
  readonly inputs: Inputs;
  /** Makes a source of its own. @param size rows or documents of `many` and `bulk` */
  readonly fill: (content: Content, size: number) => Promise<Filled>;
  /** The inputs with a password that is not the user's. */
  readonly withWrongPassword: (inputs: Inputs) => Inputs;
  /** Stops the source's server at once, and starts it again; undefined where the server is somebody else's. */
  readonly restart: (() => Promise<void>) | undefined;
  /** Databases on the scratch server that a dump made; none when it is over. */
  readonly leftovers: () => Promise<readonly string[]>;
  readonly stop: () => Promise<void>;
}

export interface EngineFixtures {
  readonly engine: EngineName;
  /** Which server, where the engine has several. */
  readonly of?: string;
  /** Name of the program that dumps. */
  readonly tool: RegExp;
  /** @param folder of this suite alone, which any account may enter */
  readonly start: (folder: string) => Promise<ServersUnderTest>;
  /** What the error says, in its words, its cause or its fix. */
  readonly words: Readonly<Record<Trouble, RegExp>>;
  /** Contents that this server cannot hold, each with the reason in one line. */
  readonly unable?: Partial<Readonly<Record<Content, string>>>;
}
