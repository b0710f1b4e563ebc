/**
 * GitHub's own workflow parser and expression evaluator, from npm. Both import JSON files without the attribute that Node
 * requires: a hook adds it before they are loaded. What is loaded by require() has no attributes, and needs none.
 */
import { registerHooks } from 'node:module';

try {
  registerHooks({
    load: (url, context, nextLoad) =>
      url.endsWith('.json') && context.importAttributes && context.importAttributes.type === undefined
        ? nextLoad(url, { ...context, importAttributes: { ...context.importAttributes, type: 'json' } })
        : nextLoad(url, context),
  });
} catch {
  // jest refuses hooks; test/jest/json-imports.mjs adds the attribute there.
}

export const parser = await import('@actions/workflow-parser');
export const expressions = await import('@actions/expressions');
export const statusFunctions = await import('@actions/workflow-parser/model/converter/if-condition');
