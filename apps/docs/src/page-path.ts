/** Which Markdown files of the repository are pages, and what their paths on the site are. The first pattern that matches counts. */
const pagePatterns: readonly (readonly [file: RegExp, page: string])[] = [
  [/^apps\/docs\/index\.md$/, "index.md"],
  [/^apps\/docs\/api\/(.+)\.md$/, "api/$1.md"],
  [/^docs\/(.+\/)?README\.md$/, "$1index.md"],
  [/^docs\/(.+)\.md$/, "$1.md"],
  [/^bench\/README\.md$/, "benchmarks.md"],
  [/^(packages|examples)\/([^/]+)\/README\.md$/, "$1/$2.md"],
];

/** The path on the site of a Markdown file of the repository, or `undefined` if the site leaves it out. */
export function pagePath(file: string): string | undefined {
  for (const [pattern, page] of pagePatterns) {
    if (pattern.test(file)) return file.replace(pattern, page);
  }
  return undefined;
}
