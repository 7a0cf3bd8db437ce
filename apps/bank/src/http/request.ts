import { createHash, createHmac } from "node:crypto";
import { canonicalJson } from "@eventfold/query";
import type { JsonValue } from "@eventfold/store";
import type { Context, ValidationTargets } from "hono";
import { validator } from "hono-openapi";
import { z } from "zod";
import type { Bank } from "../bank.ts";
import { LARGEST_AMOUNT } from "../domain/account.ts";
import type { BankRequest } from "../teller.ts";
import { badRequest } from "./problem.ts";

/** Ids come from the callers, so that a request can be repeated. */
export const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1 to 64 letters, digits, _ and -");
export const cents = z.int().min(1).max(LARGEST_AMOUNT);
/** A text for people: no control characters, and no halves of characters. */
export const text = z
  .string()
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, "must have no control characters");
export const time = z.iso.datetime().refine((given) => !Number.isNaN(Date.parse(given)), "must be a time");
export const limit = z.coerce.number().int().min(1).max(1_000);

/** The headers of everything that changes something. */
const commandHeaders = z.object({
  "idempotency-key": z.string().regex(/^[\x21-\x7e]{1,128}$/, "must be 1 to 128 visible ASCII characters"),
  "if-match": z
    .string()
    .regex(/^(\*|"[\x21\x23-\x7e]*"(, *"[\x21\x23-\x7e]*")*)$/, 'must be strong ETags, such as "3"')
    .optional(),
  prefer: z.string().optional(),
});

/** Checks a part of a request. What does not fit is a problem that names each fault. */
export function valid<TTarget extends keyof ValidationTargets, TSchema extends z.ZodType>(
  target: TTarget,
  schema: TSchema,
) {
  return validator(target, schema, (result) => {
    if (result.success) return;
    const errors = result.error.map(({ path = [], message }) => ({
      in: target,
      path: path.map(nameOf).join("."),
      message,
    }));
    const [first] = errors;
    throw badRequest(`${[first?.in, first?.path].filter(Boolean).join(" ")}: ${first?.message}`, { errors });
  });
}

export const validCommand = valid("header", commandHeaders);

function nameOf(segment: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof segment === "object" ? segment.key : segment);
}

const digest = (...parts: readonly string[]) => createHash("sha256").update(JSON.stringify(parts)).digest("base64url");

/**
 * What makes a request once-only: its key, which holds for one account, and hashes that are stored with its events. The key is
 * the secret of the hash of the body and is stored nowhere, so nobody who reads the events can find out by guessing what was in the body.
 */
export async function requestOf(c: Context, scope: string): Promise<BankRequest> {
  const key = c.req.header("idempotency-key") ?? "";
  const told = JSON.stringify([c.req.method, c.req.path, canonicalJson(await c.req.json<JsonValue>())]);
  const hash = createHmac("sha256", key).update(told).digest("base64url");
  return { key, tag: `request:${digest(scope, key)}`, hash };
}

/** The positions that `If-Match` allows; `undefined` where it allows all. An ETag that is no position is one that no account has. */
export function positionsOf(c: Context): readonly number[] | undefined {
  const given = c.req.header("if-match");
  if (given === undefined || given === "*") return undefined;
  return Array.from(given.matchAll(/"(\d{1,15})"/g), ([, position]) => Number(position));
}

/** How long the caller would like to wait for what is made in the background: `Prefer: wait=2`, at most 30 seconds. */
function waitMsOf(c: Context): number | undefined {
  const [, seconds] = /(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])/.exec(c.req.header("prefer") ?? "") ?? [];
  return seconds === undefined ? undefined : 1_000 * Math.min(30, Number(seconds));
}

/** Waits for what is made in the background, if the caller would like to, and says so when it was in time. */
export async function waitIfPreferred(c: Context, { background }: Pick<Bank, "background">): Promise<void> {
  const waitMs = waitMsOf(c);
  if (waitMs !== undefined && (await background.isCaughtUp(waitMs))) c.header("Preference-Applied", "wait");
}
