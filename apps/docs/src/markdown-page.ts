import { slug } from "github-slugger";
import MarkdownIt from "markdown-it";

/** What matters of a Markdown file to those who link to it, and what it links to itself. */
export interface MarkdownPage {
  /** Its first heading. */
  readonly title: string | undefined;
  /** The anchors of its headings, as GitHub and the site make them. */
  readonly anchors: ReadonlySet<string>;
  /** The targets of its links and images. */
  readonly links: readonly string[];
}

const parser = new MarkdownIt({ html: true });

type Token = ReturnType<typeof parser.parse>[number];

/** What a reader sees of a heading: its text and code, without marks. */
function displayed({ children }: Token): string {
  return (children ?? []).map(({ type, content }) => (/^(text|code_inline)$/.test(type) ? content : "")).join("");
}

function headingsOf(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token, index) => (tokens[index - 1]?.type === "heading_open" ? [displayed(token)] : []));
}

/** Anchors are unique: those of equal headings are numbered from the second on. */
function anchorsOf(headings: readonly string[]): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const name of headings.map((heading) => slug(heading))) {
    let anchor = name;
    for (let count = 1; anchors.has(anchor); count++) anchor = `${name}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Reads the text of a Markdown file. */
export function readMarkdownPage(markdown: string): MarkdownPage {
  const tokens = parser.parse(markdown, {});
  const headings = headingsOf(tokens);
  const links = tokens
    .flatMap(({ children }) => children ?? [])
    .flatMap((token) => token.attrGet("href") ?? token.attrGet("src") ?? []);
  return { title: headings[0], anchors: anchorsOf(headings), links };
}
