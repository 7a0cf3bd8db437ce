import { posix } from "node:path";
import { pagePath } from "./page-path.ts";
import { isFolder, isInRepository, REPOSITORY_URL } from "./repository.ts";

/** A link to a file or folder on the repository's main branch, as the READMEs of published packages have them. */
const repositoryLink = new RegExp(`^${REPOSITORY_URL}/(?:blob|tree)/main/([^#?]+)(#.*)?$`);

/** A link that names its scheme, or begins at the root of the site. */
const isAbsolute = /^(?:[a-z][a-z0-9+.-]*:|\/)/i;

/** Where a link leads. */
export interface LinkTarget {
  /** From the root of the repository. */
  readonly path: string;
  /** With its `#`, or empty. */
  readonly hash: string;
}

/** What a link in a Markdown file points to in the repository, or `undefined` if it points elsewhere. */
export function linkTarget(href: string, file: string): LinkTarget | undefined {
  const [, linked, linkedHash = ""] = repositoryLink.exec(href) ?? [];
  if (linked !== undefined) return { path: withoutSlash(decodeURI(linked)), hash: linkedHash };
  if (isAbsolute.test(href)) return undefined;
  const [, path = "", hash = ""] = /^([^#]*)(#.*)?$/.exec(href) ?? [];
  if (path === "") return { path: file, hash };
  return { path: withoutSlash(posix.join(posix.dirname(file), decodeURI(path))), hash };
}

function withoutSlash(path: string): string {
  return path.replace(/\/$/, "");
}

/** The Markdown file that a reader of a link to a file or a folder sees: a folder is shown by its README. */
export function shownFile({ path }: LinkTarget): string {
  return isFolder(path) && isInRepository(`${path}/README.md`) ? `${path}/README.md` : path;
}

/**
 * What a link in a Markdown file becomes on the site: a link to the page of what it points to, or to the repository on the web
 * if the site does not show that. What is not in the repository stays as it is, and fails the build as a dead link.
 */
export function pageLink(href: string, file: string): string {
  if (href.startsWith("#")) return href;
  const target = linkTarget(href, file);
  if (target === undefined || !isInRepository(target.path)) return href;
  const page = pagePath(shownFile(target));
  if (page !== undefined) return `/${page}${target.hash}`;
  return `${REPOSITORY_URL}/${isFolder(target.path) ? "tree" : "blob"}/main/${target.path}${target.hash}`;
}
