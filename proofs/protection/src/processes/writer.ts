// Publishes protected events about users, rotates their keys and forgets them, until it is killed. Prints what was acknowledged.

import { KeyStore } from "@eventfold/events";
import { EventStore } from "@eventfold/store";
import { isEventfoldError } from "@eventfold/types";
import { type DatabasePlace, openEvents, openKeys } from "../database-place.ts";
import { userEvents } from "../user-events.ts";

const { place, seed } = JSON.parse(process.argv[2] ?? "") as { place: DatabasePlace; seed: number };
const [adapter, keys] = [await openEvents(place), await openKeys(place)];
const keyStore = new KeyStore({ adapter: keys, cacheMs: 20 });
const users = new EventStore({ adapter }).category("users", { events: userEvents.withKeys(keyStore) });
const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

print({ kind: "started" });
for (let n = seed; ; n += 1) {
  // Few users, of whom several processes publish, rotate and forget the same at once.
  const userId = `u-${Math.floor(n / 10)}`;
  try {
    await users
      .stream(userId)
      .publish({ events: [{ name: "user-registered", payload: { userId, name: `name of ${userId}` } }] });
    print({ kind: "published", userId });
    if (n % 3 === 0) print({ kind: "rotated", userId, key: (await keyStore.rotate(userId)).id });
    if (n % 10 === 7) {
      print({ kind: "forgetting", userId });
      await keyStore.forget(userId);
      print({ kind: "forgotten", userId });
    }
  } catch (error) {
    if (!isEventfoldError(error, "FORGOTTEN_SUBJECT")) throw error;
  }
}
