import { fileURLToPath } from "node:url";

/** The folder of the site, with its configuration. */
export const siteDirectory = fileURLToPath(new URL("../", import.meta.url));

/** Where the built site is. */
export const builtDirectory = fileURLToPath(new URL("../.vitepress/dist/", import.meta.url));
