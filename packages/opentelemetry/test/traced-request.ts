import { setTimeout as delay } from "node:timers/promises";
import {
  EventBroker,
  type ProcessingStorageAdapter,
  projectionSubscription,
  subscription,
} from "@eventfold/processing";
import { type ProjectionStorageAdapter, ProjectionStore, projectorFor } from "@eventfold/projections";
import { type EventStorageAdapter, EventStore } from "@eventfold/store";
import { context, SpanKind, trace } from "@opentelemetry/api";
import { expect } from "vitest";
import { withTraceContext } from "../src/index.ts";
import { idOf, linksOf, parentOf, RecordedTelemetry } from "./recorded-telemetry.ts";

/** Where everything is stored. */
export interface TracedDatabase {
  readonly adapter: EventStorageAdapter;
  readonly projections: ProjectionStorageAdapter;
  readonly storage: ProcessingStorageAdapter;
  /** What its commits are called; `undefined` where there are none. */
  readonly commits: string | undefined;
}

type UserEvents = { "user-registered": { email: string } };

const nameProjector = projectorFor<{ email: string }, UserEvents>()({
  name: "user",
  initialState: () => ({ email: "" }),
  handlers: { "user-registered": (_, { payload }) => payload },
});

/**
 * A request publishes, and two subscriptions handle what it has published: the trace of the request shows the publish and its commit, and each
 * handling begins a trace that is linked with the publish.
 */
export async function expectTracedRequest({ adapter, projections, storage, commits }: TracedDatabase): Promise<void> {
  const store = new EventStore({ adapter, metadata: withTraceContext() });
  const source = store.category<UserEvents>("users");
  const activeInHandler: (string | undefined)[] = [];
  const mails = subscription({
    name: "mails",
    source,
    handleEvent: async () => {
      await delay(1);
      activeInHandler.push(trace.getSpan(context.active())?.spanContext().spanId);
    },
  });
  const projectionStore = new ProjectionStore({ adapter: projections });
  const users = projectionSubscription({ projector: nameProjector, source, projectionStore });
  using recorded = RecordedTelemetry.begin({ processing: { storage, subscriptions: [mails, users] } });
  const broker = new EventBroker({ name: "worker-1", storage, subscriptions: [mails, users] });
  await broker.start();
  await broker.whenCaughtUp(mails);
  await broker.whenCaughtUp(users);
  const published = await recorded.request(() =>
    source.stream("u-1").publish({ events: [{ name: "user-registered", payload: { email: "a@example.com" } }] }),
  );
  await broker.whenHandled(mails, published);
  await broker.whenHandled(users, published);
  await broker.stop();

  const [request, publish] = [recorded.only("request"), recorded.only("publish users")];
  expect(parentOf(publish)).toBe(idOf(request));
  const committed = recorded.named("commit").filter((span) => span.attributes["eventfold.commit.publishes"] === 1);
  expect(committed.map((span) => [span.attributes["db.system.name"], parentOf(span)])).toEqual(
    commits === undefined ? [] : [[commits, idOf(publish)]],
  );
  const handled = recorded.named("process users");
  expect(new Set(handled.map(({ attributes }) => attributes["messaging.consumer.group.name"]))).toEqual(
    new Set(["mails", "user@1"]),
  );
  for (const span of handled) {
    expect([span.kind, parentOf(span), linksOf(span)]).toEqual([SpanKind.CONSUMER, undefined, [idOf(publish)]]);
    expect(span.spanContext().traceId).not.toBe(request.spanContext().traceId);
  }
  const ofMails = handled.find(({ attributes }) => attributes["messaging.consumer.group.name"] === "mails");
  expect(activeInHandler).toEqual([ofMails?.spanContext().spanId]);
  expect(ofMails?.attributes).toEqual({
    "messaging.system": "eventfold",
    "messaging.operation.name": "process",
    "messaging.operation.type": "process",
    "messaging.destination.name": "users",
    "messaging.destination.partition.id": "0",
    "messaging.consumer.group.name": "mails",
    "messaging.client.id": "worker-1",
    "messaging.message.id": published[0]?.id,
    "eventfold.event.name": "user-registered",
    "eventfold.stream": "u-1",
    "eventfold.sequence_number": published[0]?.sequenceNumber,
    "eventfold.attempt": 1,
  });
  const consumed = await recorded.points("messaging.client.consumed.messages");
  expect(consumed.map(({ value }) => value)).toEqual([1, 1]);
  const lag = await recorded.points("eventfold.consumer.lag");
  expect(lag.map(({ attributes, value }) => [attributes["messaging.consumer.group.name"], value])).toEqual([
    ["mails", 0],
    ["user@1", 0],
  ]);
}
