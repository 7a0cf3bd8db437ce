import { describe, expect, it } from "vitest";
import { readMarkdownPage } from "../src/markdown-page.ts";
import { sections, topEntries } from "../src/navigation.ts";
import { readRepositoryFile } from "../src/repository.ts";

/** What a new user asks, in the words of the page that lists the questions, and the heading beneath which the answer is. */
const answers: readonly (readonly [question: string, page: string, anchor: string])[] = [
  ["publish only if nothing else was published meanwhile?", "transactions.md", "decide-on-what-is-still-true"],
  ["publish to several streams, all or nothing?", "commands.md", "several-streams"],
  ["make a publish safe to repeat?", "transactions.md", "when-to-repeat-a-publish"],
  ["store events together with rows of my own tables?", "transactions.md", "together-with-your-own-tables"],
  ["send messages only for what was committed?", "transactions.md", "an-outbox"],
  ["keep a name unique?", "boundaries.md", "unique-names"],
  ["carry out a command only once?", "commands.md", "command-ids"],
  ["record who did something, and why?", "metadata.md", "for-everything-that-a-request-publishes"],
  ["change the payload of an event?", "events.md", "versions"],
  ["forget a person?", "privacy.md", "what-forgetting-does"],
  ["see what was known at a time in the past?", "projections.md", "as-of-a-time"],
  ["load a long stream quickly?", "projections.md", "snapshots"],
  ["show a list page by page?", "query.md", "pages"],
  ["let clients send queries safely?", "query.md", "queries-from-outside"],
  ["read a projection that includes what I just published?", "processing.md", "read-your-writes"],
  ["handle every event exactly once?", "processing.md", "exactly-once-and-its-limits"],
  ["deal with a handler that keeps failing?", "processing.md", "when-a-handler-fails"],
  ["deploy a projector that has changed?", "processing.md", "deploying-a-new-version"],
  ["undo earlier steps when a later one fails?", "commands.md", "compensation"],
  ["let only one process do something at a time?", "processing.md", "locks"],
  ["test a decision without a database?", "testing.md", "unit"],
  ["deploy a new version without stopping?", "postgresql.md", "rolling-deploys"],
  ["back up and restore?", "postgresql.md", "backup-restore-failover"],
  ["keep events in a storage of my own?", "write-your-own-adapter.md", "what-an-adapter-is"],
];

const questionPage = readRepositoryFile("docs/how-do-i.md");

it("leads from every page, the home page included, to the page of questions with one click", () => {
  expect(topEntries.map(({ file }) => file)).toContain("docs/how-do-i.md");
});

describe.each(answers)("How do I … %s", (question, page, anchor) => {
  it("is answered beneath a heading of a page", () => {
    expect(readMarkdownPage(readRepositoryFile(`docs/${page}`)).anchors).toContain(anchor);
  });

  it("leads to that heading with the second click", () => {
    expect(questionPage).toContain(`- [${question}](${page}#${anchor})`);
  });

  it("is answered on a page that the sidebar of every page leads to", () => {
    const files = sections.flatMap(({ entries }) => entries.map(({ file }) => file));
    expect(files).toContain(`docs/${page}`);
  });
});
