import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";

const PAGE = join(import.meta.dirname, "../../page");
const INSTALLED = join(import.meta.dirname, "../../node_modules");

/** The modules of the page, as they are installed: no bundler between. What a page's module imports by these names is found here. */
const MODULES = {
  preact: "preact/dist/preact.mjs",
  "preact/hooks": "preact/hooks/dist/hooks.mjs",
  "@preact/signals-core": "@preact/signals-core/dist/signals-core.mjs",
  "@preact/signals": "@preact/signals/dist/signals.mjs",
  htm: "htm/dist/htm.mjs",
  "htm/preact": "htm/preact/index.mjs",
  uplot: "uplot/dist/uPlot.esm.js",
} as const;

const IMPORT_MAP = JSON.stringify({
  imports: Object.fromEntries(Object.entries(MODULES).map(([name, file]) => [name, `/modules/${file}`])),
});

/** Files that are served from `node_modules`, and no others. */
const SERVED = new Set<string>([...Object.values(MODULES), "uplot/dist/uPlot.min.css"]);
const SWAGGER = new Set(["swagger-ui.css", "swagger-ui-bundle.js"]);

/** The one inline script that the page may have is its import map, which browsers do not load from a file: it is named by its hash. */
const IMPORT_MAP_HASH = `'sha256-${createHash("sha256").update(IMPORT_MAP).digest("base64")}'` as const;

/** The page, its modules and the page of the HTTP interface. `index.html` has `<!-- import map -->` where the map goes. */
export function pageRoutes(): Hono {
  const routes = new Hono();
  routes.get("/", (c) => c.html(page("index.html")));
  routes.get("/assets/*", serveStatic({ root: PAGE, rewriteRequestPath: (path) => path.slice("/assets".length) }));
  routes.get("/modules/*", async (c, next) => {
    if (!SERVED.has(c.req.path.slice("/modules/".length))) return next();
    return serveStatic({ root: INSTALLED, rewriteRequestPath: (path) => path.slice("/modules".length) })(c, next);
  });
  routes.get("/api", (c) => c.html(API_PAGE));
  routes.get("/api/start.js", (c) => c.body(API_START, 200, { "content-type": "text/javascript; charset=utf-8" }));
  routes.get("/api/:file", async (c, next) => {
    if (!SWAGGER.has(c.req.param("file"))) return next();
    const root = join(INSTALLED, "swagger-ui-dist");
    return serveStatic({ root, rewriteRequestPath: (path) => path.slice("/api".length) })(c, next);
  });
  return routes;
}

/** What a browser may do with anything that is served: load from here, and run no script that is written into a page. */
export const browserRules = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'", IMPORT_MAP_HASH],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", "data:"],
    connectSrc: ["'self'"],
    fontSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
  xFrameOptions: "DENY",
  referrerPolicy: "no-referrer",
  strictTransportSecurity: false, // it is served over plain HTTP
});

function page(file: string): string {
  const importMap = `<script type="importmap">${IMPORT_MAP}</script>`;
  return readFileSync(join(PAGE, file), "utf8").replace("<!-- import map -->", () => importMap);
}

const API_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>The bank's HTTP interface</title>
    <link rel="stylesheet" href="/api/swagger-ui.css">
  </head>
  <body>
    <main id="api"></main>
    <script src="/api/swagger-ui-bundle.js"></script>
    <script src="/api/start.js"></script>
  </body>
</html>
`;

const API_START = 'SwaggerUIBundle({ url: "/openapi.json", dom_id: "#api", validatorUrl: null });\n';
