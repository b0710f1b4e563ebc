/**
 * For GitHub's own packages, which import JSON without the attribute that Node demands and that jest's next major will
 * demand: adds it. Outside jest a hook does the same (lab/runner/official.ts).
 */
export default {
  process: (source) => ({
    code: source.replace(/^(import .+ from ["'].+\.json["'])\s*;?$/gm, "$1 with { type: 'json' };"),
  }),
};
