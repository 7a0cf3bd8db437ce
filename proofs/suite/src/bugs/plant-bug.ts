// Loaded before everything else: puts the bug that the environment names into its source.
import { registerHooks } from "node:module";
import { sourceBugs } from "./source-bugs.ts";

const bug = sourceBugs.find(({ fault }) => fault === process.env.PLANTED_BUG);
if (bug === undefined) throw new RangeError(`There is no such bug: ${process.env.PLANTED_BUG}`);

registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(`/packages/${bug.file}`)) return loaded;
    let source = String(loaded.source);
    for (const { find, replace } of bug.edits) {
      if (source.split(find).length !== 2) throw new Error(`Not found once in ${bug.file}: ${find}`);
      source = source.replace(find, () => replace);
    }
    return { ...loaded, source };
  },
});
