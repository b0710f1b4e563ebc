/** The WebAssembly of this folder, as objects that TypeScript knows. */
import { modules } from './modules.ts';

/** Declared here, since TypeScript declares it only together with a browser. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

export interface Memory {
  readonly buffer: ArrayBuffer;
}

/** A constant of the module, such as an address in its memory. */
export interface Constant {
  readonly value: number;
}

/**
 * Compiles a module.
 * @typeParam Exports what its `.wat` source exports
 * @returns makes an instance, which has a memory of its own
 */
export function kernel<Exports>(name: keyof typeof modules): () => Exports {
  const module = new WebAssembly.Module(Buffer.from(modules[name], 'base64'));
  return () => new WebAssembly.Instance(module).exports as Exports;
}
