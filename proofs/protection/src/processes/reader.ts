// Reads the name of a user again and again, and prints what it reads. Started with a place and the time that keys are kept.

import { setTimeout as delay } from "node:timers/promises";
import { isForgotten, KeyStore } from "@eventfold/events";
import { EventStore } from "@eventfold/store";
import { type DatabasePlace, openEvents, openKeys } from "../database-place.ts";
import { userEvents } from "../user-events.ts";

const { place, cacheMs } = JSON.parse(process.argv[2] ?? "") as { place: DatabasePlace; cacheMs: number };
const [adapter, keys] = [await openEvents(place), await openKeys(place)];
const events = userEvents.withKeys(new KeyStore({ adapter: keys, cacheMs }));
const stream = new EventStore({ adapter }).category("users", { events }).stream("u-1");
for (;;) {
  const [event] = await stream.read();
  const name = event?.name === "user-registered" ? event.payload.name : "nothing";
  process.stdout.write(`${JSON.stringify({ name: isForgotten(name) ? "forgotten" : name })}\n`);
  await delay(5);
}
