import { tracingChannel } from "node:diagnostics_channel";
import { afterEach, describe, expect, it } from "vitest";
import { EventStore } from "../src/index.ts";
import { adapterOn, scriptedStorage } from "./stand-in-storage.ts";

const events = [{ name: "opened", payload: null }];
const channel = tracingChannel("eventfold:publish");
const heard: string[] = [];
const subscriber = {
  start: (message: object) => void heard.push(`start ${JSON.stringify(message)}`),
  asyncEnd: () => void heard.push("end"),
  error: ({ error }: { readonly error: unknown }) => void heard.push(String(error)),
};

async function publish(answer: Error | undefined): Promise<unknown> {
  const answers = [answer ?? { kind: "stored" as const, events: [[], []] }];
  return new EventStore({ adapter: adapterOn(scriptedStorage({ answers })) }).publish([
    { category: "accounts", stream: "acc-1", events: [...events, ...events] },
    { category: "orders", stream: "o-1", events },
  ]);
}

describe("the channel eventfold:publish", () => {
  afterEach(() => {
    channel.unsubscribe(subscriber as never);
    heard.length = 0;
  });

  it("reports a publish, with the number of events and the streams, and its end", async () => {
    channel.subscribe(subscriber as never);
    await publish(undefined);
    const entries = [
      { category: "accounts", stream: "acc-1", events: 2 },
      { category: "orders", stream: "o-1", events: 1 },
    ];
    expect(heard).toEqual([`start ${JSON.stringify({ entries })}`, "end"]);
  });

  it("reports a publish that fails, which fails alike with and without a listener", async () => {
    channel.subscribe(subscriber as never);
    await expect(publish(new Error("mine"))).rejects.toThrow("mine");
    expect(heard.slice(1)).toEqual(["Error: mine", "end"]);
    channel.unsubscribe(subscriber as never);
    await expect(publish(new Error("mine"))).rejects.toThrow("mine");
    expect(heard).toHaveLength(3);
  });
});
