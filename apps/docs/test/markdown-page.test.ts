import { expect, it } from "vitest";
import { readMarkdownPage } from "../src/markdown-page.ts";

const page = readMarkdownPage(`
# Tags & \`after\`

[one](a.md#x), ![picture](p.svg), \`[code](b.md)\`

## What it costs
## What it costs

\`\`\`md
# Not a heading
[not a link](c.md)
\`\`\`

- an item

  ## A [linked](d.md) heading
`);

it("has the title that a reader sees", () => expect(page.title).toBe("Tags & after"));

it("has the anchors that GitHub gives its headings, equal ones numbered", () => {
  expect([...page.anchors]).toStrictEqual(["tags--after", "what-it-costs", "what-it-costs-1", "a-linked-heading"]);
});

it("has its links and images, and none that are code", () => {
  expect(page.links).toStrictEqual(["a.md#x", "p.svg", "d.md"]);
});
