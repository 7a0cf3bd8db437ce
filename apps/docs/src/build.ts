import { build } from "vitepress";
import { writeApiReference } from "./api-reference.ts";
import { brokenLinks } from "./built-links.ts";
import { searchableSections } from "./built-search.ts";
import { builtDirectory, siteDirectory } from "./site.ts";

await writeApiReference();
await build(siteDirectory);

const sections = searchableSections(builtDirectory);
const faults = brokenLinks(builtDirectory).map((link) => `leads nowhere: ${link}`);
if (sections === 0) faults.push("The index of the search is empty.");

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
else console.log(`The site is in ${builtDirectory}; its search finds ${sections} sections.`);
