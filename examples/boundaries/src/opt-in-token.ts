import { createHash, randomBytes } from "node:crypto";
import { type EventStore, retryOnUnmetCondition, taggedWith } from "@eventfold/store";

/** What can happen to a sign-up. */
export type SignUpEvents = {
  "sign-up-requested": { email: string };
  "sign-up-confirmed": { email: string };
};

/** For how long a token may be used. */
export const VALID_FOR_MS = 60 * 60 * 1_000;

/** Events keep no token that somebody who reads them could use, only what it is recognised by. */
const tagOf = (token: string) => `opt-in:${createHash("sha256").update(token).digest("hex")}`;

const signUps = (store: EventStore) => store.category<SignUpEvents>("sign-ups");

/** Makes the token that is mailed to an address. */
export async function requestSignUp(store: EventStore, email: string): Promise<string> {
  const token = randomBytes(16).toString("hex");
  const events = [{ name: "sign-up-requested", payload: { email }, tags: [tagOf(token)] }] as const;
  await signUps(store).stream(email).publish({ events });
  return token;
}

/** Confirms the address that a token was mailed to, once. No table of tokens is needed: the event of the request is found by its tag. */
export async function confirmSignUp(store: EventStore, token: string): Promise<string> {
  return retryOnUnmetCondition(async () => {
    const { events, changed } = await store.boundary<SignUpEvents>(taggedWith(tagOf(token)));
    const [requested, confirmed] = events;
    if (requested === undefined) throw new Error("Nobody was sent this token.");
    if (confirmed !== undefined) throw new Error("The token was used already.");
    if (Date.now() - requested.occurredAt.getTime() > VALID_FOR_MS) throw new Error("The token has expired.");
    const { email } = requested.payload;
    await signUps(store)
      .stream(email)
      .publish({ events: [{ name: "sign-up-confirmed", payload: { email }, tags: [tagOf(token)] }], failIf: changed });
    return email;
  });
}
