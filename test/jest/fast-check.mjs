/**
 * fast-check, which draws the same in every run: what one run found, the next one finds, and nothing fails by chance. HOLDFAST_SEED=NUMBER
 * draws something else.
 */
import * as real from '../../node_modules/fast-check/lib/fast-check.js';

real.configureGlobal({ seed: Number(process.env.HOLDFAST_SEED ?? 7) });

export * from '../../node_modules/fast-check/lib/fast-check.js';
export default real.default;
