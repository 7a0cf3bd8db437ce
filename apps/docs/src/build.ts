import { build } from "vitepress";
import { writeApiReference } from "./api-reference.ts";
import { brokenLinks } from "./built-links.ts";
import { builtDirectory, siteDirectory } from "./site.ts";

await writeApiReference();
await build(siteDirectory);

const broken = brokenLinks(builtDirectory);
for (const link of broken) console.error(`leads nowhere: ${link}`);
if (broken.length > 0) process.exitCode = 1;
else console.log(`The site is in ${builtDirectory}`);
