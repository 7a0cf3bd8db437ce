import { createServer } from "vitepress";
import { writeApiReference } from "./api-reference.ts";
import { siteDirectory } from "./site.ts";

await writeApiReference();
const server = await createServer(siteDirectory);
await server.listen();
server.printUrls();
