import type { DefaultTheme } from "vitepress";

const fencedBlock = /^(`{3,})[^\n]*\n[\s\S]*?^\1$/gm;

/**
 * Search that needs no server and no network: an index that a browser loads when a reader first searches. It holds the prose without
 * its code, and of the API reference the headings, which are its names: rendering twice what nobody searches for would double the build.
 */
export const localSearch: { readonly provider: "local"; readonly options: DefaultTheme.LocalSearchOptions } = {
  provider: "local",
  options: {
    _render: (text, env, markdown) => {
      const prose = text.replaceAll(fencedBlock, "");
      const isReference = env.relativePath.startsWith("api/");
      return markdown.render(isReference ? (prose.match(/^#.*$/gm) ?? []).join("\n\n") : prose, env);
    },
  },
};
