import { defineDecider } from "@eventfold/commands";
import { defineEvents, event } from "@eventfold/events";
import { z } from "zod";

export const guestEvents = defineEvents({
  "guest-registered": event({ schema: z.object({ name: z.string().min(1), email: z.email() }) }),
  "guest-email-changed": event({ schema: z.object({ from: z.email(), to: z.email() }) }),
});

/** By which all events about an address are found, whosever they are. */
export const emailTag = (email: string) => `email:${email}`;

/** Who has an address now. */
interface Owner {
  readonly email: string;
  readonly guest: string;
}

/** Decides on the boundary of the addresses, so no two guests ever have the same one, in whatever process they register. */
export const guestEmails = defineDecider({
  events: guestEvents,
  initialState: () => ({ owners: [] as readonly Owner[] }),
  evolve: {
    "guest-registered": ({ owners }, { stream: guest, payload: { email } }) => ({
      owners: [...owners, { email, guest }],
    }),
    "guest-email-changed": ({ owners }, { stream: guest, payload: { from, to } }) => ({
      owners: [...owners.filter(({ email }) => email !== from), { email: to, guest }],
    }),
  },
  decide: {
    register: ({ name, email }: { name: string; email: string }, { owners }) => {
      refuseTaken(owners, email);
      return { name: "guest-registered", payload: { name, email }, tags: [emailTag(email)] };
    },
    "change-email": ({ guest, from, to }: { guest: string; from: string; to: string }, { owners }) => {
      if (!owners.some((owner) => owner.email === from && owner.guest === guest)) {
        throw new Error(`The guest does not have the address ${from}.`);
      }
      refuseTaken(owners, to);
      return { name: "guest-email-changed", payload: { from, to }, tags: [emailTag(from), emailTag(to)] };
    },
  },
});

function refuseTaken(owners: readonly Owner[], email: string): void {
  if (owners.some((owner) => owner.email === email)) throw new Error(`The address ${email} is taken.`);
}
