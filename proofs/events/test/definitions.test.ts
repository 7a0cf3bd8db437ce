import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { dateCodec, defineEvents, event } from "@eventfold/events";
import { EventStore } from "@eventfold/store";
import { expect, it } from "vitest";
import { z } from "zod";

const accountEvents = defineEvents({
  "account-opened": event({
    schema: z.object({ owner: z.string(), openedAt: z.date() }),
    codecs: { openedAt: dateCodec },
  }),
  "money-deposited": event({ schema: z.object({ amount: z.number(), currency: z.string().default("EUR") }) })
    .from<{ cents: number }>()
    .upcastTo((v1) => ({ amount: v1.cents / 100 }))
    .upcast((v2) => ({ ...v2, currency: "EUR" })),
}).reading<{ deposited: { amount: number }; both: { owner: string }; gone: object }>({
  deposited: ({ payload }) => [{ name: "money-deposited", payload: { amount: payload.amount, currency: "EUR" } }],
  both: ({ payload, occurredAt }) => [
    { name: "account-opened", payload: { owner: payload.owner, openedAt: occurredAt } },
    { name: "money-deposited", payload: { amount: 0, currency: "EUR" } },
  ],
  gone: () => [],
});

it("publishes and reads by definitions", async () => {
  const store = new EventStore({ adapter: await MemoryEventStorageAdapter.open() });
  const accounts = store.category("accounts", { events: accountEvents });
  const stream = accounts.stream("acc-1");
  await stream.raw().publish({
    events: [
      { name: "money-deposited", payload: { cents: 500 } },
      { name: "deposited", payload: { amount: 7 } },
      { name: "both", payload: { owner: "Ada" } },
      { name: "gone", payload: {} },
    ],
  });
  const published = await stream.publish({
    events: [
      { name: "money-deposited", payload: { amount: 5 } },
      { name: "account-opened", payload: { owner: "a", openedAt: new Date(5) } },
    ],
  });
  expect(published.map(({ payload }) => payload)).toEqual([
    { amount: 5, currency: "EUR" },
    { owner: "a", openedAt: new Date(5) },
  ]);
  const read = await stream.read();
  expect(read.map(({ name, payload, part, version }) => [name, version, part, payload])).toEqual([
    ["money-deposited", 3, undefined, { amount: 5, currency: "EUR" }],
    ["money-deposited", 3, undefined, { amount: 7, currency: "EUR" }],
    ["account-opened", 1, 0, { owner: "Ada", openedAt: read[2]?.occurredAt }],
    ["money-deposited", 3, 1, { amount: 0, currency: "EUR" }],
    ["money-deposited", 3, undefined, { amount: 5, currency: "EUR" }],
    ["account-opened", 1, undefined, { owner: "a", openedAt: new Date(5) }],
  ]);
  await expect(
    stream.publish({ events: [{ name: "money-deposited", payload: { amount: "5" as never } }] }),
  ).rejects.toMatchObject({ code: "INVALID_EVENT", path: "events[0].payload.amount" });
});
