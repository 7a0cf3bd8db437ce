import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

// This file has to be directly in `src`: `page` is then beside its directory, also when it is built into `dist`.
const PAGE = join(import.meta.dirname, "../page");

const { resolve } = createRequire(import.meta.url);

/** The folder of what Node resolves a name to. The modules for browsers lie beside those for `require`, under other names. */
const beside = (name: string, file: string) => join(dirname(resolve(name)), file);

/** The modules of the page by the names under which it imports them, as they are installed: no bundler between. */
const MODULES: Readonly<Record<string, string>> = {
  preact: beside("preact", "preact.mjs"),
  "preact/hooks": beside("preact/hooks", "hooks.mjs"),
  "@preact/signals-core": beside("@preact/signals-core", "signals-core.mjs"),
  "@preact/signals": beside("@preact/signals", "signals.mjs"),
  htm: beside("htm", "htm.mjs"),
  "htm/preact": beside("htm/preact", "index.mjs"),
  uplot: beside("uplot", "uPlot.esm.js"),
};

const addressOf = (name: string) => `modules/${name.replace("@", "")}.js`;

const IMPORT_MAP = JSON.stringify({
  imports: Object.fromEntries(Object.keys(MODULES).map((name) => [name, `./${addressOf(name)}`])),
});

/** The one inline script that the page may have is its import map, which browsers do not load from a file: it is named by its hash. */
const IMPORT_MAP_HASH = `'sha256-${createHash("sha256").update(IMPORT_MAP).digest("base64")}'`;

/** What a browser may do with the page: load from here, and make no markup and no script of any text. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `script-src 'self' ${IMPORT_MAP_HASH}`,
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const OWN = [
  "main.js",
  "client.js",
  "addresses.js",
  "text.js",
  "chart.js",
  "overview.js",
  "event-list.js",
  "event.js",
  "state.js",
  "projections.js",
  "subscriptions.js",
  "parked.js",
  "page.css",
];

/** The files that are served, and no others: their addresses below the explorer's own, and where they are. */
const FILES: ReadonlyMap<string, string> = new Map([
  ...OWN.map((file) => [`assets/${file}`, join(PAGE, file)] as const),
  ...Object.entries(MODULES).map(([name, file]) => [addressOf(name), file] as const),
  ["modules/uPlot.css", beside("uplot", "uPlot.min.css")],
]);

const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
};

/** A file of the page, by its address below the explorer's own; `undefined` when there is none. The empty address is the page itself. */
export async function readPageFile(address: string): Promise<Response | undefined> {
  if (address === "") return answerWith(await readPage(), "html");
  const file = FILES.get(address);
  if (file === undefined) return undefined;
  return answerWith(await readFile(file), address.slice(address.lastIndexOf(".") + 1));
}

/** `index.html` has `<!-- import map -->` where the map goes. */
async function readPage(): Promise<string> {
  const html = await readFile(join(PAGE, "index.html"), "utf8");
  return html.replace("<!-- import map -->", () => `<script type="importmap">${IMPORT_MAP}</script>`);
}

function answerWith(content: string | Uint8Array<ArrayBuffer>, extension: string): Response {
  const headers = { "content-type": TYPES[extension] ?? "application/octet-stream", "cache-control": "no-cache" };
  return new Response(content, { headers });
}
