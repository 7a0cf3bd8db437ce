import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { EventStore, type NewEvent } from "@eventfold/store";
import { onTestFinished } from "vitest";

/** A log in memory with some events in two categories and the library's own one; some have metadata, tags and difficult texts. */
export async function openSampleLog(events = 10): Promise<MemoryEventStorageAdapter> {
  const adapter = await openEmptyLog();
  await publishSamples(adapter, { events });
  return adapter;
}

/** A log in memory without events. */
export async function openEmptyLog(): Promise<MemoryEventStorageAdapter> {
  const adapter = await MemoryEventStorageAdapter.open();
  onTestFinished(() => adapter.close());
  return adapter;
}

/** Publishes further events, each for itself. */
export async function publishSamples(
  adapter: MemoryEventStorageAdapter,
  { events, from = 0 }: { readonly events: number; readonly from?: number },
): Promise<void> {
  const store = new EventStore({ adapter });
  for (let n = from; n < from + events; n++) {
    const stream = store.stream({ category: n % 3 === 0 ? "users" : "orders", stream: `s-${n % 2}` });
    await stream.publish({ events: [sampleEvent(n)] });
  }
}

function sampleEvent(n: number): NewEvent {
  return {
    name: `thing-${n % 4}`,
    payload: { n, text: `é "${n}" \\ \u2028 \u{1f600}`, list: [0.1, -1e21, null, true], ["__proto__"]: { a: 1 } },
    ...(n % 2 === 0 && { metadata: { correlationId: `c-${n}` }, tags: [`n:${n}`, "even"] }),
    version: 1 + (n % 2),
    observedAt: new Date(1_700_000_000_000 + n),
    occurredAt: new Date(-62_135_596_800_000 + n),
  };
}

/** A directory for the files of one test. */
export function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "eventfold-archive-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
