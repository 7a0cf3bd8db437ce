import { fileURLToPath } from "node:url";
import { slug } from "github-slugger";
import { defineConfig } from "vitepress";
import { rewriteLinks } from "../src/link-rewriting.ts";
import { themeNavigation } from "../src/navigation.ts";
import { pagePath } from "../src/page-path.ts";
import { REPOSITORY_URL } from "../src/repository.ts";
import { localSearch } from "../src/search.ts";

export default defineConfig({
  title: "eventfold",
  description: "The event store for TypeScript: memory, SQLite and PostgreSQL, with one contract.",
  lang: "en",
  head: [["link", { rel: "icon", type: "image/svg+xml", href: "/logo.svg" }]],
  // Pages are read where they are in the repository, so that they are the same files on GitHub.
  srcDir: "../..",
  srcExclude: [
    "*.md",
    ".changeset/**",
    "apps/!(docs)/**",
    "apps/docs/README.md",
    "**/CHANGELOG.md",
    "{bench,examples,packages,proofs}/*/*/**",
    "proofs/**",
    "reports/**",
  ],
  rewrites: (file) => pagePath(file) ?? file,
  vite: { publicDir: fileURLToPath(new URL("../public", import.meta.url)), build: { chunkSizeWarningLimit: 4_000 } },
  // Deeper headings are those of the API reference, "Parameters" and the like, by the thousand.
  markdown: { anchor: { slugify: (heading) => slug(heading), level: [1, 2, 3] }, config: rewriteLinks },
  transformPageData: ({ relativePath, frontmatter }) => ({
    frontmatter: relativePath.startsWith("api/") ? { ...frontmatter, editLink: false } : frontmatter,
  }),
  themeConfig: {
    ...themeNavigation(),
    logo: "/logo.svg",
    outline: [2, 3],
    search: localSearch,
    socialLinks: [{ icon: "github", link: REPOSITORY_URL }],
    editLink: { pattern: `${REPOSITORY_URL}/edit/main/:path` },
  },
});
