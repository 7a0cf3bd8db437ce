import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { EventStore } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { digestLog } from "../../src/index.ts";
import { openSampleLog } from "../support/sample-log.ts";

const page = readFileSync(new URL("../../../../docs/moving-between-databases.md", import.meta.url), "utf8");
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("the format of digests", () => {
  it("is what the documentation says, worked out by hand", async () => {
    const adapter = await openSampleLog(4);
    const found = await digestLog({ of: adapter });
    const events = await new EventStore({ adapter }).log().read();
    const digests = ["orders", "users"].map((category) => {
      const own = events.filter((event) => event.category === category);
      const frames = own.map((event) => {
        const payload = JSON.stringify(event.payload);
        const metadata = event.metadata === null ? undefined : JSON.stringify(event.metadata);
        const texts = [event.id, event.name, event.stream, payload, metadata, ...event.tags];
        const { sequenceNumber, position, version, observedAt, occurredAt } = event;
        const numbers = [sequenceNumber, position, version, observedAt.getTime(), occurredAt.getTime()];
        const lengths = texts.map((text) => text?.length ?? "-");
        return `${[...numbers, ...lengths].join(" ")}\n${texts.join("")}`;
      });
      return { category, events: own.length, digest: sha256(frames.join("")) };
    });
    expect(found.categories).toEqual(digests);
    const ofLog = digests.map(
      ({ category, events: count, digest }) => `${count} ${category.length} ${digest}\n${category}`,
    );
    expect(found.digest).toBe(sha256(ofLog.join("")));
    expect(page).toContain("id, name, stream, payload, metadata and tags, one after the other");
  });
});
