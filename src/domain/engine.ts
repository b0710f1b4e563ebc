/** The database engines that can be dumped, and what people call the things that they hold. */

export const engineNames = ['postgres', 'mysql', 'mongodb'] as const;
export type EngineName = (typeof engineNames)[number];

export interface EngineWords {
  /** Of receipts that do not say the product themselves. */
  readonly product: string;
  readonly table: string;
  readonly row: string;
}

const words: Readonly<Record<EngineName, EngineWords>> = {
  postgres: { product: 'PostgreSQL', table: 'table', row: 'row' },
  mysql: { product: 'MySQL', table: 'table', row: 'row' },
  mongodb: { product: 'MongoDB', table: 'collection', row: 'document' },
};

/** @param engine as a receipt has it; those of the first versions have none, and are of PostgreSQL */
export function engineWords(engine: EngineName | undefined): EngineWords {
  return words[engine ?? 'postgres'];
}
