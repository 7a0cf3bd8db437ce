import {
  dateCodec,
  defineEvents,
  type EventsOf,
  event,
  type Forgotten,
  isForgotten,
  type KeyStore,
  type Protected,
  type RefusedDefinitions,
} from "@eventfold/events";
import { projectorFor } from "@eventfold/projections";
import type { EventStore, StoredEvent } from "@eventfold/store";
import { expectTypeOf, it } from "vitest";
import { z } from "zod";

declare const store: EventStore;
declare const keyStore: KeyStore;

const schema = z.object({
  userId: z.string(),
  name: z.string(),
  nickname: z.string().optional(),
  address: z.object({ street: z.string(), city: z.string() }).optional(),
  phones: z.array(z.object({ number: z.string() })),
  bornOn: z.date().nullable(),
  "dotted.name": z.string(),
});
const codecs = { bornOn: dateCodec };
const subject = ({ userId }: { userId: string }) => userId;

const userEvents = defineEvents({
  "user-registered": event({
    schema,
    codecs,
    protect: { subject, fields: ["name", "nickname", "address.street", "phones", "bornOn"] },
  }),
  "user-left": event({ schema: z.object({ userId: z.string() }) }),
});

it("reads protected fields as what they are or Forgotten, and all others as they are", () => {
  const users = store.category("users", { events: userEvents.withKeys(keyStore) });
  const read = async () => {
    for await (const each of users.scan()) {
      if (each.name !== "user-registered") continue;
      expectTypeOf(each.payload).toEqualTypeOf<{
        readonly userId: string;
        readonly name: string | Forgotten;
        readonly nickname?: string | Forgotten;
        readonly address?: { readonly street: string | Forgotten; readonly city: string };
        readonly phones: readonly { readonly number: string }[] | Forgotten;
        readonly bornOn: Date | null | Forgotten;
        readonly "dotted.name": string;
      }>();
      // @ts-expect-error the name may be forgotten
      each.payload.name.length;
      if (!isForgotten(each.payload.name)) expectTypeOf(each.payload.name).toEqualTypeOf<string>();
    }
  };
  expectTypeOf(read).returns.resolves.toBeVoid();
});

it("publishes the schema's input, without Forgotten", () => {
  const stream = store.category("users", { events: userEvents.withKeys(keyStore) }).stream("u-1");
  const payload = { userId: "u-1", name: "Ada", phones: [], bornOn: null, "dotted.name": "" };
  void stream.publish({ events: [{ name: "user-registered", payload }] });
  const forgotten: Forgotten = { kind: "forgotten" };
  // @ts-expect-error what is published must be known
  void stream.publish({ events: [{ name: "user-registered", payload: { ...payload, name: forgotten } }] });
});

it("refuses definitions with protected fields that have no keys", () => {
  // What the compiler prints then says why.
  expectTypeOf(userEvents.decode).toEqualTypeOf<
    RefusedDefinitions<"they have protected fields, and no keys: give definitions.withKeys(keyStore)">
  >();
  // @ts-expect-error keys are missing
  store.category("users", { events: userEvents });
  const withoutProtection = defineEvents({ "user-left": event({ schema: z.object({ userId: z.string() }) }) });
  store.category("users", { events: withoutProtection });
  store.category("users", { events: withoutProtection.withKeys(keyStore) });
  const withOldName = userEvents.reading<{ left: object }>({ left: () => [] });
  // @ts-expect-error keys are still missing
  store.category("users", { events: withOldName });
  store.category("users", { events: withOldName.withKeys(keyStore) });
});

it("takes only paths that lead to members of the payload", () => {
  // @ts-expect-error no such member
  event({ schema, codecs, protect: { subject, fields: ["nam"] } });
  // @ts-expect-error no such member within
  event({ schema, codecs, protect: { subject, fields: ["address.town"] } });
  // @ts-expect-error an array is protected as a whole
  event({ schema, codecs, protect: { subject, fields: ["phones.number"] } });
  // @ts-expect-error a name with a dot has no path
  event({ schema, codecs, protect: { subject, fields: ["dotted.name"] } });
  // @ts-expect-error nothing would be protected
  event({ schema, codecs, protect: { subject, fields: [] } });
  // @ts-expect-error a subject is a string
  event({ schema, codecs, protect: { subject: ({ bornOn }) => bornOn, fields: ["name"] } });
});

it("keeps the protection through older versions, whose protected fields may be Forgotten", () => {
  const renamed = event({
    schema: z.object({ id: z.string(), first: z.string() }),
    protect: { subject: ({ id }) => id, fields: ["first"] },
  })
    .from<{ id: string; full: Protected<string> }>()
    .upcast(({ id, full }) => ({ id, first: full }));
  const events = defineEvents({ renamed });
  // @ts-expect-error keys are missing
  store.category("users", { events });
  expectTypeOf<StoredEvent<EventsOf<typeof events>>["payload"]>().toEqualTypeOf<{
    readonly id: string;
    readonly first: string | Forgotten;
  }>();
});

it("lets states hold what was read", () => {
  const projector = projectorFor<{ name: Protected<string> }, EventsOf<typeof userEvents>>()({
    name: "user",
    initialState: () => ({ name: "" }),
    handlers: {
      "user-registered": (state, { payload }) => ({ ...state, name: payload.name }),
      "user-left": (state) => state,
    },
  });
  const users = store.category("users", { events: userEvents.withKeys(keyStore) });
  expectTypeOf(projector.project(users.stream("u-1")))
    .resolves.toHaveProperty("state")
    .toEqualTypeOf<{ name: Protected<string> }>();
});
