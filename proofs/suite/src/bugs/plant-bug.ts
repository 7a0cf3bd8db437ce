import { registerHooks } from "node:module";
import type { SourceBug } from "./source-bug.ts";

let planted: SourceBug | undefined;
let plantings = 0;

/** Puts a bug into the adapter that is imported next, and takes out the one before: its sources are loaded anew. */
export function plantBug(bug: SourceBug): void {
  planted = bug;
  plantings += 1;
}

registerHooks({
  resolve: (specifier, context, nextResolve) => {
    const resolved = nextResolve(specifier, context);
    if (!resolved.url.includes(`/packages/adapter-${planted?.adapter}/src/`)) return resolved;
    return { ...resolved, url: `${resolved.url}?planting=${plantings}` };
  },
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context);
    if (planted === undefined || !url.endsWith(`/packages/${planted.file}?planting=${plantings}`)) return loaded;
    let source = String(loaded.source);
    for (const { find, replace } of planted.edits) {
      if (source.split(find).length !== 2) throw new Error(`Not found once in ${planted.file}: ${find}`);
      source = source.replace(find, () => replace);
    }
    return { ...loaded, source };
  },
});
