import {
  type EventStore,
  retryOnUnmetCondition,
  type StoredEvent,
  streamIsEmpty,
  taggedWith,
  unchangedSince,
} from "@eventfold/store";

/** What can happen to accounts. */
export type AccountEvents = {
  "account-registered": { username: string };
  "username-changed": { from: string; to: string };
  "account-closed": { username: string };
};

/** For how long nobody may take a username that was given up. */
export const RETENTION_MS = 3 * 24 * 60 * 60 * 1_000;

const accountStream = (store: EventStore, accountId: string) =>
  store.stream<AccountEvents>({ category: "accounts", stream: accountId });

/** The tag of a username. It decides what counts as the same one: here, upper and lower case do not differ. */
const tagOf = (username: string) => `username:${username.toLowerCase()}`;

/** Registers an account, if nobody has its username. */
export async function register(store: EventStore, accountId: string, username: string): Promise<void> {
  await retryOnUnmetCondition(async () => {
    const failIf = await claimOf(store, username);
    await accountStream(store, accountId).publish({
      events: [{ name: "account-registered", payload: { username }, tags: [tagOf(username)] }],
      condition: streamIsEmpty(),
      failIf,
    });
  });
}

/** Gives up one username and takes another. Both tags: whoever wants the old one has to learn that it is free. */
export async function changeUsername(store: EventStore, accountId: string, to: string): Promise<void> {
  await retryOnUnmetCondition(async () => {
    const { username: from, latest } = await accountOf(store, accountId);
    if (to === from) return;
    const failIf = tagOf(to) === tagOf(from) ? undefined : await claimOf(store, to);
    await accountStream(store, accountId).publish({
      events: [{ name: "username-changed", payload: { from, to }, tags: [tagOf(from), tagOf(to)] }],
      condition: unchangedSince(latest),
      failIf,
    });
  });
}

/** Closes an account. It needs no boundary: what it depends on is in its own stream. */
export async function closeAccount(store: EventStore, accountId: string): Promise<void> {
  await retryOnUnmetCondition(async () => {
    const { username, latest } = await accountOf(store, accountId);
    await accountStream(store, accountId).publish({
      events: [{ name: "account-closed", payload: { username }, tags: [tagOf(username)] }],
      condition: unchangedSince(latest),
    });
  });
}

/** What a publish that takes the username has to fail on. */
async function claimOf(store: EventStore, username: string) {
  const { events, changed } = await store.boundary<AccountEvents>(taggedWith(tagOf(username)));
  const latest = events.at(-1);
  if (latest !== undefined && isBlocked(username, latest)) throw new Error(`The username ${username} is taken.`);
  return changed;
}

/** The latest event of a username tells whether it is held, or since when it is free. */
function isBlocked(username: string, latest: StoredEvent<AccountEvents>): boolean {
  const isGivenUp =
    latest.name === "account-closed" ||
    (latest.name === "username-changed" && tagOf(latest.payload.to) !== tagOf(username));
  return !isGivenUp || Date.now() - latest.occurredAt.getTime() < RETENTION_MS;
}

async function accountOf(store: EventStore, accountId: string) {
  const latest = await accountStream(store, accountId).latest();
  if (latest === undefined) throw new Error(`There is no account ${accountId}.`);
  if (latest.name === "account-closed") throw new Error(`The account ${accountId} is closed.`);
  return { username: latest.name === "username-changed" ? latest.payload.to : latest.payload.username, latest };
}
