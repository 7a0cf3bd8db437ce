import { dateCodec, defineEvents, event, type Protected } from "@eventfold/events";
import { z } from "zod";

const address = z.object({ street: z.string(), city: z.string() });

/** Events about users, whose names, addresses and days of birth are protected. */
export const userEvents = defineEvents({
  "user-registered": event({
    schema: z.object({
      userId: z.string(),
      name: z.string(),
      address: address.optional(),
      bornOn: z.date().optional(),
      phones: z.array(z.string()).optional(),
      plan: z.string().default("free"),
    }),
    codecs: { bornOn: dateCodec },
    protect: {
      subject: ({ userId }) => userId,
      fields: ["name", "address.street", "bornOn", "phones"],
    },
  }),
  "user-renamed": event({
    schema: z.object({ userId: z.string(), firstName: z.string(), lastName: z.string() }),
    protect: { subject: ({ userId }) => userId, fields: ["firstName", "lastName"] },
  })
    .from<{ userId: string; fullName: Protected<string> }>()
    .upcast(({ userId, fullName }) => {
      if (typeof fullName !== "string") return { userId, firstName: fullName, lastName: fullName };
      const [firstName = "", lastName = ""] = fullName.split(" ");
      return { userId, firstName, lastName };
    }),
  "plan-changed": event({ schema: z.object({ userId: z.string(), plan: z.string() }) }),
});

/** The release before: the name was in one field. */
export const oldUserEvents = defineEvents({
  "user-renamed": event({
    schema: z.object({ userId: z.string(), fullName: z.string() }),
    protect: { subject: ({ userId }) => userId, fields: ["fullName"] },
  }),
});
