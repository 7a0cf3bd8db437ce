import { globSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { linkTarget } from "./page-link.ts";
import { isInRepository } from "./repository.ts";

/** What links can lead to in a built page, and where its own links lead. */
interface BuiltPage {
  readonly anchors: ReadonlySet<string>;
  readonly links: ReadonlySet<string>;
}

function readBuiltPage(html: string): BuiltPage {
  return {
    anchors: new Set(Array.from(html.matchAll(/\bid="([^"]+)"/g), ([, id = ""]) => id)),
    links: new Set(Array.from(html.matchAll(/<a\b[^>]*?\bhref="([^"]+)"/g), ([, href = ""]) => href)),
  };
}

/** Whether a link to the repository on the web names a file that it does not have. */
function isOfMissingFile(href: string): boolean {
  const target = linkTarget(href, "");
  return target !== undefined && !isInRepository(target.path);
}

/** The links of a built site that lead to a page or an anchor that it does not have, or to a file that the repository does not have. */
export function brokenLinks(directory: string): readonly string[] {
  const files = globSync("**/*.html", { cwd: directory }).map((file) => file.replaceAll("\\", "/"));
  const pages = new Map(files.map((file) => [`/${file}`, readBuiltPage(readFileSync(join(directory, file), "utf8"))]));
  const others = new Set(globSync("*.svg", { cwd: directory }).map((file) => `/${file}`));

  function leadsNowhere(href: string, from: string): boolean {
    if (/^[a-z][a-z0-9+.-]*:/i.test(href)) return isOfMissingFile(href);
    const [path = "", hash = ""] = decodeURI(href.replaceAll("&amp;", "&")).split("#");
    const target = path === "" ? from : posix.resolve(posix.dirname(from), path) + (path.endsWith("/") ? "/" : "");
    const page = pages.get(/\/$/.test(target) ? `${target}index.html`.replace("//", "/") : target);
    return page === undefined ? !others.has(target) : hash !== "" && !page.anchors.has(decodeURIComponent(hash));
  }

  return [...pages].flatMap(([file, { links }]) =>
    [...links].filter((href) => leadsNowhere(href, file)).map((href) => `${file}: ${href}`),
  );
}
